/** How one comes in where not everybody does. Holds secrets: never recorded, never told. */
export interface McpAccess {
  /** Sent with each request, such as Authorization. */
  readonly headers: Readonly<Record<string, string>>
  /** Certificates to trust in place of the machine's, PEM; null: the machine's. */
  readonly caPem: string | null
  /** Hosts beside this machine. */
  readonly allowHosts: readonly string[]
}

export const openAccess: McpAccess = { headers: {}, caPem: null, allowHosts: [] }
