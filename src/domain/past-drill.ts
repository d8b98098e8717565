import type { Verdict } from './verdict.ts'

/** The drill before a drill, to whose evidence the later one's is chained. */
export interface PreviousDrill {
  /** Of its run. */
  readonly id: string
  /** Name of its run folder, without the way to it. */
  readonly folder: string
  /** SHA-256 of its evidence.json as it was when the later drill began. */
  readonly evidenceSha256: string
}

/** The newest drill that was known when a gate began. */
export interface NewestDrill {
  /** Of its run. */
  readonly id: string
  readonly drill: string
  /** null: it was not judged, or its report is not the one that was written then. */
  readonly verdict: Verdict | null
  /** UTC, ISO 8601. */
  readonly startedAt: string
}
