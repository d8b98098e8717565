import { describe, expect, it } from 'vitest'
import type { DrillPlan, Plan } from '../domain/plan.ts'
import type { Finding } from '../domain/verdict.ts'
import { calmRun, timelineOf, whole } from '../measure/testing/calm-run.ts'
import { readGenerated } from '../measure/testing/generated-run.ts'
import { objectiveOf, planOf } from '../measure/testing/plan-of.ts'
import { judgeRun } from './judge-run.ts'

const drill: DrillPlan = { name: 'failover', mode: 'automatic', horizonMs: 60_000, every: null }

/** `found`: what the look after the load told; null: nothing. */
function judged(found: object | null, changes: Partial<Plan> = {}) {
  const plan = planOf({ drill, ...changes })
  const timeline = timelineOf(plan).flatMap((row) => {
    const [tUs, kind, id] = row
    if (kind !== 'integrity') return [row]
    return found === null ? [] : [[tUs, kind, id, { ...whole, ...found }] as const]
  })
  return judgeRun(readGenerated(calmRun({ plan, timeline }))).report
}

function finding(id: string, found: object | null): Finding {
  const one = judged(found).findings.find((each) => each.id === id)
  if (one === undefined) throw new Error(`no finding ${id}`)
  return one
}

describe('the database of a drill', () => {
  it.each(['data.integrity', 'data.tables_changed'])('passes %s where nothing is wrong with it', (id) => {
    expect(finding(id, {})).toMatchObject({ verdict: 'pass', judged: true, measured: { value: 0 } })
  })

  it.each([
    ['sequencesBehind', 'public.orders_id_seq', /orders_id_seq \(a next value that is taken\)/],
    ['constraintsInvalid', 'orders_customer_fk on orders', /orders_customer_fk on orders \(does not hold\)/],
    ['indexesInvalid', 'orders_pkey', /orders_pkey \(not valid\)/],
  ])('fails by %s, each named', (key, name, told) => {
    expect(finding('data.integrity', { [key]: [name] })).toMatchObject({
      verdict: 'fail',
      measured: { value: 1, method: expect.stringMatching(told) },
    })
    expect(finding('data.tables_changed', { [key]: [name] }).verdict).toBe('pass')
  })

  it.each([
    ['a table gone', { tablesMissing: ['public.orders'] }, /public.orders \(gone\)$/],
    ['rows lost', { tablesDifferent: [{ name: 'public.orders', expectedRows: 9, rows: 7 }] }, /\(7 rows, were 9\)$/],
    ['rows changed', { tablesDifferent: [{ name: 'public.orders', expectedRows: 9, rows: 9 }] }, /\(other rows\)$/],
  ])('fails by %s', (_, found, told) => {
    expect(finding('data.tables_changed', found)).toMatchObject({
      verdict: 'fail',
      measured: { value: 1, method: expect.stringMatching(told) },
    })
    expect(finding('data.integrity', found).verdict).toBe('pass')
  })

  it('fails by many, of which ten are named', () => {
    const indexesInvalid = Array.from({ length: 12 }, (_, at) => `i${at}`)
    expect(finding('data.integrity', { indexesInvalid }).measured).toMatchObject({
      value: 12,
      method: expect.stringMatching(/: i0 .*, i9 \(not valid\), and 2 more$/),
    })
  })

  it('is unknown where it was not looked at, before or after', () => {
    const unknown = { verdict: 'unknown', reason: 'no_samples' }
    expect(finding('data.integrity', null)).toMatchObject(unknown)
    expect(finding('data.tables_changed', null)).toMatchObject(unknown)
    expect(finding('data.tables_changed', { tablesCompared: null })).toMatchObject(unknown)
  })

  it('has no rows compared where the workload does not say what it writes', () => {
    const { notAssessed, findings } = judged({ tablesWritten: null, tablesCompared: null })
    expect(findings.map(({ id }) => id)).not.toContain('data.tables_changed')
    const [why] = notAssessed.flatMap((one) => (one.id === 'data.tables_changed' ? [one.why] : []))
    expect(why).toMatch(/^the workload generated does not say which tables it writes/)
  })

  it('is judged by the plan where it has a bound of its own', () => {
    const objectives = [objectiveOf('mine', 'data.integrity', 'run', { max: 1 })]
    const { findings } = judged({ indexesInvalid: ['orders_pkey'] }, { objectives })
    const told = findings.filter(({ measure }) => measure === 'data.integrity')
    expect(told).toMatchObject([{ id: 'mine', verdict: 'pass', measured: { value: 1 } }])
  })

  it('is asked of no run that is no drill', () => {
    const { findings, notAssessed } = judged({}, { drill: null })
    expect([...findings, ...notAssessed].filter(({ measure }) => measure.startsWith('data.'))).toEqual([])
  })
})
