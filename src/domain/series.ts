/** What charts are drawn from: derived by measure/, drawn by reports/html. All arrays of one object have one length. */

/** Buckets over time. */
export interface TimeBuckets {
  /** Start of the first bucket, µs of run time. */
  readonly startUs: number
  readonly bucketUs: number
  readonly count: number
}

export interface CallSeries {
  readonly buckets: TimeBuckets
  /** Calls by intended time in each bucket. */
  readonly intended: readonly number[]
  /** Calls per bucket by outcome class; only classes that occurred. */
  readonly byOutcome: Readonly<Record<string, readonly number[]>>
  /** ms from intended start; null: too few calls for it (p50 5, p95 59, p99 299) or none; Infinity is written as -1. */
  readonly p50Ms: readonly (number | null)[]
  readonly p95Ms: readonly (number | null)[]
  readonly p99Ms: readonly (number | null)[]
  /** Latency heat map: rows of a log scale, 10 a decade, and on top of them one for calls without a good answer. */
  readonly heat: {
    /** Lower edge of each row of `calls`, ms, rising; a row reaches to the next one's edge, the last one 1/10 decade. */
    readonly rowLowMs: readonly number[]
    /** [row][bucket] = calls; as many rows as `rowLowMs`. In a bucket all rows and `failed` sum to `intended`. */
    readonly calls: readonly (readonly number[])[]
    /** [bucket] = calls that failed, were never answered or never sent: the row above all others. */
    readonly failed: readonly number[]
  }
}

/** A sampled quantity; a gap (no answer) is null. */
export interface Samples {
  readonly timeUs: readonly number[]
  readonly value: readonly (number | null)[]
}

export interface PoolSeries {
  /** Whose it is, of a server's several the fullest; absent: there is one. */
  readonly instance?: string
  readonly used: Samples
  readonly pending: Samples
  readonly max: number | null
  /** The highest `used` within each second, from the system's own marks: at its time. */
  readonly usedHighWater: Samples
}

export interface ProcessSeries {
  readonly process: string
  /** Share of one core in each sample's interval. */
  readonly cpu: Samples
  readonly rssMiB: Samples
}

export interface Series {
  readonly startUs: number
  readonly endUs: number
  readonly calls: CallSeries | null
  readonly pool: PoolSeries | null
  readonly databaseConnections: Samples | null
  readonly databaseMax: number | null
  readonly processes: readonly ProcessSeries[]
}
