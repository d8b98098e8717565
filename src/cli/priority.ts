import { setPriority } from 'node:os'

/** As nice(2) counts: enough to be run before ordinary processes, far from where it would starve the machine. */
const harnessNice = -10

/**
 * Generator, samplers and probes go before the system under test and whatever else runs here, so that a busy machine
 * makes the system late and not its measurement. Only root may; without the right it stays as it is, and lateness of
 * the generator is told as always.
 */
export function prefer(pid: number): void {
  try {
    setPriority(pid, harnessNice)
  } catch {
    // Not ours to have.
  }
}
