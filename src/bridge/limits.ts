/** Bounds of the bridge, each with its reason. */

/** One message, either way: more than any tool should answer; a server that never ends its line must not fill memory. */
export const lineBytesMax = 10 * 2 ** 20
/** Bytes that wait for a process which does not read: a frozen one must not fill memory. */
export const waitingBytesMax = 10 * 2 ** 20
/** Requests that wait for one process: as many users as a plan has at most. */
export const waitingRequestsMax = 20_000
/** Until `initialize` is answered: interpreters that load a model take long; the plan's `ready.within` acts before. */
export const initializeMsMax = 600_000
/** From the death of the shared process to its next start: one that dies at once must not be started in a loop. */
export const restartPauseMs = 1_000
/** What processes get to end in after their input has closed, before SIGKILL; the stack's own grace is 3 s. */
export const endGraceMs = 1_000
