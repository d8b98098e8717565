import type { Says } from './behaviour.ts'

export type Arguments = Readonly<Record<string, unknown>>

/** What the read tools of the customer-success workload may answer: each check finds what it looks for. */
export function rightContent(args: Arguments): object {
  const code = `C-${String(args.customer_id).padStart(5, '0')}`
  return {
    ...args,
    customer: { ...args, code, version: 1 },
    primary_contacts: [],
    customers: [],
    total: 0,
    contracts: [],
    contract_count: 0,
    value_cents: 0,
    current: { ...args },
    previous: null,
    scores: [],
    assessments: [],
    statistics: { total: 0 },
    plan: { ...args, plan_id: 1, version: 1, task_count: 0 },
    tasks: [],
    counts: { total: 0, open: 0, blocked: 0, done: 0 },
    plans: { total: 0, open: 0, stalled: 0, completed: 0 },
    trainings: { total: 0 },
  }
}

export interface Asked {
  readonly id: unknown
  readonly args: Arguments
}

const mocked: Arguments = { customer_id: 4_711, owner_id: 4_711 }

/** Status and body of an answer to a call; `before`: the tool's call before it. */
export function answerTo(asked: Asked, before: Asked, says: Says): { readonly status: number; readonly body: string } {
  if (says === 'unavailable') return { status: 503, body: 'no server is available' }
  const { id, content, isError } = parts(asked, before, says)
  const result = {
    content: [{ type: 'text', text: JSON.stringify(content) }],
    structuredContent: content,
    ...(isError ? { isError } : {}),
  }
  return { status: 200, body: JSON.stringify({ jsonrpc: '2.0', id, result }) }
}

function parts(asked: Asked, before: Asked, says: Says): { id: unknown; content: object; isError: boolean } {
  const usual = { id: asked.id, content: rightContent(asked.args), isError: false }
  switch (says) {
    case 'refuses':
      return { ...usual, content: { error: 'too busy' }, isError: true }
    case 'says-failed':
      return { ...usual, content: { status: 'failed', error: 'the database is gone' } }
    case 'crossed-content':
      return { ...usual, content: rightContent(before.args) }
    case 'crossed-id':
      return { ...usual, id: before.id }
    case 'mock':
      return { ...usual, content: rightContent(mocked) }
    default:
      return usual
  }
}
