import { sleep } from 'k6'
import http from 'k6/http'
import type { Options } from 'k6/options'
import squall from 'k6/x/squall'
import { classify, classifySilence } from '../../src/mcp/classify.ts'
import { callBodyHead, callBodyMiddle, callBodyTail } from '../../src/mcp/protocol.ts'
import type { Session, SessionFailure } from './session.ts'
import { bodyText, openSession, timedOut } from './session.ts'
import type { Memory, Random, ToolUse, Workload } from './workload.ts'

/** Attempts at a user's first session: a server that has just come up may refuse one or two. */
const openingAttempts = 3
const openingPauseS = 0.5

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
    const target = squall.target()
    const session = openPatiently(target, user, callTimeoutMs)
    if ('outcome' in session) {
      failed(session.detail)
      return
    }
    if (ready()) makeCalls(tools, target, user, session)
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

function openPatiently(target: string, user: number, timeoutMs: number): Session | SessionFailure {
  let session = openSession(target, `${user}-s1`, timeoutMs)
  for (let attempt = 2; attempt <= openingAttempts && 'outcome' in session; attempt++) {
    sleep(openingPauseS)
    session = openSession(target, `${user}-s${attempt}`, timeoutMs)
  }
  return session
}

/** The loop of calls. What it touches for every call is bound to locals: k6 looks up anything else slowly. */
function makeCalls(tools: ToolUse[], target: string, user: number, first: Session): void {
  const { next, begin, end, callTimeoutMs } = squall
  const { post } = http
  const { stringify } = JSON
  const random = slotRandom(squall.random)
  const memory: Memory = {}
  const calls = `${user}-`
  let session: Session | undefined = first
  let params = paramsOf(first, callTimeoutMs)
  let count = 0
  for (let tool = next(); tool >= 0; tool = next()) {
    try {
      const use = tools[tool] as ToolUse
      const args = use.arguments(random, memory)
      const id = calls + ++count
      const body = `${callBodyHead(use.name)}${stringify(args)}${callBodyMiddle}"${id}"${callBodyTail}`
      begin()
      if (session === undefined) {
        const reopened: Session | SessionFailure = openSession(target, `${id}-s`, callTimeoutMs)
        if ('outcome' in reopened) {
          end(reopened.outcome, `no session: ${reopened.detail}`)
          continue
        }
        session = reopened
        params = paramsOf(session, callTimeoutMs)
      }
      const answer = post(target, body, params)
      const status = answer.status
      if (status === 0) {
        const silence = classifySilence(timedOut(answer.error_code), answer.error)
        end(silence.outcome, silence.detail)
        continue
      }
      // A server that has forgotten the session says 404; the protocol then asks for a new one, within the next call.
      if (status === 404 && session.kept) session = undefined
      const { outcome, detail, content } = classify(status, bodyText(answer.body), id, use.expectedCodes)
      if (outcome !== 'ok' || use.check === undefined || content === undefined) {
        end(outcome, detail)
        continue
      }
      const verdict = use.check(content, args, memory)
      if (typeof verdict === 'string') end(verdict)
      else end('wrong_answer', verdict.wrong)
    } catch (thrown) {
      end('generator_error', describeThrown(thrown))
    }
  }
}

/** k6's own limit of 60 s would end longer calls; below it the generator's limit alone acts, which is cheaper. */
function paramsOf(session: Session, callTimeoutMs: number) {
  const headers = session.headers
  return callTimeoutMs < 60_000 ? { headers } : { headers, timeout: callTimeoutMs + 1_000 }
}

function slotRandom(draw: () => number): Random {
  const { floor } = Math
  return {
    next: draw,
    int: (min, max) => min + floor(draw() * (max - min + 1)),
    pick<T>(items: readonly T[]): T {
      if (items.length === 0) throw new Error('nothing to pick from')
      return items[floor(draw() * items.length)] as T
    },
  }
}

function describeThrown(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
}
