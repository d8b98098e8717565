import type { Objective, Plan, PlannedFault } from '../../domain/plan.ts'

/** A plan for generated runs: 5 s of warm-up, 55 s of steady load of 50 users, no faults, no objectives. */
export function planOf(changes: Partial<Plan> = {}): Plan {
  return {
    squall: 1,
    name: 'generated',
    seed: 1,
    quick: false,
    unknown: 'fail',
    stack: {
      kind: 'local',
      preset: null,
      disposable: true,
      allowHosts: [],
      nodes: { server: nodeOf('server', 'mcp'), primary: nodeOf('primary', 'postgres') },
      links: { db: { id: 'db', from: 'server', to: 'primary' } },
      supervisor: null,
    },
    load: {
      workload: 'generated',
      with: {},
      paceMs: 1_000,
      callTimeoutMs: 35_000,
      drainMs: 5_000,
      instances: 1,
      phases: [
        { id: 'warm-up', startMs: 0, endMs: 5_000, usersFrom: 0, usersTo: 50, judged: false },
        { id: 'steady', startMs: 5_000, endMs: 60_000, usersFrom: 50, usersTo: 50, judged: true },
      ],
    },
    faults: [],
    drill: null,
    observe: {
      pool: { node: 'server', path: '/metrics', everyMs: 250, map: {} },
      databaseEveryMs: 1_000,
      hostEveryMs: 1_000,
      probeEveryMs: 250,
      ledger: null,
    },
    objectives: [],
    ...changes,
  }
}

function nodeOf(id: string, role: 'mcp' | 'postgres'): Plan['stack']['nodes'][string] {
  return {
    id,
    role,
    instances: 1,
    port: null,
    command: null,
    cwd: null,
    env: {},
    readyPath: null,
    readyWithinMs: 30_000,
    maxConnections: null,
    follows: null,
    synchronous: false,
    ownDisk: false,
    url: null,
  }
}

/** An objective with one bound; judged, about all tools. */
export function objectiveOf(
  id: string,
  measure: string,
  during: string,
  bound: { max?: number; min?: number; is?: boolean },
  changes: Partial<Objective> = {},
): Objective {
  const { max = null, min = null, is = null } = bound
  const boundText = String(max ?? min ?? is)
  return { id, measure, during, max, min, is, boundText, where: null, withinMs: null, judged: true, ...changes }
}

/** A latency fault from 20 s to 30 s with 10 s to recover. */
export function faultOf(changes: Partial<PlannedFault> = {}): PlannedFault {
  return {
    id: 'slow',
    fault: 'latency',
    on: 'db',
    with: {},
    startMs: 20_000,
    forMs: 10_000,
    recoveryMs: 10_000,
    judgedBy: 'launch',
    ...changes,
  }
}

/** What settles a system: the launch criteria. */
export const launchObjectives: readonly Objective[] = [
  objectiveOf('clear-p95', 'tool.latency.p95', 'steady.clear', { max: 500 }),
  objectiveOf('clear-errors', 'tool.error_ratio', 'steady.clear', { max: 0.05 }),
]
