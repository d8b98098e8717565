import { writeFileSync } from 'node:fs'
import { availableParallelism, setPriority } from 'node:os'

/**
 * As nice(2) counts. With -5 a process weighs three times an ordinary one (kernel/sched/core.c, sched_prio_to_weight).
 * Measured with a core of two burned by another process: no call of 18,679 began over 50 ms late, the latest 40 ms.
 * With -15, 28 times, it was no earlier, and whoever shared its core stood still while its garbage was collected.
 */
const generatorNice = -5

/**
 * Lets the load generator go before the system under test, so that a busy machine makes the system late and not its
 * measurement. Where the kernel groups by session (CONFIG_SCHED_AUTOGROUP, sched(7)) each backend of PostgreSQL is a
 * group of its own, and it is the group's nice value that counts. Only root may; without the right all stays as it is,
 * and the generator's lateness is told as always.
 */
export function prefer(pid: number): void {
  for (const act of [
    () => setPriority(pid, generatorNice),
    () => writeFileSync(`/proc/${pid}/autogroup`, String(generatorNice)),
  ]) {
    try {
      act()
    } catch {
      // Not ours to have, or not this kernel's.
    }
  }
}

/**
 * Half of the machine's processors, rounded down: the rest stays with the system under test. k6's garbage collector works
 * for about half a second; given both of two processors, at its precedence, it stopped the system for that long, and a
 * pool of 100 that otherwise peaked at 61 was full.
 */
export function generatorProcessors(): number {
  return Math.max(1, Math.floor(availableParallelism() / 2))
}
