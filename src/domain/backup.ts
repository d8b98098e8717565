/** What a plan says of a database's backups, as resolved: what is done, and what is declared of the real schedule. */
export interface BackupPlan {
  /** The write-ahead log is copied to an archive as it is written. */
  readonly archive: boolean
  /** A segment of the log is archived after this though it is not full; 0: only when it is full. */
  readonly archiveTimeoutMs: number
  /** Declared, not carried out: how often a base backup, and a dump, is taken in production; null: not said. */
  readonly baseEveryMs: number | null
  readonly dumpEveryMs: number | null
  /** Declared: how large the database is in production; null: not said. */
  readonly productionBytes: number | null
}

export const backupKinds = ['base-backup', 'dump'] as const
/** `base-backup`: the files of the server, by pg_basebackup. `dump`: roles and one database, by pg_dump. */
export type BackupKind = (typeof backupKinds)[number]

/** One table as it was at one moment. */
export interface TableState {
  /** `schema.table`, quoted where SQL needs it. */
  readonly name: string
  readonly rows: number
  /** Of the set of rows, whatever their order; the same rows give the same text on any server of one version. */
  readonly checksum: string
}

/** A database as it was at one moment. */
export interface DatabaseState {
  /** Of all tables. */
  readonly names: readonly string[]
  /** Of those that were looked at. */
  readonly tables: readonly TableState[]
  /** Since the newest time in those that is not in the future, by the database's own clock; null: no row has one. */
  readonly newestRowAgeS: number | null
  /** Sequences whose next value is in use already. */
  readonly sequencesBehind: readonly string[]
  /** Not validated, or a key to rows that are not there. */
  readonly constraintsInvalid: readonly string[]
  readonly indexesInvalid: readonly string[]
}

/** A database that takes writes, looked at while it does. */
export interface LiveState extends DatabaseState {
  /** `amcheck`: every B-tree was held against its table; else only what the catalogue says of them. */
  readonly indexesCheckedBy: 'catalog' | 'amcheck'
}

/** A restored database held against what it should be. */
export interface IntegrityReport {
  readonly tablesExpected: number
  readonly tablesMissing: readonly string[]
  /** There, and not expected, such as a migration tool's own: no harm. */
  readonly tablesExtra: readonly string[]
  /** Of the tables that are there: too many rows, too few, or others. `rows` null: nobody looked. */
  readonly tablesDifferent: readonly {
    readonly name: string
    readonly expectedRows: number
    readonly rows: number | null
  }[]
  readonly newestRowAgeS: number | null
  readonly sequencesBehind: readonly string[]
  readonly constraintsInvalid: readonly string[]
  readonly indexesInvalid: readonly string[]
}

/** A backup that was taken, and proven to be whole by what PostgreSQL itself has for that. */
export interface Backup {
  readonly kind: BackupKind
  /** When it was begun: CLOCK_MONOTONIC, absolute, and the wall clock. */
  readonly startedUs: number
  readonly startedUnixUs: number
  readonly durationMs: number
  readonly bytes: number
}

/** What a database really does about its log, by its own settings and its archiver's record. */
export interface Archiving {
  readonly isOn: boolean
  /** Its last try to archive failed. */
  readonly isFailing: boolean
  readonly timeoutMs: number
}

export type SqlRow = Readonly<Record<string, string | null>>
/** SQL on one connection, all of it in one transaction; rows of the last statement, as texts. */
export type RunSql = (sql: string) => Promise<readonly SqlRow[]>

/** A moment in the log that a database can be brought back to, and what one table held then. */
export interface RestorePoint {
  readonly name: string
  /** The segment of the log that it lies in. */
  readonly walFile: string
  readonly table: TableState
  /** All tables that there were. */
  readonly tables: readonly string[]
}

/** A server of the run's own that holds a restored database; disposing ends it and removes its data. */
export interface RestoredServer extends AsyncDisposable {
  readonly durationMs: number
  /** Of its data, the log apart. */
  readonly bytes: number
}

/** How long it took to bring rows back, and how many. */
export interface Returned {
  readonly durationMs: number
  readonly rows: number
}

/** A restore and what it was found to hold. */
export interface ProvenRestore {
  readonly backup: Backup
  /** From the copy of the backup to a database that takes writes; our look at what it holds is not in it. */
  readonly durationMs: number
  readonly bytes: number
  readonly integrity: IntegrityReport
}

/**
 * Backups of one database, and ways back from them. Every call has a deadline and rejects with an error that says what
 * hung or was refused; all files lie in the run's data folder, all processes are the keeper's.
 */
export interface BackupControl {
  readonly plan: BackupPlan
  /**
   * The newest of that kind; where there is none, one is taken, together with a record of what it holds. Writers wait
   * meanwhile for a base backup (a second or two): it is meant for the time before the load.
   */
  ensure(kind: BackupKind): Promise<Backup>
  /** null: there is none. */
  newest(kind: BackupKind): Promise<Backup | null>
  archiving(): Promise<Archiving>
  /** A restore point here and now, with what the table holds. Whoever calls has locked it against writers. */
  markPoint(run: RunSql, table: string): Promise<RestorePoint>
  /** From the newest base backup and the archive, to a server of its own. Resolves when it takes writes. */
  restoreTo(point: RestorePoint): Promise<RestoredServer>
  /** The restored table held against the point; what is asked about the database is asked of the restored one. */
  check(restored: RestoredServer, point: RestorePoint): Promise<IntegrityReport>
  /** A dropped table is made anew as it was, with indexes, sequences and all keys to and from it; or nothing is done. */
  returnTable(restored: RestoredServer, point: RestorePoint): Promise<Returned>
  /** Every row that there was at the point is again as it was; rows that have come since stay. Or nothing is done. */
  returnRows(restored: RestoredServer, point: RestorePoint): Promise<Returned>
  /** All files of a database that has ended are gone. */
  loseData(): Promise<void>
  /** In place of lost data; the database is not started. A base backup is brought forward by all that was archived. */
  restoreInPlace(kind: BackupKind): Promise<ProvenRestore>
  /** The newest backup of that kind on a server of its own, which is gone when this resolves: harms nothing. */
  verify(kind: BackupKind): Promise<ProvenRestore>
}
