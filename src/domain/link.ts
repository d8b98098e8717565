/** What a fault may do to a link. */

export type ToxicType = 'latency' | 'bandwidth' | 'slow_close' | 'timeout' | 'reset_peer' | 'slicer' | 'limit_data'

export interface ToxicSpec {
  /** Unique on its link. */
  readonly name: string
  readonly type: ToxicType
  readonly stream: 'upstream' | 'downstream'
  /** Share of the connections it acts on, 0 to 1. */
  readonly toxicity: number
  /** In the proxy's own units: milliseconds, KB/s, bytes. */
  readonly attributes: Readonly<Record<string, number>>
}

/** The proxy of one link. Every call has a deadline and rejects with an error that says what hung. */
export interface LinkControl {
  readonly id: string
  addToxic(toxic: ToxicSpec): Promise<void>
  removeToxic(name: string): Promise<void>
  /** A proxy that is not enabled refuses new connections and has closed the old ones. */
  setEnabled(enabled: boolean): Promise<void>
}
