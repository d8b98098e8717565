import type { LoadText } from './extends.ts'
import { fakeCatalogue } from './fake-catalogue.ts'
import { loadPlan, type PlanResult } from './load-plan.ts'
import { noOverrides, type Overrides } from './overrides.ts'

// For tests: a small plan that is right, and ways to make it wrong.

export const samplePlan = `squall: 1
name: sample
seed: 7
stack:
  preset: remediated
  nodes:
    server: {role: mcp}
    primary: {role: postgres}
  links:
    db: {from: server, to: primary}
load:
  workload: customer-success
  pace: 10 s
  phases:
    - {id: warm-up, for: 20 s, users: [0, 100], judged: false}
    - {id: steady, for: 100 s, users: 100}
faults:
  - {id: slow, fault: latency, on: db, with: {delay: 34 ms}, start: {phase: steady, at: 10 s}, for: 20 s, recovery: 20 s}
  - {id: gone, fault: down, on: db, start: {phase: steady, at: 55 s}, for: 20 s}
observe:
  pool: {node: server}
objectives:
  - {id: p95, measure: tool.latency.p95, during: steady.clear, max: 2 s}
  - {id: pool, measure: pool.exhausted, during: slow, is: false}
  - {id: back, measure: recovery.after_heal, during: slow.recovery, max: 20 s}
`

/** Texts by name, as a folder of plans would be. */
export function textsOf(texts: Readonly<Record<string, string>>): LoadText {
  return (name) => {
    const text = texts[name]
    return text === undefined ? { known: Object.keys(texts) } : { text, file: name }
  }
}

export function loadSample(text: string, overrides: Partial<Overrides> = {}): PlanResult {
  const loadText = textsOf({ 'sample.yaml': text })
  return loadPlan({
    plan: 'sample.yaml',
    loadText,
    catalogue: fakeCatalogue,
    overrides: { ...noOverrides, ...overrides },
  })
}

/** The sample with a piece of its text replaced; throws when the piece is not there, so that no test tests nothing. */
export function sampleWith(piece: string, replacement: string): string {
  if (!samplePlan.includes(piece)) throw new Error(`the sample plan has no ${JSON.stringify(piece)}`)
  return samplePlan.replace(piece, () => replacement)
}
