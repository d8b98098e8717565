import { expect, test } from 'vitest'
import { SimulatedClock } from '../../tests/simulation/simulated-clock.ts'
import type { ClusterControl, NodeControl } from '../domain/node-control.ts'
import type { SupervisorPlan } from '../domain/plan.ts'
import type { ProbeTarget } from '../observe/prober.ts'
import { type Deciding, supervise } from './supervisor.ts'

interface Habits {
  readonly policy: SupervisorPlan
  /** From when on the node does not answer, until it is started or for good; ms. */
  readonly downMs: number
  /** It says nothing, instead of refusing. */
  readonly isSilent?: boolean
  readonly isFollowed?: boolean
  /** It answers again from then on, by itself, and takes writes or follows; ms. */
  readonly backMs?: number
  readonly isFollower?: boolean
  /** So many promotions fail before one succeeds. */
  readonly refusals?: number
  /** So many switches of the route, and fences, fail. */
  readonly lateRoutes?: number
  readonly lateFences?: number
  /** The plan's own hook acts: so long, or it fails. */
  readonly hook?: { readonly tookMs: number; readonly fails?: boolean }
  /** Somebody is asked, and answers after so long, once the harm has been seen; never, where there is no answer. */
  readonly person?: { readonly seenMs?: number; readonly afterMs: number; readonly answer?: boolean }
}

/** What the supervisor did and told within 10 s: [ms, step or act]. */
async function supervised(habits: Habits) {
  const { policy, downMs, isSilent = false, isFollowed = false, refusals = 0, hook, person, ...rest } = habits
  const clock = new SimulatedClock(0)
  const nowMs = () => clock.monotonicUs() / 1_000
  const did: (readonly [number, string])[] = []
  const notes: string[] = []
  let isDown = false
  let primary = 'node'
  let left = refusals
  let routesLeft = rest.lateRoutes ?? 0
  let fencesLeft = rest.lateFences ?? 0
  const act = (what: string): void => {
    did.push([nowMs(), what])
  }
  const answer = async (): Promise<null> => {
    await clock.sleep(2)
    const { backMs = Number.POSITIVE_INFINITY } = rest
    if (nowMs() >= backMs && !did.some(([, what]) => what === 'stop in 0 ms')) return null
    if (!isDown && (nowMs() < downMs || did.some(([, what]) => what === 'start'))) return null
    isDown = true
    if (isSilent) await new Promise(() => undefined)
    throw new Error('refused')
  }
  const probeTarget: ProbeTarget = {
    newLine: () => ({ open: async () => undefined, ask: answer, destroy: () => undefined }),
    classify: () => 'refused',
    sqlStateOf: () => null,
    isBrokenBy: () => true,
  }
  const cluster: ClusterControl = {
    primary: () => primary,
    async promote() {
      left -= 1
      if (left >= 0) throw new Error('nobody answers')
      await clock.sleep(100)
      primary = 'replica'
      act('promote')
    },
    async route(to) {
      routesLeft -= 1
      if (routesLeft >= 0) throw new Error('no answer')
      act(`route to ${to}`)
    },
    rejoin: async () => undefined,
  }
  const control = {
    id: 'node',
    cluster: isFollowed ? cluster : null,
    database: {
      async run() {
        fencesLeft -= 1
        if (fencesLeft >= 0) throw new Error('no answer')
        return [{ follows: rest.isFollower === true ? 't' : 'f' }]
      },
    },
    stop: async (graceMs: number) => act(`stop in ${graceMs} ms`),
    async start() {
      isDown = false
      act('start')
    },
    ...(hook === undefined
      ? {}
      : {
          hooks: {
            async run(name: string) {
              await clock.sleep(hook.tookMs)
              act(`hook ${name}`)
              if (hook.fails) throw new Error('code 3')
            },
            msMax: () => 0,
          },
        }),
  } as unknown as NodeControl
  const over = new AbortController()
  const deciding: Deciding | null =
    person === undefined
      ? null
      : {
          hasBegun: () => nowMs() >= (person.seenMs ?? 0),
          async confirm(text, signal) {
            act(`asked: ${text}`)
            const { answer } = person
            await clock.sleep(answer === undefined ? 60_000 : person.afterMs, signal)
            if (signal.aborted) act('withdrawn')
            return !signal.aborted && answer === true
          },
        }
  const running = supervise({
    policy,
    clock,
    nodes: [{ id: 'node', probeTarget, control }],
    tell: (atUs, _, step) => did.push([atUs / 1_000, `told ${step}`]),
    note: (text) => notes.push(text),
    deciding,
    signal: over.signal,
  })
  await clock.runUntil(clock.sleep(10_000))
  over.abort()
  await clock.runUntil(running)
  return { did, notes }
}

const restart: SupervisorPlan = { restartAfterMs: 1_000, promoteAfterMs: null, fences: false }
const promote: SupervisorPlan = { restartAfterMs: null, promoteAfterMs: 2_000, fences: false }

test('a node that is well is left alone', async () => {
  expect(await supervised({ policy: restart, downMs: 99_000 })).toEqual({ did: [], notes: [] })
})

test('one that refuses for as long as the policy says is ended and started anew, once', async () => {
  const { did } = await supervised({ policy: restart, downMs: 1_000 })
  expect(did.map(([, what]) => what)).toEqual([
    'told detected',
    'told decided',
    'stop in 0 ms',
    'start',
    'told restarted',
    'told well',
  ])
  const [detected = 0, decided = 0] = did.map(([ms]) => ms)
  // Looked at every 50 ms, with 2 ms for an answer.
  expect(detected).toBeGreaterThanOrEqual(1_000)
  expect(detected).toBeLessThan(1_055)
  expect(decided - detected).toBeGreaterThanOrEqual(1_000)
  expect(decided - detected).toBeLessThan(1_055)
})

test('silence is seen after the patience with one look', async () => {
  const { did } = await supervised({ policy: restart, downMs: 1_000, isSilent: true })
  expect(did[0]?.[1]).toBe('told detected')
  expect(did[0]?.[0]).toBeGreaterThanOrEqual(1_500)
  expect(did[0]?.[0]).toBeLessThan(1_555)
})

test('a primary that others follow gives way to one of them, and stays down', async () => {
  const { did } = await supervised({ policy: promote, downMs: 1_000, isFollowed: true })
  expect(did.map(([, what]) => what)).toEqual([
    'told detected',
    'told decided',
    'promote',
    'told promoted',
    'route to replica',
    'told routed',
  ])
})

test('with both policies a primary is promoted away from, and not started beside the new one', async () => {
  const both = { restartAfterMs: 500, promoteAfterMs: 2_000, fences: false }
  const { did } = await supervised({ policy: both, downMs: 1_000, isFollowed: true })
  expect(did.map(([, what]) => what)).not.toContain('start')
  expect(did.filter(([, what]) => what === 'promote')).toHaveLength(1)
})

test('what nobody restarts or promotes is told and left', async () => {
  const { did } = await supervised({ policy: promote, downMs: 1_000 })
  expect(did.map(([, what]) => what)).toEqual(['told detected'])
})

test('a promotion that fails is told and tried again after as long', async () => {
  const { did, notes } = await supervised({ policy: promote, downMs: 1_000, isFollowed: true, refusals: 1 })
  expect(notes).toEqual(['the supervisor cannot bring node back: nobody answers'])
  const decided = did.filter(([, what]) => what === 'told decided').map(([ms]) => ms)
  expect(decided).toHaveLength(2)
  expect((decided[1] ?? 0) - (decided[0] ?? 0)).toBeGreaterThanOrEqual(2_000)
  expect(did.map(([, what]) => what)).toContain('route to replica')
})

test.each([
  ['is ended where the policy fences', true, false, true],
  ['is left alone where it does not', false, false, false],
  ['is left alone when it follows', true, true, false],
])('an old primary that comes back %s', async (_, fences, isFollower, isEnded) => {
  const policy = { ...promote, fences }
  const { did } = await supervised({ policy, downMs: 1_000, isFollowed: true, backMs: 6_000, isFollower })
  const after = did.filter(([ms]) => ms >= 6_000).map(([, what]) => what)
  expect(after).toContain('told well')
  expect(after.includes('stop in 0 ms')).toBe(isEnded)
  expect(after.includes('told fenced')).toBe(isEnded)
})

test('a route that could not be switched is switched when it can be, and nobody is promoted twice', async () => {
  const { did, notes } = await supervised({ policy: promote, downMs: 1_000, isFollowed: true, lateRoutes: 2 })
  expect(notes).toHaveLength(2)
  expect(did.map(([, what]) => what)).toEqual([
    'told detected',
    'told decided',
    'promote',
    'told promoted',
    'route to replica',
    'told routed',
  ])
})

test('a fence that failed is tried until it holds', async () => {
  const policy = { ...promote, fences: true }
  const { did, notes } = await supervised({ policy, downMs: 1_000, isFollowed: true, backMs: 6_000, lateFences: 3 })
  expect(notes).toHaveLength(3)
  expect(did.filter(([, what]) => what === 'told fenced')).toHaveLength(1)
})

const byHook: SupervisorPlan = { restartAfterMs: null, promoteAfterMs: null, fences: false, actAfterMs: 2_000 }

test("the plan's own hook acts in place of ours, once, and is told when it has ended", async () => {
  const { did, notes } = await supervised({ policy: byHook, downMs: 1_000, isFollowed: true, hook: { tookMs: 700 } })
  expect(did.map(([, what]) => what)).toEqual(['told detected', 'told decided', 'hook act', 'told acted'])
  const [detected = 0, decided = 0, , acted = 0] = did.map(([ms]) => ms)
  expect(decided - detected).toBeGreaterThanOrEqual(2_000)
  expect(acted - decided).toBe(700)
  expect(notes).toEqual([])
})

test('a hook that fails is told, and not run again: nobody knows what that would do', async () => {
  const { did, notes } = await supervised({ policy: byHook, downMs: 1_000, hook: { tookMs: 100, fails: true } })
  expect(did.map(([, what]) => what)).toEqual(['told detected', 'told decided', 'hook act'])
  expect(notes).toEqual(['the supervisor cannot bring node back: code 3'])
})

test('a person decides when: nobody is asked before the harm was seen, and the policy does not act by itself', async () => {
  const person = { seenMs: 2_000, afterMs: 4_000, answer: true }
  const { did } = await supervised({ policy: promote, downMs: 1_000, isFollowed: true, person })
  expect(did.map(([, what]) => what)).toEqual([
    'told detected',
    'asked: promote a replica of node and lead new connections to it',
    'told decided',
    'promote',
    'told promoted',
    'route to replica',
    'told routed',
  ])
  const [detected = 0, asked = 0, decided = 0] = did.map(([ms]) => ms)
  expect(detected).toBeLessThan(1_055)
  expect(asked).toBeGreaterThanOrEqual(2_000)
  expect(decided - asked).toBe(4_000)
})

test.each([
  ['start node anew', restart, undefined],
  ['run hooks.act for node', byHook, { tookMs: 10 }],
] as const)('before it would %s a person is asked', async (text, policy, hook) => {
  const person = { afterMs: 500, answer: true }
  const { did } = await supervised({ policy, downMs: 1_000, person, ...(hook ? { hook } : {}) })
  expect(did.map(([, what]) => what).slice(0, 3)).toEqual(['told detected', `asked: ${text}`, 'told decided'])
})

test('what is skipped is not done, and not asked again', async () => {
  const { did } = await supervised({ policy: restart, downMs: 1_000, person: { afterMs: 500, answer: false } })
  expect(did.map(([, what]) => what)).toEqual(['told detected', 'asked: start node anew'])
})

test('a question is withdrawn when the node answers again by itself', async () => {
  const { did } = await supervised({ policy: restart, downMs: 1_000, backMs: 3_000, person: { afterMs: 0 } })
  expect(did.map(([, what]) => what)).toEqual(['told detected', 'asked: start node anew', 'withdrawn', 'told well'])
})

test('the end of the run withdraws the question', async () => {
  const { did } = await supervised({ policy: restart, downMs: 1_000, person: { afterMs: 0 } })
  expect(did.at(-1)).toEqual([10_000, 'withdrawn'])
})
