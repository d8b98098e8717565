/** JSON-RPC 2.0 as MCP uses it: one message, no batches (removed in the revision of 2025-06-18). */

export type RequestId = string | number

export type Message =
  | { readonly kind: 'request'; readonly id: RequestId; readonly method: string; readonly params: Params }
  | { readonly kind: 'notification'; readonly method: string }
  | { readonly kind: 'response' }
  | { readonly kind: 'invalid'; readonly id: RequestId | null; readonly why: string }

export type Params = Readonly<Record<string, unknown>>

export const errorCodes = {
  parse: -32_700,
  invalidRequest: -32_600,
  methodNotFound: -32_601,
  invalidParams: -32_602,
  internal: -32_603,
} as const

export function isObject(value: unknown): value is Params {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function readMessage(value: unknown): Message {
  if (!isObject(value)) return { kind: 'invalid', id: null, why: 'expected one JSON-RPC object' }
  const { id, jsonrpc, method, params = {} } = value
  const known = typeof id === 'string' || (typeof id === 'number' && Number.isSafeInteger(id)) ? id : null
  if (jsonrpc !== '2.0') return { kind: 'invalid', id: known, why: 'expected "jsonrpc": "2.0"' }
  if (method === undefined && ('result' in value || 'error' in value)) return { kind: 'response' }
  if (typeof method !== 'string') return { kind: 'invalid', id: known, why: 'expected a method' }
  if (!('id' in value)) return { kind: 'notification', method }
  if (known === null) return { kind: 'invalid', id: null, why: 'expected an id that is a string or a whole number' }
  if (!isObject(params)) return { kind: 'invalid', id: known, why: 'expected params to be an object' }
  return { kind: 'request', id: known, method, params }
}

export function errorText(id: RequestId | null, code: number, message: string, data?: Params): string {
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code, message, ...(data === undefined ? {} : { data }) } })
}

/** `resultJson` is the result as JSON text already, so that large answers are written once. */
export function resultText(id: RequestId, resultJson: string): string {
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${resultJson}}`
}
