/** How a server that speaks MCP over its standard input and output is shared. `all`: one process · `user`: one a session. */
export const stdioShares = ['all', 'user'] as const
export type StdioShare = (typeof stdioShares)[number]

export interface StdioPlan {
  readonly share: StdioShare
  /** Of processes, where each session has one. */
  readonly max: number
}

/** Upper bounds of the histogram of what the bridge adds to a call, s. */
export const addedBoundsS: readonly number[] = [
  0.000_05, 0.000_1, 0.000_2, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1,
]

/** Where the bridge tells of itself. */
export const bridgePath = '/bridge'

/** What it tells there, all of it since its start. */
export interface BridgeTold {
  /** [calls, sum in s, cumulative counts by addedBoundsS]. */
  readonly added: readonly [count: number, sumS: number, cumulative: readonly number[]]
  /** Of the bridge alone, µs. */
  readonly cpuUs: number
  /** That run now. */
  readonly processes: number
  /** That ended though nobody had asked them to. */
  readonly deaths: number
}
