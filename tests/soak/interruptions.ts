/**
 * A run with faults on, ended by somebody else at a random moment, again and again: `node tests/soak/interruptions.ts
 * [times] [seed]` (100 and 42 unless told), all ways in turn; then every drill, as often as makes up a fifth of that.
 * Ends with 1 if anything was left 5 s later.
 */
import { drills } from '../../chaos/drills/registry.ts'
import { drillUnderWay, harmedRun, interrupt, ways } from '../e2e/interruptions.ts'

const times = Number(process.argv[2] ?? '100')
const seed = Number(process.argv[3] ?? '42')

const names = [...drills.keys()]
const ofRuns = Array.from({ length: times }, () => ({ what: 'run', interrupted: harmedRun }))
const ofDrills = Array.from({ length: Math.ceil(times / 5) }, (_, turn) => {
  const what = names[turn % names.length] ?? ''
  return { what, interrupted: drillUnderWay(what) }
})
const all = [...ofRuns, ...ofDrills]

let wrongs = 0
let slowestMs = 0
for (const [index, { what, interrupted }] of all.entries()) {
  const turn = index + 1
  const way = ways[turn % ways.length] ?? ways[0]
  const { atMs, tookMs, left, faultsOn } = await interrupt(way, seed, turn, interrupted)
  if (left.length > 0) wrongs += 1
  else slowestMs = Math.max(slowestMs, tookMs)
  const how = left.length === 0 ? `nothing left after ${tookMs.toFixed(0)} ms` : `LEFT: ${left.join(', ')}`
  console.log(`${turn}/${all.length} ${what}: ${way} at ${(atMs / 1_000).toFixed(1)} s, ${faultsOn} faults on: ${how}`)
}
console.log(`${all.length - wrongs} of ${all.length} left nothing; the slowest took ${slowestMs.toFixed(0)} ms`)
process.exitCode = wrongs === 0 ? 0 : 1
