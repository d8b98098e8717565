import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Objective, Plan } from '../../domain/plan.ts'
import { callsOf, calmRun, databaseOf, poolOf, timelineOf } from '../../measure/testing/calm-run.ts'
import {
  callLines,
  type GeneratedAnswer,
  type GeneratedBalancerRow,
  type GeneratedPoolRow,
  type GeneratedProbeRow,
  type GeneratedRun,
  type TimelineEntry,
  withFolder,
  writeRun,
} from '../../measure/testing/generated-run.ts'
import { ledgerOf } from '../../measure/testing/ledger-of.ts'
import { faultOf, launchObjectives, objectiveOf, planOf } from '../../measure/testing/plan-of.ts'

/** Files of a run folder, by path inside it. */
export type Files = ReadonlyMap<string, string>

/** Few users: what is cut is told by files and times, not by how many calls there are. */
const users = 6

const tailed = (ms: number): number => (ms >= 20_000 && ms < 32_000 ? 900 : ms >= 37_000 && ms < 38_000 ? 300 : 20)
const isBusy = (ms: number): boolean => ms >= 20_000 && ms < 33_500
const callsWith = (latencyMs: (ms: number) => number = tailed) =>
  callsOf({ users, startMs: 0, endMs: 60_000, latencyMs })

/** A pool with all that ours tells: marks, counters, a histogram. One sample a second has a peak that no gauge saw. */
const tellingPool = (row: GeneratedPoolRow): GeneratedPoolRow => {
  const s = row.tUs / 1e6 + 3
  const busyS = Math.min(13.5, Math.max(0, row.tUs / 1e6 - 20))
  const count = 100 + Math.floor(s * 6)
  const second = Math.floor(s) - 1
  return {
    ...row,
    timeouts: Math.floor(busyS / 4),
    saturatedS: busyS,
    saturatedLongestS: busyS,
    uptimeS: s,
    usedHigh: [[second, second === 57 ? 30 : (row.used ?? 0)]],
    pendingHigh: [[second, row.pending ?? 0]],
    wait: [count, s, [count, count, count, count, count, count]],
  }
}

const pool = poolOf({
  max: 30,
  used: (ms) => (isBusy(ms) ? 30 : ms >= 0 && ms < 60_000 ? 5 : 0),
  pending: (ms) => (isBusy(ms) ? 3 : 0),
  sample: tellingPool,
})

const bounds = [
  ...launchObjectives,
  objectiveOf('clear-peak', 'database.connections.peak', 'steady.clear', { max: 20 }),
]
const planWith = (changes: Partial<Plan> = {}): Plan => planOf({ faults: [faultOf()], objectives: bounds, ...changes })

/** Settled at 35 s, for its database was the last to be within the bounds: the window without faults rests on all three. */
function gate(): GeneratedRun {
  const plan = planWith()
  const exit: TimelineEntry = [56_000_000, 'exit', 'server', { pid: 2, code: 1, signal: null, planned: false }]
  return calmRun({
    plan,
    timeline: timelineOf(plan, [exit]),
    calls: callsWith(),
    pool,
    database: databaseOf((ms) => ({
      connections: ms >= 20_000 && ms < 34_500 ? 25 : 12,
      deadlocks: ms > 50_000 ? 1 : 0,
      quietMs: 1,
    })),
    probe: probes(['db'], 'ready'),
    host: true,
    reads: { read: true, write: false },
    answers: answersTo('read', (at) => (at < 11 ? 'same' : 'other')),
  })
}

/** Its fault is on a link that nobody uses, and the database is the only one to know. */
function unusedLink(): GeneratedRun {
  const plan = planWith({ objectives: launchObjectives })
  return calmRun({
    plan,
    timeline: timelineOf(plan),
    calls: callsWith(() => 20),
    pool,
    database: databaseOf(() => ({ connections: 0, sessions: 3, commits: 9 })),
    reads: { read: true, write: null },
    answers: [...answersTo('read', () => 'same'), ...answersTo('write', () => 'same')],
  })
}

/** Each 5 s, another question. */
function answersTo(tool: 'read' | 'write', answerOf: (at: number) => string): GeneratedAnswer[] {
  const of = { tool: tool === 'read' ? 0 : 1 }
  return Array.from({ length: 12 }, (_, at) => ({ ...of, tUs: at * 5_000_000, asked: `q${at}`, answer: answerOf(at) }))
}

/** Squall started nothing: only the database can tell that it began anew. */
function external(): GeneratedRun {
  const plan = planWith({ objectives: launchObjectives, faults: [] })
  const timeline = timelineOf(plan).filter(([, kind]) => kind !== 'process')
  const { pool: _, ...run } = calmRun({
    plan: { ...plan, observe: { ...plan.observe, pool: null } },
    timeline,
    calls: callsWith(() => 20),
  })
  return { ...run, database: databaseOf((ms) => ({ startedAt: ms < 45_000 ? 'a' : 'b' })) }
}

/** Nobody tells of the pool, so that the sessions at the database do, and our own connections on the way there. */
function derived(): GeneratedRun {
  const calm = planWith()
  const { primary } = calm.stack.nodes
  if (primary === undefined) throw new Error('no primary')
  const own = { applications: [], users: [], addresses: [], max: 4 }
  const plan: Plan = {
    ...calm,
    stack: { ...calm.stack, nodes: { ...calm.stack.nodes, primary: { ...primary, own } } },
    observe: { ...calm.observe, pool: null },
  }
  const { pool: _, ...run } = calmRun({ plan, timeline: timelineOf(plan), calls: callsWith() })
  const sessions = { connections: 4, idleInTransaction: 0, hidden: 0 }
  const database = databaseOf((ms) =>
    isBusy(ms) ? { ...sessions, active: 4, idleMs: [] } : { ...sessions, active: 1, idleMs: [5_000, 5_000, 5_000] },
  )
  return {
    ...run,
    database,
    probe: [...longProbes(), ...probes(['db'], 'ready')].sort((a, b) => a.endedUs - b.endedUs),
  }
}

/** Our long-lived connection, which the fault slows. */
function longProbes(): GeneratedProbeRow[] {
  return Array.from({ length: 66 * 4 }, (_, at) => {
    const askedUs = at * 250_000
    const tookUs = askedUs >= 20_200_000 && askedUs < 30_000_000 ? 200_000 : 1_000
    return { askedUs, endedUs: askedUs + tookUs, probe: 'db', connection: 'long', error: null }
  })
}

function failOver(): GeneratedRun {
  const calm = planWith({
    faults: [faultOf({ judgedBy: 'bounded', on: 'primary', fault: 'kill', recoveryMs: 25_000 })],
  })
  const { primary, server } = calm.stack.nodes
  if (primary === undefined || server === undefined) throw new Error('no nodes')
  const nodes = {
    ...calm.stack.nodes,
    server: { ...server, readyPath: '/ready' },
    replica: { ...primary, id: 'replica', follows: 'primary' },
  }
  const plan: Plan = {
    ...calm,
    stack: { ...calm.stack, nodes, supervisor: { restartAfterMs: null, promoteAfterMs: 2_000, fences: false } },
    observe: { ...calm.observe, ledger: { via: ['sql', 'tool'], ratePerS: 10 } },
    drill: { name: 'fail-over', mode: 'automatic', horizonMs: 30_000, every: null },
    hooks: { verify: { command: ['true'], timeoutMs: 1_000 } },
  } as Plan
  const step = (tUs: number, name: string): TimelineEntry => [tUs, 'supervisor', 'primary', { step: name }]
  const told = [
    ...[
      step(21_000_000, 'detected'),
      step(23_000_000, 'decided'),
      step(31_000_000, 'promoted'),
      step(33_000_000, 'routed'),
    ],
    [62_000_000, 'hook', 'verify', { isOk: true, tookUs: 5_000 }] satisfies TimelineEntry,
  ]
  const timeline = timelineOf(plan, told).sort(([a], [b]) => a - b)
  const write = (ms: number) => ({ outcome: ms >= 20_200 && ms < 34_000 ? 'failed' : 'ok' }) as const
  const everyMs = 40
  const ledger = [
    ...ledgerOf({
      via: 'sql',
      everyMs,
      toMs: 60_000,
      fateOf: (ms) => (ms === 19_960 ? { outcome: 'ok', copies: 0 } : write(ms)),
    }),
    ...ledgerOf({ via: 'tool', everyMs, toMs: 60_000, fateOf: write }),
  ].sort(([a], [b]) => a - b)
  const written = (ms: number) => 1_000_000 + Math.max(0, ms)
  const database = databaseOf((ms) => ({
    written: written(ms),
    followers: [['replica', written(ms) - (ms > 10_000 && ms < 13_000 ? 5_000 : 0)]],
    connections: ms >= 20_000 && ms < 34_500 ? 25 : 12,
  }))
  return calmRun({ plan, timeline, calls: callsWith(), pool, database, ledger, probe: probes(['primary'], 'ready') })
}

const three = ['server-1', 'server-2', 'server-3']

/** Three of the server, two load instances; the second server is killed from 20 s to 30 s. */
function instances(): GeneratedRun {
  const calm = planWith({ faults: [faultOf({ fault: 'kill', on: 'server', instance: 2 })] })
  const { server, ...others } = calm.stack.nodes
  if (server === undefined) throw new Error('no server')
  const nodes = { server: { ...server, instances: 3, readyPath: '/ready' }, ...others }
  const plan: Plan = { ...calm, stack: { ...calm.stack, nodes }, load: { ...calm.load, instances: 2 } }
  const isDown = (row: GeneratedPoolRow): boolean => row.tUs >= 20_000_000 && row.tUs < 30_200_000
  const pools = three
    .flatMap((instance) =>
      pool.map((row) =>
        instance === 'server-2' && isDown(row)
          ? { tUs: row.tUs, tookUs: row.tookUs, instance, error: 'ECONNREFUSED' }
          : { ...row, instance },
      ),
    )
    .sort((a, b) => a.tUs - b.tUs)
  const balancer: GeneratedBalancerRow[] = []
  for (let ms = -1_000; ms < 67_000; ms += 250)
    for (const instance of three)
      balancer.push({
        tUs: ms * 1_000,
        instance,
        isUp: instance !== 'server-2' || ms < 55_000,
        sent: 4_000_000 + ms * 10,
      })
  return calmRun({
    plan,
    timeline: timelineOf(plan),
    calls: callsWith(),
    pool: pools,
    balancer,
    probe: probes(['db-1', 'db-2', 'db-3'], 'ready.server-1'),
  })
}

/** What was restored is looked at twice, and the second look is the worse one. */
function restore(): GeneratedRun {
  const calm = planWith({ objectives: launchObjectives, faults: [faultOf({ on: 'primary', fault: 'table-dropped' })] })
  const { primary } = calm.stack.nodes
  if (primary === undefined) throw new Error('no primary')
  const backups = {
    archive: true,
    archiveTimeoutMs: 60_000,
    baseEveryMs: 86_400_000,
    dumpEveryMs: 3_600_000,
    productionBytes: 1e9,
  }
  const plan = { ...calm, stack: { ...calm.stack, nodes: { ...calm.stack.nodes, primary: { ...primary, backups } } } }
  const step = (tUs: number, name: string, data: Record<string, unknown>): TimelineEntry => [
    tUs,
    'step',
    'slow',
    { step: name, ...data },
  ]
  const looked = { tablesExpected: 24, tablesMissing: [], tablesExtra: [], rowsMatch: true, newestRowAgeS: 12 }
  const timeline = timelineOf(plan, [
    step(19_000_000, 'backup_taken', { kind: 'base-backup', startedUnixUs: 1, durationMs: 700, bytes: 100 }),
    step(19_500_000, 'archiving', { isOn: true, isFailing: false, timeoutMs: 60_000 }),
    step(24_000_000, 'restored', { from: 'base-backup', to: 'p', durationMs: 1_500, bytes: 250_000_000 }),
    step(26_000_000, 'integrity', looked),
    step(40_000_000, 'table_returned', { table: 't', rows: 3, durationMs: 5_000 }),
    step(41_000_000, 'integrity', { ...looked, tablesMissing: ['public.t'], rowsMatch: false, newestRowAgeS: 90 }),
  ])
  return calmRun({ plan, timeline, calls: callsWith(), pool })
}

/** Each 250 ms: our own connections, which fail while the fault is on, and an endpoint that says ready all the time. */
function probes(links: readonly string[], ready: string): GeneratedProbeRow[] {
  const rows: GeneratedProbeRow[] = []
  for (let ms = 0; ms < 60_000; ms += 250) {
    const error = ms >= 20_200 && ms < 30_000 ? 'refused' : null
    const at = { askedUs: ms * 1_000, endedUs: ms * 1_000 + 2_000 }
    for (const probe of links) rows.push({ ...at, probe, connection: 'fresh', error })
    rows.push({
      askedUs: at.askedUs + 50_000,
      endedUs: at.askedUs + 52_000,
      probe: ready,
      connection: null,
      error: null,
    })
  }
  return rows
}

const realRun = fileURLToPath(new URL('real-run', import.meta.url))

/** A real run of the plan `smoke` with 12 users, as it was recorded but for what names the machine. */
function real(): Files {
  const names = readdirSync(realRun, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('json'))
  return new Map(names.map((name) => [name, readFileSync(join(realRun, name), 'utf8')]))
}

/** Run folders of which the truth is known, by name. */
export const knownFolders: Readonly<Record<string, () => Files>> = {
  gate: () => filesOf(gate()),
  unusedLink: () => filesOf(unusedLink()),
  external: () => filesOf(external()),
  derived: () => filesOf(derived()),
  failOver: () => filesOf(failOver()),
  instances: () => filesOf(instances()),
  restore: () => filesOf(restore()),
  real,
}

/** All files that such a run leaves, with logs and a second load instance's calls where the plan has one. */
function filesOf(run: GeneratedRun): Files {
  return withFolder((folder) => {
    writeRun(folder, run)
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('json'))
    const files = new Map(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
    files.set('logs/server.log', 'listening\nan error that nobody judges\n')
    if (run.plan.load.instances === 2) {
      const others = (run.calls ?? []).map((call) => ({ ...call, user: call.user + 1_000 }))
      files.set('calls/k6-2.ndjson', `${callLines(others, ['read', 'write']).join('\n')}\n`)
    }
    return files
  })
}

/** The same run, judged by more. */
export function withObjectives(files: Files, more: (plan: Plan) => readonly Objective[]): Files {
  const run = JSON.parse(files.get('run.json') ?? '') as { readonly plan: Plan }
  const plan = { ...run.plan, objectives: [...run.plan.objectives, ...more(run.plan)] }
  return new Map([...files, ['run.json', `${JSON.stringify({ ...run, plan })}\n`]])
}
