import { expect, test } from 'vitest'
import { SimulatedClock } from '../../tests/simulation/simulated-clock.ts'
import { pageBytesOf, sampleHost, stolenUs } from './host.ts'

/** As the kernel of a little-endian machine writes it. */
function auxv(...entries: readonly (readonly [type: number, value: number])[]): Buffer {
  const words = new BigUint64Array(entries.flat().map(BigInt))
  return Buffer.from(words.buffer)
}

test.each([
  [
    'x86',
    [
      [16, 0xbfeb],
      [6, 4_096],
      [17, 100],
      [0, 0],
    ],
    4_096,
  ],
  [
    'ARM with large pages',
    [
      [33, 1],
      [6, 65_536],
      [0, 0],
    ],
    65_536,
  ],
  [
    'it does not say',
    [
      [16, 6],
      [0, 0],
    ],
    null,
  ],
] as const)('the page size of %s', (_reason, entries, bytes) => {
  expect(pageBytesOf(auxv(...entries))).toBe(bytes)
})

test.runIf(process.platform === 'linux')('memory is in bytes on this machine, whatever its pages', async () => {
  const rows: (readonly unknown[])[] = []
  const clock = new SimulatedClock()
  const sampler = sampleHost({
    clock,
    t0Us: 0,
    everyMs: 1_000,
    processes: () => [{ name: 'self', pid: process.pid, withChildren: false }],
    writer: { row: (cells) => rows.push(cells), beat: () => undefined, end: () => undefined },
    onError: (error) => {
      throw error
    },
  })
  await clock.runUntil(sampler.stop())
  const rss = Number(rows.find(([, name]) => name === 'self')?.[4])
  const wanted = process.memoryUsage.rss()
  // Within a fifth of what Node itself says a moment later.
  expect(rss / wanted).toBeGreaterThan(0.8)
  expect(rss / wanted).toBeLessThan(1.2)
})

test.each([
  ['as Linux has it', 'cpu  49671 47569 31709 65486 574 0 1583 508 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n', 5_080_000],
  ['a kernel that knows no hosts', 'cpu  49671 47569 31709 65486 574 0 1583\n', null],
  ['anything else', 'intr 1 2 3 4 5 6 7 8 9\n', null],
])('what was taken from the machine: %s', (_, stat, us) => {
  expect(stolenUs(stat)).toBe(us)
})
