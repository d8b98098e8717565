/** Every bound that a plan is held to, with its reason. Durations in milliseconds. */

/** A plan file is written by hand; more is a mistake. */
export const fileBytesMax = 1_048_576
/** The schema is 7 deep; `load.with` belongs to workloads. */
export const depthMax = 40
/** launch-gate → base is 1; a product of plans needs 3 or 4. */
export const extendsDepthMax = 8

const hourMs = 3_600_000
export const durationMsMax = 24 * hourMs

/** The pace draws intervals from 0.5 to 1.5 times itself; below a millisecond these mean nothing on a shared machine. */
export const paceMsMin = 1
export const phaseMsMin = 1_000
export const callTimeoutMsMin = 100
/** A drain is waited for by a person after the load's end. */
export const drainMsMax = 60_000
/** A platform that waits longer than this with a restart or a promotion leaves it to people. */
export const supervisorAfterMsMax = 600_000
/** A stack that is not ready after 10 min will not be. */
export const readyWithinMsMax = 600_000
/** The memory of a generator: 0.39 MB a user measured, so 20,000 are 8 GB. */
export const usersMax = 20_000
/** Seeds travel to the generator as a signed 64-bit number and through JSON as a double. */
export const seedMax = Number.MAX_SAFE_INTEGER
/** PostgreSQL's own ceiling for max_connections. */
export const connectionsMax = 262_143
/** PostgreSQL's own ceiling for archive_timeout is 34 years; the manual calls a minute or so reasonable (16, 20.5.3). */
export const archiveTimeoutMsMax = 24 * hourMs
export const archiveTimeoutMsDefault = 60_000
/** A backup that comes less often than each quarter is none. */
export const backupEveryMsMax = 92 * 24 * hourMs
export const weightMax = 1_000_000

/** Faster sampling loads the system under test; a gap above 2 s counts as silence, so that 1 s leaves one miss. */
export const sampleEveryMsMin = 50
export const sampleEveryMsMax = 1_000

/** A drill's horizon: shorter, nothing recovers; longer belongs to a rehearsal with people, which is planned by the hour. */
export const drillHorizonMsMin = 5_000
export const drillHorizonMsMax = 4 * 3_600_000

/** Writes of the ledger, a second and by each way. */
export const ledgerRateMin = 10
export const ledgerRateMax = 1_000
/** Updates and reads are some 25 ms and 250 ms apart: less cannot be told; more than an hour nobody reads from. */
export const staleAfterMsMin = 100
export const staleAfterMsMax = 3_600_000

/** `--quick`: 224 s of phases become 78 s. Recovery needs 5 s of sight after the heal to be called settled. */
export const quickFactor = 0.35
export const quickMsMin = 5_000
export const quickFaultMsMin = 8_000

/** Of a server: each takes some 100 MB, a share of the processors, and its own pool of the database's connections. */
export const instancesMax = 5

/** Interpreters take 20 to 60 MB each: 50 are 1 to 3 GB; above 500 this machine is what is measured. */
export const stdioProcessesDefault = 50
export const stdioProcessesMax = 500

/** PostgreSQL's defaults: max_connections, and superuser_reserved_connections of these. */
export const connectionsDefault = 100
export const reservedConnections = 3
/** Each is a PostgreSQL with a copy of the data in memory, and a share of two cores; PostgreSQL's own limit is 10 senders. */
export const replicasMax = 3
/** Injections of one fault in a plan: each one is a band in the report, with findings of its own. */
export const timesMax = 100
/** A command of the users' own. Shorter, no program gets anything done; longer than 10 min, nobody waits for in a run. */
export const hookMsMin = 1_000
export const hookMsMax = 600_000
