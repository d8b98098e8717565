import { expect, test } from 'vitest'
import { SimulatedClock } from '../../tests/simulation/simulated-clock.ts'
import type { HookSpec } from '../domain/plan.ts'
import type { ExitEvent, SpawnSpec } from '../keeper/protocol.ts'
import { Hooks, type HooksSpec } from './hooks.ts'

const hook = (change: Partial<HookSpec> = {}): HookSpec => ({
  command: ['mend', '{node}', '{primary}', '{database_url}', '{region}'],
  withinMs: 5_000,
  cwd: '/srv',
  env: { TARGET: '{primary}' },
  ...change,
})

/** Each process ends by itself after so long with this code; never, unless it is stopped. */
function world({ tookMs = 100, code = 0 }: { readonly tookMs?: number | null; readonly code?: number } = {}) {
  const clock = new SimulatedClock(0)
  const spawned: SpawnSpec[] = []
  const did: string[] = []
  const listeners = new Set<(event: ExitEvent) => void>()
  const keeper: HooksSpec['keeper'] = {
    async spawn(spec) {
      spawned.push(spec)
      did.push(`${spec.name} at ${clock.monotonicUs() / 1_000}`)
      const event = { event: 'exited', name: spec.name, pid: 9, code, signal: null, planned: false } as const
      if (tookMs !== null)
        void clock.sleep(tookMs).then(() => {
          for (const listener of listeners) listener({ ...event, monotonicUs: clock.monotonicUs() })
        })
      return { pid: 9, startTicks: '1', monotonicUs: 0 }
    },
    async stop(name, { signal, graceMs }) {
      did.push(`${signal} to ${name} and ${graceMs} ms`)
      return { wentByItself: true }
    },
    onExited(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  const stack = { databaseUrl: 'postgres://db', cluster: { primary: 'b' }, nodes: new Map() } as unknown
  const plan = { inject: hook(), heal: hook() }
  const hooks = new Hooks({ plan, stack: stack as HooksSpec['stack'], keeper, clock, logsDir: '/nowhere' })
  return { clock, hooks, spawned, did }
}

test('words in braces are filled in where they are known', async () => {
  const { clock, hooks, spawned } = world()
  await clock.runUntil(hooks.on('a').run('inject'))
  expect(spawned[0]).toMatchObject({
    name: 'hook:inject',
    argv: ['mend', 'a', 'b', 'postgres://db', '{region}'],
    cwd: '/srv',
    env: { TARGET: 'b', PATH: process.env.PATH },
    logPath: '/nowhere/hook-inject.log',
  })
})

test('the undo is the same command as the heal, with all that whoever undoes it needs', () => {
  expect(world().hooks.undo('a')).toEqual({
    kind: 'command',
    argv: ['mend', 'a', 'b', 'postgres://db', '{region}'],
    cwd: '/srv',
    env: { PATH: process.env.PATH, TARGET: 'b' },
    withinMs: 5_000,
    logPath: '/nowhere/hook-heal.log',
  })
})

test('one that does not end with 0 has failed', async () => {
  const { clock, hooks } = world({ code: 3 })
  await expect(clock.runUntil(hooks.on('a').run('inject'))).rejects.toThrow(/^hooks.inject: code 3; the end of/)
})

test('one that has not ended in time is asked to end, killed 2 s later, and has failed', async () => {
  const { clock, hooks, did } = world({ tookMs: null })
  await expect(clock.runUntil(hooks.on('a').run('inject'))).rejects.toThrow('hooks.inject: no end within 5 s')
  expect(clock.monotonicUs()).toBe(5_000_000)
  expect(did.at(-1)).toBe('SIGTERM to hook:inject and 2000 ms')
  expect(hooks.on('a').msMax('inject')).toBeGreaterThan(7_000)
})

test('when the run is to end the harm is ended at once, and the heal goes on', async () => {
  const { clock, hooks, did } = world({ tookMs: 3_000 })
  void clock.sleep(1_000).then(() => hooks.giveUp())
  const harming = hooks.on('a').run('inject')
  const healing = hooks.on('a').run('heal')
  await expect(clock.runUntil(harming)).rejects.toThrow('the run is to end')
  expect(clock.monotonicUs()).toBe(1_000_000)
  await clock.runUntil(healing)
  expect(clock.monotonicUs()).toBe(3_000_000)
  expect(did.filter((one) => one.startsWith('SIGTERM'))).toEqual(['SIGTERM to hook:inject and 2000 ms'])
})

test('the same one runs one at a time', async () => {
  const { clock, hooks, did } = world()
  await clock.runUntil(Promise.all([hooks.on('a').run('heal'), hooks.on('b').run('heal')]))
  expect(did).toEqual(['hook:heal at 0', 'hook:heal at 100'])
})
