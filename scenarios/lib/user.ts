import { sleep } from 'k6'
import http from 'k6/http'
import type { Options } from 'k6/options'
import squall from 'k6/x/squall'
import type { Outcome } from '../../src/domain/outcome.ts'
import { classify, classifySilence } from '../../src/mcp/classify.ts'
import type { Dialect, Headers } from '../../src/mcp/dialect.ts'
import { callBodyMiddle, callBodyTail } from '../../src/mcp/protocol.ts'
import { withoutSecrets } from '../../src/mcp/secrets.ts'
import { callable } from './callable.ts'
import { prime } from './prime.ts'
import type { Answered, Place, SessionFailure } from './session.ts'
import { askedToWaitMs, bodyText, endSession, openSession, timedOut } from './session.ts'
import { describeThrown, slotRandom } from './slots.ts'
import type { Check, Memory, ToolUse, Workload } from './workload.ts'

/** Attempts at a user's first session: a server that has just come up may refuse one or two. */
const openingAttempts = 3
const openingPauseS = 0.5
/** Who is told to wait for longer than that does so within the load: all others wait for it. */
const openingPauseSMax = 2

// k6's own idea of a failed request, which nothing here asks for, costs a sample a call.
// (null is documented by k6; its types leave it out.)
http.setResponseCallback(null as unknown as Parameters<typeof http.setResponseCallback>[0])

export function options(): Options {
  return squall.options()
}

/** The function that k6 runs once for each user: it opens a session and makes calls until the run ends. */
export function userOf(workload: Workload): () => void {
  const tools = toolsOf(workload, squall.tools)
  const { join, ready, failed, callTimeoutMs } = squall
  return () => {
    const user = join()
    const place: Place = { target: squall.target(), era: squall.era(), headers: squall.headers() }
    const session = openPatiently(place, user, callTimeoutMs)
    const memory: Memory = {}
    if ('outcome' in session) {
      if (!failed(withoutSecrets(session.detail, place.headers))) return
      if (session.retryAfterMs !== undefined) squall.rest(session.retryAfterMs)
      leave(place, makeCalls(tools, place, user, undefined, memory))
      return
    }
    prime(
      tools,
      (use, id, args) => ask(place, requestOf(session, use.name, place.headers, callTimeoutMs), id, args),
      user,
      memory,
    )
    if (ready()) leave(place, makeCalls(tools, place, user, session, memory))
  }
}

/** The workload's tools in the order of the generator's numbers. Throws where the two do not fit together. */
function toolsOf(workload: Workload, names: readonly string[]): ToolUse[] {
  const uses = new Map(workload.tools.map((use) => [use.name, use]))
  return names.map((name) => {
    const use = uses.get(name)
    if (use === undefined) throw new Error(`workload ${workload.name} has no tool "${name}"`)
    return use
  })
}

function openPatiently(place: Place, user: number, timeoutMs: number): Dialect | SessionFailure {
  let session = openSession(place, `${user}-s1`, timeoutMs)
  for (let attempt = 2; attempt <= openingAttempts && 'outcome' in session; attempt++) {
    const pauseS: number = session.retryAfterMs === undefined ? openingPauseS : session.retryAfterMs / 1_000
    if (pauseS > openingPauseSMax) break
    sleep(pauseS)
    session = openSession(place, `${user}-s${attempt}`, timeoutMs)
  }
  return session
}

function leave(place: Place, session: Dialect | undefined): void {
  if (!squall.leave()) return
  endSession(place, session)
  squall.left()
}

/**
 * The loop of calls; gives the session that the user had last. What it touches for every call is bound to locals: k6 looks
 * up anything else slowly.
 */
function makeCalls(
  tools: ToolUse[],
  place: Place,
  user: number,
  first: Dialect | undefined,
  memory: Memory,
): Dialect | undefined {
  const { next, instead, begin, end, sampled, answered, callTimeoutMs } = squall
  const { target, headers } = place
  const { post } = http
  const { stringify } = JSON
  const random = slotRandom(squall.random)
  const calls = `${user}-`
  let session = first
  let requests: Request[] = []
  let count = 0
  const told = tellerOf(headers, end)
  for (let slot = next(); slot >= 0; slot = next()) {
    try {
      const tool = callable(tools, slot, memory, instead)
      const use = tools[tool] as ToolUse
      const args = use.arguments(random, memory)
      const id = calls + ++count
      if (session === undefined) {
        begin()
        session = reopen(place, `${id}-s`, callTimeoutMs, told)
        if (session === undefined) continue
        requests = []
      }
      requests[tool] ??= requestOf(session, use.name, headers, callTimeoutMs)
      const request = requests[tool] as Request
      const body = `${request.head}${stringify(args)}${callBodyMiddle}"${id}"${callBodyTail}`
      begin()
      const answer = post(target, body, request.params)
      const status = answer.status
      if (status === 0) {
        tellSilence(answer, headers, told)
        continue
      }
      const { outcome, detail, content } = classify(
        status,
        bodyText(answer.body),
        id,
        use.expectedCodes,
        use.rules,
        headers,
      )
      if (outcome !== 'ok' || content === undefined) {
        told(outcome, detail)
        if (status !== 200) session = afterRefusal(status, answer, session)
        continue
      }
      tellCheck(use.check?.(content, args, memory) ?? 'ok', told)
      if (sampled()) answered(stringify(args), stringify(content))
    } catch (thrown) {
      end('generator_error', describeThrown(thrown))
    }
  }
  return session
}

function tellCheck(check: Check, told: Tell): void {
  if (typeof check === 'string') told(check, undefined)
  else told('wrong_answer', check.wrong)
}

type Tell = (outcome: Outcome, detail: string | undefined) => void

/** Without what proves who one is: servers quote what they were sent. */
function tellerOf(headers: Headers, end: (outcome: string, detail?: string) => void): Tell {
  return (outcome, detail) => end(outcome, detail === undefined ? undefined : withoutSecrets(detail, headers))
}

function tellSilence(answer: Pick<Answered, 'error' | 'error_code'>, shown: Headers, told: Tell): void {
  const { outcome, detail } = classifySilence(timedOut(answer.error_code), answer.error, shown)
  told(outcome, detail)
}

/** A server that has forgotten the session says 404; the protocol then asks for a new one, within the next call. */
function afterRefusal(status: number, answer: Pick<Answered, 'headers'>, session: Dialect): Dialect | undefined {
  if (status === 429) squall.rest(askedToWaitMs(answer))
  return status === 404 && session.sessionId !== null ? undefined : session
}

/** A session in place of one that the server has forgotten; undefined: there is none, and the call has ended by that. */
function reopen(place: Place, id: string, timeoutMs: number, told: Tell): Dialect | undefined {
  const session = openSession(place, id, timeoutMs)
  if (!('outcome' in session)) return session
  told(session.outcome, `no session: ${session.detail}`)
  if (session.retryAfterMs !== undefined) squall.rest(session.retryAfterMs)
  return undefined
}

/** What all calls of one tool have in common in one session, made at the first. */
interface Request {
  readonly head: string
  readonly params: { readonly headers: Record<string, string>; readonly timeout?: number }
}

function ask({ target }: Place, { head, params }: Request, id: string, args: object): Answered {
  return http.post(target, `${head}${JSON.stringify(args)}${callBodyMiddle}"${id}"${callBodyTail}`, params)
}

/** k6's own limit of 60 s would end longer calls; below it the generator's limit alone acts, which is cheaper. */
function requestOf(session: Dialect, tool: string, shown: Headers, callTimeoutMs: number): Request {
  const headers = { ...session.callHeaders(tool), ...shown }
  const params = callTimeoutMs < 60_000 ? { headers } : { headers, timeout: callTimeoutMs + 1_000 }
  return { head: session.callHead(tool), params }
}
