import type { AnswerRule, ToolRules } from '../domain/tool-plan.ts'
import type { Json } from './answer.ts'
import { atAnswer } from './wrapped.ts'

/** Why an answer's content failed by the tool's own rules; null: it did not. */
export function failureBy({ success, failed }: ToolRules, content: Json): string | null {
  if (failed !== null && holds(failed, content)) return `failed: ${described(failed, content)}`
  if (success !== null && !holds(success, content)) return `no success: ${described(success, content)}`
  return null
}

function holds({ at, test }: AnswerRule, content: Json): boolean {
  const found = atAnswer(content, at)
  if (test.kind === 'present') return (found !== undefined && found !== null) === test.present
  return test.values.includes(found ?? null) === (test.kind === 'is')
}

function described({ at }: AnswerRule, content: Json): string {
  const found = atAnswer(content, at)
  const text = found === undefined ? 'nothing' : JSON.stringify(found)
  return `${at === '' ? 'the answer' : at} is ${text}`
}
