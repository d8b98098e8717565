import { describe, expect, it } from 'vitest'
import type { Advice } from '../../src/domain/plan.ts'
import { judgeRun } from '../../src/judge/judge-run.ts'
import { calls } from '../../src/judge/testing/judged-run.ts'
import { calmRun, timelineOf } from '../../src/measure/testing/calm-run.ts'
import { readGenerated } from '../../src/measure/testing/generated-run.ts'
import { lints } from '../../src/plan/lints/registry.ts'
import { generatedTruths, plan } from './generated-truths.ts'

const calm = { plan, timeline: timelineOf(plan), calls: calls({}) }

describe('a run folder whose truth is known', () => {
  it.each(generatedTruths)('$id: $says', ({ run, expected }) => {
    const { report } = judgeRun(readGenerated(calmRun({ ...calm, ...run })))
    const said = Object.fromEntries(report.findings.map(({ id, verdict, reason }) => [id, [verdict, reason]]))
    const passes = Object.keys(said).map((id): [string, readonly string[]] => [id, ['pass', 'within_bound']])
    expect(said).toEqual({ ...Object.fromEntries(passes), ...expected.findings })
    expect([report.verdict, report.exitCode]).toEqual([expected.verdict, expected.exitCode])
    for (const [id, says] of Object.entries(expected.told ?? {}))
      expect(report.findings.find((finding) => finding.id === id)?.why).toMatch(says)
  })

  it.each(generatedTruths)('$id: advice, however much of it, changes nothing that is judged', ({ run }) => {
    const folder = readGenerated(calmRun({ ...calm, ...run }))
    const severities: readonly Advice['severity'][] = ['warning', 'info']
    const advice = lints.flatMap(({ id }) =>
      severities.map((severity) => ({ id, severity, path: 'load', why: 'a word' })),
    )
    const without = judgeRun(folder).report
    const advised = judgeRun({ ...folder, run: { ...folder.run, advice } }).report
    expect(advised.advice).toHaveLength(2 * lints.length)
    expect({ ...advised, advice: [] }).toEqual({ ...without, advice: [] })
  })
})
