/** Bounds of the keeper, each with its reason. Milliseconds. */

/** Node starts in 0.1 s; a machine whose cores are all taken by a load may need many times that. */
export const keeperStartMsMax = 15_000
/** What the keeper does at once: spawning, signalling, writing a small file with fsync. */
export const requestMsMax = 10_000
/** One call to Toxiproxy's API: on loopback it takes 1 ms, and a hung one (Shopify/toxiproxy #558) never ends. */
export const undoCallMsMax = 2_000
/** The same when the proxy's process is about to be ended anyway: nothing is gained by waiting for it. */
export const undoCallAtEndMsMax = 400
/** All undos of processes that are about to be ended anyway. */
export const ownUndosAtEndMsMax = 800
/** From starting Toxiproxy anew to its first answer: 20 ms are usual. */
export const replaceMsMax = 3_000
/** A heal may need three hung calls, an end, a start and a second look at one proxy. */
export const healMsMax = 4 * undoCallMsMax + replaceMsMax + 4_000
/** "Within 5 s nothing is left": 1 s to go by themselves, 1 s to be gone after SIGKILL leave 3 s to spare. */
export const endGraceMs = 1_000
export const goneAfterKillMsMax = 1_000
/** mount(8) does one system call. */
export const mountMsMax = 2_000
/** Each takes some ms; a fill is tried again every 100 ms while the fault is on. */
export const fillTriesMax = 10
/** How often it is looked whether a process has gone. */
export const pollMs = 10
/** A whole ending: the undos, the processes, the folders, and a slow disk. */
export const endAllMsMax = 15_000
/** `down` waits as long as the promise says, and then clears by hand. */
export const downMsMax = 5_000
/** What a command of the users' own gets to end in after its SIGTERM, before its SIGKILL. */
export const commandGraceMs = 2_000
/** At most so much of the end of a command's log is told. */
export const commandTailBytes = 2_048
