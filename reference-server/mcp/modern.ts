import type { IncomingHttpHeaders } from 'node:http'
import { answer, type CallTool } from './protocol.ts'
import { errorText, isObject, type Message, type Params, type RequestId } from './rpc.ts'

/** The stateless revision: each request says for itself which it is, in its headers and in its body. */
export const modernVersion = '2026-07-28'

const codes = { headerMismatch: -32_020, unsupportedVersion: -32_022, methodNotFound: -32_601 } as const
const metaKey = 'io.modelcontextprotocol/protocolVersion'
const methods: readonly string[] = ['tools/list', 'tools/call']

interface Answered {
  readonly status: number
  readonly body: string
}

/** The revision that a request of this era names, in its body or by a method header; undefined: it is of the other era. */
export function versionAsked(headers: IncomingHttpHeaders, message: Message): string | undefined {
  const named = metaOf(message)[metaKey]
  if (typeof named === 'string') return named
  const header = headers['mcp-protocol-version']
  const isModern = headers['mcp-method'] !== undefined || header === modernVersion
  return isModern && typeof header === 'string' ? header : undefined
}

/** Answers one request that `versionAsked` names a revision of. Never rejects. */
export async function answerModern(
  headers: IncomingHttpHeaders,
  message: Message & { readonly kind: 'request' },
  versions: readonly string[],
  call: CallTool,
): Promise<Answered> {
  const { id, method, params } = message
  const version = versionAsked(headers, message)
  if (version !== modernVersion) {
    const data = { supported: [modernVersion, ...versions], requested: version ?? null }
    return refuse(id, 400, codes.unsupportedVersion, 'this protocol version is not served', data)
  }
  const mismatch = mismatchOf(headers, method, params)
  if (mismatch !== null) return refuse(id, 400, codes.headerMismatch, mismatch)
  if (!methods.includes(method)) return refuse(id, 404, codes.methodNotFound, `unknown method ${method.slice(0, 100)}`)
  return { status: 200, body: asComplete(await answer(id, method, params, call)) }
}

function mismatchOf(headers: IncomingHttpHeaders, method: string, params: Params): string | null {
  const version = isObject(params._meta) ? params._meta[metaKey] : undefined
  const wanted = {
    'mcp-protocol-version': version,
    'mcp-method': method,
    ...(method === 'tools/call' ? { 'mcp-name': params.name } : {}),
  }
  const wrong = Object.entries(wanted).find(([name, value]) => plain(headers[name]) !== value)
  return wrong === undefined ? null : `the header ${wrong[0]} does not say what the body says`
}

/** Names beyond printable ASCII come in base64 between marks. */
function plain(header: string | readonly string[] | undefined): string | undefined {
  if (typeof header !== 'string') return undefined
  const coded = /^=\?base64\?(.*)\?=$/.exec(header)?.[1]
  return coded === undefined ? header : Buffer.from(coded, 'base64').toString('utf8')
}

/** Results of this era say that they are whole. The text is of our own making: a result is an object with something in it. */
function asComplete(body: string): string {
  return body.replace('"result":{', '"result":{"resultType":"complete",')
}

function metaOf(message: Message): Params {
  if (message.kind !== 'request') return {}
  const { _meta: meta } = message.params
  return isObject(meta) ? meta : {}
}

function refuse(id: RequestId, status: number, code: number, why: string, data?: Params): Answered {
  return { status, body: errorText(id, code, why, data) }
}
