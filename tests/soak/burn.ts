/**
 * Burns one core until it is ended, its parent is gone, or an hour has passed: the neighbour that every shared machine
 * has.
 */
const endMs = performance.now() + 3_600_000
const parent = process.ppid
while (performance.now() < endMs && process.ppid === parent) {
  for (let turn = 0; turn < 1_000_000; turn += 1) Math.sqrt(Math.random())
}
