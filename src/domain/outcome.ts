/**
 * What became of a call. The order is the code each class has in a calls stream: append only, never reorder.
 *
 * - `ok` the answer is right · `expected` an answer the workload declares normal (not found, version conflict)
 * - `degraded` answered with a stated loss of quality · `rate_limited` 429
 * - `application_error` the answer says that it failed · `tool_error` MCP `isError` · `rpc_error` JSON-RPC error
 * - `http_error` any other HTTP status · `transport` no HTTP answer · `timeout` none within `load.call_timeout`
 * - `wrong_answer` somebody else's answer, or content that cannot be right
 * - `unknown` still open when the run was cut · `unsent` a slot that came while one call already waited
 * - `generator_error` our own script threw
 */
export const outcomes = [
  'ok',
  'expected',
  'degraded',
  'rate_limited',
  'application_error',
  'tool_error',
  'rpc_error',
  'http_error',
  'transport',
  'timeout',
  'wrong_answer',
  'unknown',
  'unsent',
  'generator_error',
] as const

export type Outcome = (typeof outcomes)[number]

/** Outcomes of which the caller got what it asked for: their latency is their own, that of all others infinite. */
const good: ReadonlySet<Outcome> = new Set<Outcome>(['ok', 'expected', 'degraded'])

export function isGood(outcome: Outcome): boolean {
  return good.has(outcome)
}
