/** Bounds of backups and restores, each with its reason. Milliseconds. They are for the data of a drill, not of a production. */

/** Base backup, dump, or the look at all rows, of 0.4 GB: each some seconds on a busy machine; taken before the load. */
export const takeMsMax = 120_000
/** Who waits for writers to end makes all that come later wait as well. */
export const quietMsMax = 10_000
/** One program or server of a restore: some seconds each; healing a fault ends sooner, and ends them. */
export const restoreMsMax = 60_000
/** A segment of 16 MB is archived in some ms; one that failed is tried again after a second, twice. */
export const archivedMsMax = 10_000
/** PostgreSQL's orderly end writes what is in memory, at most `shared_buffers`. */
export const orderlyEndMsMax = 10_000
/** Of a server that is thrown away: its immediate end writes nothing. */
export const hurriedEndMsMax = 2_000
/** Ports that somebody else took between our look and the server's start. */
export const startTriesMax = 3
/** Keys are added under locks on two tables: whoever loses a deadlock with the load tries again. */
export const returnTriesMax = 3
/** One statement of the look at a live database before and after the load: a scan of one table, or of all its keys. */
export const liveMsMax = 20_000
