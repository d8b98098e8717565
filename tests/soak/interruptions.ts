/**
 * A run with faults on, ended by somebody else at a random moment, again and again: `node tests/soak/interruptions.ts
 * [times] [seed]` (100 and 42 unless told), all ways in turn. Ends with 1 if anything was left 5 s later.
 */
import { interrupt, ways } from '../e2e/interruptions.ts'

const times = Number(process.argv[2] ?? '100')
const seed = Number(process.argv[3] ?? '42')

let wrongs = 0
let slowestMs = 0
for (let turn = 1; turn <= times; turn += 1) {
  const way = ways[turn % ways.length] ?? ways[0]
  const { atMs, tookMs, left, faultsOn } = await interrupt(way, seed, turn)
  if (left.length > 0) wrongs += 1
  else slowestMs = Math.max(slowestMs, tookMs)
  const how = left.length === 0 ? `nothing left after ${tookMs.toFixed(0)} ms` : `LEFT: ${left.join(', ')}`
  console.log(`${turn}/${times} ${way} at ${(atMs / 1_000).toFixed(1)} s, ${faultsOn} faults on: ${how}`)
}
console.log(`${times - wrongs} of ${times} left nothing; the slowest took ${slowestMs.toFixed(0)} ms`)
process.exitCode = wrongs === 0 ? 0 : 1
