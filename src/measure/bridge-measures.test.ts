import { describe, expect, it } from 'vitest'
import { bridgeMeasures } from './bridge-measures.ts'
import { measure } from './measure-spec.ts'
import { RunView } from './run-view.ts'
import { calmRun } from './testing/calm-run.ts'
import { readGenerated } from './testing/generated-run.ts'
import { planOf } from './testing/plan-of.ts'

type Row = readonly unknown[]

/** Every 250 ms: 10 calls of 5 ms to 50 ms, and 5 ms of processor; at 30 s a process dies. */
function rows(instance: string | null = null): Row[] {
  return Array.from({ length: 272 }, (_, at) => {
    const calls = at * 10
    return [
      at * 250_000,
      1_000,
      null,
      instance,
      [calls, 0, [0, calls, calls, calls, calls, calls]],
      at * 5_000,
      1,
      at < 120 ? 0 : 1,
    ]
  })
}

function view(bridge: readonly Row[] | null): RunView {
  return new RunView(readGenerated(calmRun(bridge === null ? {} : { bridge })))
}

function ask(id: string, of: RunView) {
  const spec = bridgeMeasures.find((one) => one.id === id)
  const window = of.window('steady.clear')
  if (spec === undefined || window === null) throw new Error('nothing to ask')
  return measure(of, spec, { window })
}

describe('what the bridge costs', () => {
  it('is told by its own histogram and counters', () => {
    const whole = view(rows())
    expect(ask('bridge.added_latency.p95', whole)).toMatchObject({ kind: 'value', value: 50, unit: 'ms' })
    const cpu = ask('bridge.cpu', whole)
    expect(Number(cpu.value)).toBeGreaterThan(0.018)
    expect(Number(cpu.value)).toBeLessThan(0.021)
    expect(ask('bridge.deaths', whole)).toMatchObject({ value: 1, unit: 'count' })
  })

  it('adds up over several instances', () => {
    const both = view([...rows('server-1'), ...rows('server-2')].sort((a, b) => Number(a[0]) - Number(b[0])))
    expect(ask('bridge.deaths', both)).toMatchObject({ value: 2 })
    expect(Number(ask('bridge.cpu', both).value)).toBeGreaterThan(0.036)
  })

  it('is what its calls and its processor took, and no more', () => {
    // At 30 s: 96 calls of up to 50 ms and 4 of up to 1 s, and 11 s of processor; the window is 55 s long.
    const told = rows().map(([tUs, took]) => {
      const [fast, all, cpuUs] = Number(tUs) < 30_000_000 ? [0, 0, 0] : [96, 100, 11_000_000]
      return [tUs, took, null, null, [all, 0, [0, fast, fast, all, all, all]], cpuUs, 1, 0]
    })
    const of = view(told)
    expect(ask('bridge.added_latency.p95', of)).toMatchObject({ value: 50, sampleCount: 100 })
    expect(ask('bridge.added_latency.max', of)).toMatchObject({ value: 1_000, sampleCount: 100 })
    expect(ask('bridge.cpu', of)).toMatchObject({ value: 0.2, interval: { low: 0.2, high: 0.2 } })
  })

  it('is unknown where one of several never told it', () => {
    const mute = rows('server-2').map((row) => [...row.slice(0, 5), null, 1, 0])
    const both = [...rows('server-1'), ...mute].sort((a, b) => Number(a[0]) - Number(b[0]))
    expect(ask('bridge.cpu', view(both))).toMatchObject({ kind: 'none', reason: 'no_samples', sampleCount: 0 })
    expect(ask('bridge.deaths', view(both))).toMatchObject({ kind: 'value' })
  })

  it('is unknown where it did not tell', () => {
    expect(ask('bridge.cpu', view(null))).toMatchObject({ kind: 'none', reason: 'sampler_silent' })
    expect(ask('bridge.cpu', view(rows().slice(0, 40)))).toMatchObject({ kind: 'none', reason: 'sampler_silent' })
  })

  it('is told over a silence that has something told before and after it', () => {
    const frozen = rows().map((row) => {
      const isGap = Number(row[0]) > 20_000_000 && Number(row[0]) < 26_000_000
      return isGap ? [row[0], 1_000, 'no answer', null, null, null, null, null] : row
    })
    const { kind, value, interval } = ask('bridge.cpu', view(rows()))
    expect(ask('bridge.cpu', view(frozen))).toMatchObject({ kind, value, interval })
  })

  it('cannot be asked where there is none', () => {
    const lacking = bridgeMeasures.map((spec) => spec.lacking?.(view(null)))
    expect(lacking.every((why) => why?.includes('stdio') === true)).toBe(true)
    const { stack, ...plan } = planOf()
    const { server, ...nodes } = stack.nodes
    if (server === undefined) throw new Error('no server')
    const stdio = { share: 'user', max: 1 } as const
    const bridged = { ...plan, stack: { ...stack, nodes: { ...nodes, server: { ...server, stdio } } } }
    const of = new RunView(readGenerated(calmRun({ plan: bridged })))
    expect(bridgeMeasures.map((spec) => spec.lacking?.(of))).toEqual([null, null, null, null])
  })
})
