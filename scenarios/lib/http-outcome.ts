import type { Outcome } from '../../src/domain/outcome.ts'
import { asText, isObject, parse } from '../../src/mcp/answer.ts'
import { classifyContent, quoted } from '../../src/mcp/classify.ts'
import type { Headers } from '../../src/mcp/dialect.ts'
import type { HttpExpectation } from './http.ts'

export interface Told {
  readonly outcome: Outcome
  /** Why, for what is not right. */
  readonly detail?: string
}

/** What became of a request that was answered. `shown`: headers with secrets in them; no detail has any. */
export function classifyHttp(status: number, body: string, expect: HttpExpectation = {}, shown: Headers = {}): Told {
  const told = classifyWhole(status, body, expect)
  return told.detail === undefined ? told : { ...told, detail: quoted(told.detail, shown) }
}

/** Details are as long as the server made them. */
function classifyWhole(status: number, body: string, expect: HttpExpectation): Told {
  const isSuccess = status >= 200 && status < 300
  if (expect.status === undefined ? isSuccess : expect.status.includes(status)) {
    if (expect.contains !== undefined && !body.includes(expect.contains))
      return {
        outcome: 'wrong_answer',
        detail: `HTTP ${status} without ${JSON.stringify(expect.contains)} in its body`,
      }
    return isSuccess ? classifySuccess(body) : { outcome: status >= 400 ? 'expected' : 'ok' }
  }
  if (status === 429) return { outcome: 'rate_limited', detail: detailOf(status, body) }
  if (isSuccess) return { outcome: 'wrong_answer', detail: `HTTP ${status} is not among ${expect.status?.join(', ')}` }
  return { outcome: 'http_error', detail: detailOf(status, body) }
}

/** An outage that is told as a success: the same rule as for a tool's answer. */
function classifySuccess(body: string): Told {
  const content = body[0] === '{' ? parse(body) : undefined
  if (!isObject(content)) return { outcome: 'ok' }
  const { outcome, detail } = classifyContent(content, undefined)
  return detail === undefined ? { outcome } : { outcome, detail }
}

/** The usual places in which servers say what went wrong; else the body itself. */
function detailOf(status: number, body: string): string {
  const content = body[0] === '{' ? parse(body) : undefined
  let text: unknown = body
  if (isObject(content)) {
    const { error } = content
    text = (isObject(error) ? error.message : error) ?? content.message ?? content.detail ?? content.title ?? body
  }
  const said = typeof text === 'string' ? text : asText(text as Parameters<typeof asText>[0])
  return said === '' ? `HTTP ${status}` : `HTTP ${status}: ${said}`
}
