/** Rows for arguments: every bound, with its reason. */

/** Enough that no cache holds all questions; a generator keeps one copy of them, some MB. */
export const rowsMax = 10_000
/** A file is read whole; larger ones hold more rows than are drawn from. */
export const fileBytesMax = 64 * 1024 * 1024
/** A query that takes longer would harm the database that is to be tested. */
export const queryMsMax = 10_000
export const connectMsMax = 5_000
