import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { answerModern, versionAsked } from './modern.ts'
import { answer, type CallTool, initializeResult, negotiate, protocolVersions } from './protocol.ts'
import { errorCodes, errorText, type Message, readMessage, resultText } from './rpc.ts'
import type { Session, Sessions } from './sessions.ts'

export interface Reply {
  readonly status: number
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

const bodyBytesMax = 1_048_576
const sessionHeader = 'mcp-session-id'

/** Streamable HTTP, both eras: answers are plain JSON, no stream is opened by the server. Never rejects. */
export class Endpoint {
  readonly #sessions: Sessions
  readonly #call: CallTool

  constructor(sessions: Sessions, call: CallTool) {
    this.#sessions = sessions
    this.#call = call
  }

  async handle(request: IncomingMessage): Promise<Reply> {
    if (!originAllowed(request.headers.origin)) return refuse(403, 'this origin is not allowed')
    switch (request.method) {
      case 'POST':
        return this.#post(request)
      case 'DELETE':
        return this.#end(request.headers)
      default:
        // GET would open a stream for messages of ours; we send none.
        return { status: 405, headers: { allow: 'POST, DELETE' } }
    }
  }

  async #post(request: IncomingMessage): Promise<Reply> {
    const { headers } = request
    if (!accepts(headers.accept)) return refuse(406, 'Accept must allow application/json and text/event-stream')
    if (!isJson(headers['content-type'])) return refuse(415, 'Content-Type must be application/json')
    const text = await readBody(request)
    if (text === undefined) return refuse(413, `the body is larger than ${bodyBytesMax} bytes`)
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      return { status: 400, body: errorText(null, errorCodes.parse, 'the body is not JSON') }
    }
    return this.#message(readMessage(value), headers)
  }

  async #message(message: Message, headers: IncomingHttpHeaders): Promise<Reply> {
    if (message.kind === 'invalid') {
      return { status: 400, body: errorText(message.id, errorCodes.invalidRequest, message.why) }
    }
    if (message.kind === 'request' && versionAsked(headers, message) !== undefined)
      return await answerModern(headers, message, protocolVersions, this.#call)
    if (message.kind === 'request' && message.method === 'initialize') {
      const session = this.#sessions.open(negotiate(message.params))
      if (session === undefined) return refuse(503, 'no room for another session')
      const body = resultText(message.id, initializeResult(session.protocolVersion))
      return { status: 200, body, headers: { [sessionHeader]: session.id } }
    }
    const session = this.#sessionOf(headers)
    if ('status' in session) return session
    if (message.kind !== 'request') return { status: 202 }
    return { status: 200, body: await answer(message.id, message.method, message.params, this.#call) }
  }

  #end(headers: IncomingHttpHeaders): Reply {
    const session = this.#sessionOf(headers)
    if ('status' in session) return session
    this.#sessions.end(session.id)
    return { status: 204 }
  }

  /** A client that is told 404 opens a new session; one that is told 400 has not opened any. */
  #sessionOf(headers: IncomingHttpHeaders): Session | Reply {
    const id = headers[sessionHeader]
    if (typeof id !== 'string' || id === '') return refuse(400, 'Mcp-Session-Id is missing: initialize first')
    const version = headers['mcp-protocol-version']
    if (typeof version === 'string' && !protocolVersions.some((known) => known === version)) {
      return refuse(400, `MCP-Protocol-Version ${version} is not among ${protocolVersions.join(', ')}`)
    }
    return this.#sessions.use(id) ?? refuse(404, 'unknown session: initialize again')
  }
}

function refuse(status: number, why: string): Reply {
  return { status, body: errorText(null, errorCodes.invalidRequest, why) }
}

function accepts(accept: string | undefined): boolean {
  if (accept === undefined) return false
  const any = accept.includes('*/*')
  return any || (accept.includes('application/json') && accept.includes('text/event-stream'))
}

function isJson(contentType: string | undefined): boolean {
  return contentType !== undefined && /^application\/json\s*(;|$)/i.test(contentType)
}

/** Browsers name the page that asks; only pages of this machine may (DNS rebinding). Programs send no Origin. */
function originAllowed(origin: string | undefined): boolean {
  if (origin === undefined) return true
  const host = URL.parse(origin)?.hostname
  return host === 'localhost' || host === '127.0.0.1' || host === '[::1]'
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += chunk.length
    if (bytes > bodyBytesMax) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
