import http from 'k6/http'
import type { Options } from 'k6/options'
import squall from 'k6/x/squall'
import { parse } from '../../src/mcp/answer.ts'
import { classifySilence } from '../../src/mcp/classify.ts'
import type { Headers } from '../../src/mcp/dialect.ts'
import { withoutSecrets } from '../../src/mcp/secrets.ts'
import type { HttpAnswer, HttpRequest, HttpWorkload, RequestUse } from './http.ts'
import { classifyHttp, type Told } from './http-outcome.ts'
import { askedToWaitMs, bodyText, timedOut } from './session.ts'
import { describeThrown, inOrder, slotRandom } from './slots.ts'
import type { Memory } from './workload.ts'

// As in user.ts: it costs a sample a call, and nothing asks for it.
http.setResponseCallback(null as unknown as Parameters<typeof http.setResponseCallback>[0])

export function options(): Options {
  return squall.options()
}

/** The function that k6 runs once for each user: HTTP has no session, so that it is ready at once. */
export function userOf(workload: HttpWorkload): () => void {
  const uses = inOrder(workload.name, workload.requests, squall.tools)
  const { join, ready } = squall
  return () => {
    join()
    const origin = squall.target()
    if (ready()) sendRequests(uses, origin, squall.headers())
  }
}

/** `shown`: what each request carries beside its own headers, secrets among it. */
function sendRequests(uses: RequestUse[], origin: string, shown: Headers): void {
  const { next, begin, end, rest, sampled, answered, callTimeoutMs } = squall
  const { request } = http
  const random = slotRandom(squall.random)
  const memory: Memory = {}
  // k6's own limit of 60 s would end longer calls; below it the generator's limit alone acts.
  const limit = callTimeoutMs < 60_000 ? {} : { timeout: callTimeoutMs + 1_000 }
  for (let number = next(); number >= 0; number = next()) {
    try {
      const use = uses[number] as RequestUse
      const asked = use.request(random, memory)
      const params = { ...limit, headers: { ...asked.headers, ...shown } }
      const url = urlOf(origin, asked.path)
      begin()
      const answer = request(asked.method, url, asked.body ?? null, params)
      const { status } = answer
      if (status === 0) {
        const silence = classifySilence(timedOut(answer.error_code), answer.error, shown)
        end(silence.outcome, silence.detail)
        continue
      }
      const body = bodyText(answer.body) ?? ''
      const { outcome, detail } = toldOf(use, asked, { status, body, shown }, memory)
      end(outcome, detail === undefined ? undefined : withoutSecrets(detail, shown))
      if (outcome === 'ok' && sampled()) answered(`${asked.path} ${asked.body ?? ''}`, body)
      if (outcome === 'rate_limited') rest(askedToWaitMs(answer))
    } catch (thrown) {
      end('generator_error', describeThrown(thrown))
    }
  }
}

/** `@host/…` or `.host/…` behind an origin would be another host, and the secrets would go there. Throws a RangeError. */
function urlOf(origin: string, path: string): string {
  if (path[0] !== '/') throw new RangeError(`the path of a request must begin with /, got ${JSON.stringify(path)}`)
  return origin + path
}

interface Answered {
  readonly status: number
  readonly body: string
  /** Headers with secrets, which a server may quote. */
  readonly shown: Headers
}

function toldOf(use: RequestUse, asked: HttpRequest, { status, body, shown }: Answered, memory: Memory): Told {
  const told = classifyHttp(status, body, use.expect, shown)
  if (use.check === undefined || (told.outcome !== 'ok' && told.outcome !== 'expected')) return told
  const answer: HttpAnswer = { status, body, json: () => parse(body) }
  const verdict = use.check(answer, asked, memory)
  if (typeof verdict !== 'string') return { outcome: 'wrong_answer', detail: verdict.wrong }
  return { outcome: verdict === 'ok' ? told.outcome : verdict }
}
