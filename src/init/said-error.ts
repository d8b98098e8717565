import { asText, type Json } from '../mcp/answer.ts'
import { atAnswer } from '../mcp/wrapped.ts'

/** What an answer says in a field `error`; null: nothing is said by it. */
export function errorIn(content: Json | undefined): string | null {
  const error = content === undefined ? undefined : atAnswer(content, '/error')
  const isNothing = error === undefined || error === null || error === false || error === '' || error === 0
  return isNothing || (Array.isArray(error) && error.length === 0) ? null : asText(error)
}
