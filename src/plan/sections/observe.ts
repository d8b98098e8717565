import { type LedgerPlan, type LedgerVia, type ObservePlan, staleAfterMsDefault } from '../../domain/plan.ts'
import type { Known } from '../known.ts'
import { textOf } from '../known.ts'
import {
  ledgerRateMax,
  ledgerRateMin,
  sampleEveryMsMax,
  sampleEveryMsMin,
  staleAfterMsMax,
  staleAfterMsMin,
} from '../limits.ts'
import { complain, duration, object, oneOf, optional, type Read, rate, required } from '../shape.ts'
import { child } from '../tree.ts'
import { metricNames, metricsPath, poolEveryMsDefault, poolMap } from './metrics.ts'

function every(defaultMs: number) {
  return optional(duration(sampleEveryMsMin, sampleEveryMsMax), defaultMs)
}

function pool(known: Known) {
  const servers = [...known.nodes].filter(([, tree]) => textOf(child(tree, 'role')) === 'mcp').map(([name]) => name)
  return object({
    node: required(oneOf(servers, 'a node with role mcp')),
    path: optional(metricsPath, '/metrics'),
    every: every(poolEveryMsDefault),
    map: optional(metricNames(poolMap), poolMap),
  })
}

const sampler = (defaultMs: number) => optional(object({ every: every(defaultMs) }), { every: defaultMs })

const waysToWrite: Readonly<Record<string, readonly LedgerVia[]>> = {
  tool: ['tool'],
  sql: ['sql'],
  both: ['tool', 'sql'],
}

/** Drills count lost writes at 200 a second and more (docs/plan.md). */
const ledgerRateDefault = 200

function ledger(known: Known): Read<LedgerPlan | null> {
  const workload = known.catalogue.workloads.get(known.workload ?? '')
  return (spot, problems) => {
    const read = object({
      via: required(oneOf(Object.keys(waysToWrite), 'how the writes of the ledger are made')),
      rate: optional(rate(ledgerRateMin, ledgerRateMax), ledgerRateDefault),
      stale_after: optional(duration(staleAfterMsMin, staleAfterMsMax), staleAfterMsDefault),
    })(spot, problems)
    if (read === undefined) return undefined
    const via = waysToWrite[read.via] ?? []
    if (via.includes('tool') && workload !== undefined && !workload.hasLedger) {
      const expected = `sql: the workload ${workload.name} names no tool that leaves a row for each call`
      return complain({ tree: child(spot.tree, 'via') ?? spot.tree, path: `${spot.path}.via` }, problems, expected)
    }
    if (via.includes('sql') && !known.isDisposable) {
      const expected = 'tool, or stack.disposable: true: Squall makes tables of its own in that database'
      return complain({ tree: child(spot.tree, 'via') ?? spot.tree, path: `${spot.path}.via` }, problems, expected)
    }
    return { via, ratePerS: read.rate, staleAfterMs: read.stale_after }
  }
}

/** `observe`: what is sampled, and how often. */
export function readObserve(known: Known): Read<ObservePlan> {
  return (spot, problems) => {
    const observe = object({
      pool: optional(pool(known), null),
      database: sampler(250),
      host: sampler(250),
      probe: sampler(250),
      ledger: optional(ledger(known), null),
    })(spot, problems)
    if (observe === undefined) return undefined
    const { pool: found } = observe
    return {
      pool: found === null ? null : { node: found.node, path: found.path, everyMs: found.every, map: found.map },
      databaseEveryMs: observe.database.every,
      hostEveryMs: observe.host.every,
      probeEveryMs: observe.probe.every,
      ledger: observe.ledger,
    }
  }
}

/** Without the key. */
export const observeDefault: ObservePlan = {
  pool: null,
  databaseEveryMs: 250,
  hostEveryMs: 250,
  probeEveryMs: 250,
  ledger: null,
}
