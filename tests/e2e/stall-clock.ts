/**
 * Looks at the clock every 5 ms and prints each look that came late, `[from, to]` in µs of CLOCK_MONOTONIC. Started
 * before all that is ordinary on one processor (stalls.ts), it is late only where that processor itself stood still.
 */
import { writeSync } from 'node:fs'

const everyMs = 5
const lateUs = 30_000
/** Longer than all tests may take (tests/run.ts). */
const minutesMax = 120

const nowUs = (): number => Number(process.hrtime.bigint() / 1_000n)
const idle = new Int32Array(new SharedArrayBuffer(4))
const parent = process.ppid
const endUs = nowUs() + minutesMax * 60_000_000

writeSync(1, 'watching\n')
for (let lastUs = nowUs(); lastUs < endUs && process.ppid === parent; ) {
  Atomics.wait(idle, 0, 0, everyMs)
  const atUs = nowUs()
  if (atUs - lastUs > lateUs) writeSync(1, `${JSON.stringify([lastUs, atUs])}\n`)
  lastUs = atUs
}
