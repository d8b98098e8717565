import type { Era } from '../domain/era.ts'
import { type McpAccess, openAccess } from './access.ts'
import type { McpClient } from './client.ts'
import { type ConnectOptions, connect } from './connect.ts'

/** A server under test as it has been found: where it is, what it speaks, and how one comes in. */
export interface McpTarget extends McpAccess {
  readonly url: string
  /** null: everybody finds out. */
  readonly era: Era | null
}

export function plainTarget(url: string, era: Era | null = null): McpTarget {
  return { ...openAccess, url, era }
}

/** @throws McpClientError */
export async function connectTo(
  { url, era, ...access }: McpTarget,
  options: Pick<ConnectOptions, 'limitMs' | 'name'>,
): Promise<McpClient> {
  return await connect(url, { ...access, ...options, ...(era === null ? {} : { era }) })
}
