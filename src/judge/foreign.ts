import type { ForeignDifference } from '../domain/comparison.ts'
import type { Plan } from '../domain/plan.ts'
import { type LaunchBounds, launchBounds } from '../measure/launch-bounds.ts'
import type { RunFile } from '../record/reader.ts'
import { fingerprint } from './fingerprint.ts'

/** A run and where it lies. */
export interface NamedRun {
  readonly folder: string
  readonly run: RunFile
}

/** Two starts of one machine may find a few MiB more or less. */
const memoryRatioMax = 0.01

/**
 * Everything in which a run is not like the first of `runs`, as far as it would be taken for a difference of the system
 * under test: machine, versions of the tools, load, faults and launch bounds. The stack is not among it: it is what is
 * compared.
 */
export function foreignDifferences(runs: readonly NamedRun[]): readonly ForeignDifference[] {
  const [first, ...others] = runs
  if (first === undefined) return []
  const expected = factsOf(first.run)
  return others.flatMap(({ folder, run }) => between(expected, factsOf(run), folder))
}

/** The same of two plans that are still to be run, as far as plans tell it; `head` is what the second is called. */
export function foreignLoads(base: Plan, other: Plan, head: string): readonly ForeignDifference[] {
  return between(flat(loadOf(base)), flat(loadOf(other)), head)
}

type Facts = ReadonlyMap<string, string>

function between(expected: Facts, found: Facts, run: string): readonly ForeignDifference[] {
  return [...new Set([...expected.keys(), ...found.keys()])].flatMap((what): ForeignDifference[] => {
    const [base = 'not told', other = 'not told'] = [expected.get(what), found.get(what)]
    return isAlike(what, base, other) ? [] : [{ what, base, other, run }]
  })
}

/** A short hash that runs of one environment share. */
export function environmentHash(run: RunFile): string {
  const facts = [...factsOf(run)].filter(([what]) => what.startsWith('environment.') || what.startsWith('versions.'))
  return fingerprint(Object.fromEntries(facts)).slice(0, 12)
}

function isAlike(what: string, base: string, other: string): boolean {
  if (base === other) return true
  return what === 'environment.memoryMiB' && Math.abs(Number(other) / Number(base) - 1) <= memoryRatioMax
}

function factsOf({ plan, environment, versions: all }: RunFile): Facts {
  // Node's is in the environment, too; what another Squall is worth is told by a note.
  const { squall: _squall, node: _node, ...versions } = all
  return flat({ environment, versions, ...loadOf(plan) })
}

function flat(groups: Readonly<Record<string, Readonly<Record<string, unknown>>>>): Facts {
  return new Map(
    Object.entries(groups).flatMap(([group, values]) =>
      Object.entries(values).map(([name, value]): [string, string] => [
        `${group}.${name}`,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]),
    ),
  )
}

/**
 * What is done to the system, and the bounds that end its recoveries: calm stretches begin there, so other bounds would
 * compare other seconds. Seeds may differ: they are one way among many in which the same load falls.
 */
function loadOf(plan: Plan): Record<string, Record<string, unknown>> {
  const { load, faults, quick, observe } = plan
  return {
    load: { ...load, with: withoutPlaces(load.with), quick },
    faults: Object.fromEntries(faults.map((fault) => [fault.id, fault])),
    // By what a pool and sessions are measured, and how finely, they differ, too.
    observe: {
      ledger: observe.ledger ?? null,
      pool: readingOf(observe.pool),
      databaseEveryMs: observe.databaseEveryMs,
    },
    launch: faults.length === 0 ? {} : given(launchBounds(plan)),
  }
}

/** Where a page of metrics lies makes no difference. */
function readingOf(pool: Plan['observe']['pool']): unknown {
  return pool === null ? null : { everyMs: pool.everyMs, map: pool.map }
}

/** A file of arguments is the same by what is in it, wherever it lies. */
function withoutPlaces(words: Plan['load']['with']): unknown {
  return JSON.parse(JSON.stringify(words), (key, value) => {
    if (key !== 'from' || value?.kind !== 'file' || value.sha256 === undefined) return value
    return { kind: 'file', sha256: value.sha256 }
  })
}

function given(bounds: LaunchBounds): Record<string, unknown> {
  return Object.fromEntries(Object.entries(bounds).filter(([, bound]) => bound !== null))
}
