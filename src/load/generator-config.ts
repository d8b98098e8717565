import { type LoadPlan, type PlannedFault, usersPeak } from '../domain/plan.ts'
import type { WeightedTool } from './workload.ts'

/** What one generator is told: the file that engines/squall/config.go reads. Durations in ms. */
export interface GeneratorConfig {
  readonly instance: string
  readonly seed: number
  /** Absolute path of the calls stream; must not exist. */
  readonly callsPath: string
  /** Of the answers stream, the same; absent: no answers are sampled. */
  readonly answersPath?: string
  readonly users: { readonly first: number; readonly count: number }
  /** 0: without pace. */
  readonly paceMs: number
  readonly drainMs: number
  readonly callTimeoutMs: number
  /** How long all users together may take to open their sessions. */
  readonly barrierTimeoutMs: number
  readonly tools: readonly WeightedTool[]
  readonly phases: readonly GeneratorPhase[]
  /** Where the calls go; empty: told by StartedLoad.open() when the system is up. */
  readonly target: string
  /** The plan's words to the workload as they were, for the record; their effect is in `tools`. */
  readonly with: Readonly<Record<string, unknown>>
  /** When k6 collects its garbage, which takes a processor; absent: left to Go. */
  readonly garbage?: GarbagePlan
  /** No harness: start when all users are ready. */
  readonly standalone?: boolean
}

/** engines/squall/collector.go acts on it. */
export interface GarbagePlan {
  /** Let the heap grow so far. */
  readonly heapMaxBytes: number
  /** Moments of the run at which a collection harms the least, in order, in ms since t0. */
  readonly collectAtMs: readonly number[]
}

export interface GeneratorPhase {
  readonly id: string
  readonly startMs: number
  readonly endMs: number
  readonly usersFrom: number
  readonly usersTo: number
}

/** What a plan does not say about one generator. */
export interface GeneratorShare {
  readonly seed: number
  /** As in GeneratorConfig. */
  readonly target: string
  readonly callsPath: string
  readonly answersPath?: string
  readonly tools: readonly WeightedTool[]
  readonly barrierTimeoutMs: number
  /** As in GeneratorConfig. */
  readonly garbage?: GarbagePlan
  /** Which of the plan's instances this is, from 0. */
  readonly index: number
}

/** One instance's share of a plan's load: an equal part of the users, by number. */
export function generatorConfig(load: LoadPlan, share: GeneratorShare): GeneratorConfig {
  const all = usersPeak({ load })
  const first = Math.floor((all * share.index) / load.instances)
  const afterLast = Math.floor((all * (share.index + 1)) / load.instances)
  return {
    instance: `k6-${share.index + 1}`,
    seed: share.seed,
    callsPath: share.callsPath,
    ...(share.answersPath === undefined ? {} : { answersPath: share.answersPath }),
    users: { first, count: afterLast - first },
    paceMs: load.paceMs,
    drainMs: load.drainMs,
    callTimeoutMs: load.callTimeoutMs,
    barrierTimeoutMs: share.barrierTimeoutMs,
    tools: share.tools,
    phases: load.phases.map(({ id, startMs, endMs, usersFrom, usersTo }) => ({
      id,
      startMs,
      endMs,
      usersFrom,
      usersTo,
    })),
    target: share.target,
    with: load.with,
    ...(share.garbage === undefined ? {} : { garbage: share.garbage }),
  }
}

/** At 1,000 users k6 fills 13 MB/s over the 380 MB that it keeps: quick gates end before half of this is reached. */
const heapBytesMax = 4 * 2 ** 30
/** Of the memory that is free before the run; the rest is the system's under test, its page cache included. */
const heapShareMax = 0.25
/** A collection takes one processor 0.6 ms for each user; with so much it is over, and what waited for it is served. */
const beforeFaultMsPerUser = 2
const beforeFaultMsMin = 2_000

/** As rarely as memory allows, and rather before a fault than in one. `freeBytes`: free for new processes. */
export function garbagePlan(
  load: Pick<LoadPlan, 'phases'>,
  faults: readonly Pick<PlannedFault, 'startMs' | 'forMs' | 'after'>[],
  freeBytes: number,
): GarbagePlan {
  const leadMs = Math.max(beforeFaultMsMin, beforeFaultMsPerUser * usersPeak({ load }))
  // What a fault that has just ended leaves behind, such as all that connect anew, is no calm either.
  const isCalm = (atMs: number): boolean =>
    !faults.some(({ startMs, forMs, after }) => {
      const latestEndMs = (after?.latestMs ?? startMs) + forMs
      return startMs - leadMs < atMs && atMs < latestEndMs + leadMs
    })
  return {
    heapMaxBytes: Math.max(1, Math.floor(Math.min(heapBytesMax, freeBytes * heapShareMax))),
    collectAtMs: faults
      .map(({ startMs }) => startMs - leadMs)
      .filter((atMs) => atMs > 0 && isCalm(atMs))
      .sort((a, b) => a - b),
  }
}
