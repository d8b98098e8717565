/** Bounds of a local stack, each with its reason. Milliseconds unless the name says otherwise. */

/** Copying the prepared data: 0.1-0.3 s for 200 MB; this allows a slow disk that others use too. */
export const copyDataMsMax = 120_000
/** A database with nothing to recover is up in 0.2 s; crash recovery of a template that was not stopped takes longer. */
export const databaseReadyMsMax = 60_000
/** A database that was killed may hold its lock file and its memory until it is reaped: 1-2 s seen in containers. */
export const stillHeldMsMax = 5_000
/** From one try to start such a database to the next. */
export const stillHeldPauseMs = 100
/** A replica on loopback streams 0.1 s after both are up. */
export const streamingMsMax = 15_000

/** From one look whether somebody streams to the next: each is a connection to a database that others want as well. */
export const followPollMs = 50
/** The same of one that stands still, for as long as it does. */
export const followPollSlowMs = 500
/**
 * A replica that was told of a new primary streams from it 0.1-0.3 s later; one that has not by then cannot, or stands
 * still. Healing a fault has 20 s, and a copy must find its place in it.
 */
export const followMsMax = 5_000

/** `pg_promote` takes 0.1 s; under a load that fills the processors some times that. */
export const promoteMsMax = 5_000

/** `pg_basebackup` of 0.4 GB within memory takes 0.5 s; healing a fault has 20 s. */
export const baseBackupMsMax = 8_000

/** Of a database whose disk is to be filled: a maximum, of which only what it holds is taken; ten times the prepared data. */
export const ownDiskBytes = 4 * 2 ** 30

/** Toxiproxy answers after 20 ms. */
export const proxyReadyMsMax = 15_000
/** One attempt to connect, or one call: on loopback 1 ms; a busy machine gets a second, and then the next attempt. */
export const attemptMsMax = 1_000
/** How often something that starts is asked whether it is ready. */
export const pollMs = 10
/** Orderly leave: the server lets calls go that are open; the proxy has nothing to do. */
export const serverGraceMs = 3_000
export const proxyGraceMs = 1_000
/** PostgreSQL's immediate shutdown writes nothing; it gives its own children 5 s, we less. */
export const databaseGraceMs = 2_000
/** Lines of a log that an error message shows. */
export const logLinesShown = 8
/** Bytes at a log's end in which those lines are looked for. */
export const logTailBytes = 8_192
/** Ports to choose from: above those of well-known services, below those that Linux gives to outgoing connections. */
export const portMin = 20_000
export const portMax = 32_000
/** Free ports tried at random before the system is asked for any. */
export const portTriesMax = 50
/** PostgreSQL: enough for the reference server's data to stay in memory; initdb's own default. */
export const sharedBuffers = '128MB'
