import { describe, expect, it } from 'vitest'
import { exhaustedPool, interrupted, passing } from '../../tests/golden/samples/cases.ts'
import { hostile, hostileTexts, largest } from '../../tests/golden/samples/stress.ts'
import { renderMetrics, samplesMax } from './metrics.ts'

const comment = /^# (TYPE [a-z_]+ (gauge|info|stateset)|UNIT [a-z_]+ [a-z_]+|HELP [a-z_]+ .+)$/
const sample =
  /^([a-z_]+)\{([a-z_]+="(?:[^"\\\n]|\\["\\n])*"(?:,[a-z_]+="(?:[^"\\\n]|\\["\\n])*")*)?\} (-?\d+(?:\.\d+)?(?:e[+-]\d+)?)$/

/** OpenMetrics 1.0: the lines it allows, each family in one piece, its unit at the end of its name, no sample twice. */
function check(text: string): Map<string, string> {
  const lines = text.split('\n')
  expect(lines.slice(-2)).toEqual(['# EOF', ''])
  const values = new Map<string, string>()
  const seen = new Set<string>()
  let family = ''
  for (const line of lines.slice(0, -2)) {
    const type = /^# TYPE ([a-z_]+) /.exec(line)?.[1]
    if (type !== undefined) {
      expect(seen.has(type)).toBe(false)
      seen.add(type)
      family = type
    }
    const unit = /^# UNIT ([a-z_]+) ([a-z_]+)$/.exec(line)
    if (unit !== null) expect(unit[1]?.endsWith(`_${unit[2]}`)).toBe(true)
    if (line.startsWith('#')) {
      expect(line).toMatch(comment)
      continue
    }
    const [, name = '', labels = '', value = ''] = sample.exec(line) ?? []
    expect(name, line).toMatch(new RegExp(`^${family}(_info)?$`))
    values.set(`${name}{${labels}}`, value)
  }
  return values
}

describe('metrics.prom', () => {
  it.each([exhaustedPool, passing, interrupted])('is OpenMetrics: %o', (make) => {
    expect(check(renderMetrics(make().report)).size).toBeGreaterThan(4)
  })

  it.each([...hostileTexts])('is OpenMetrics with %s in every label', (_what, text) => {
    check(renderMetrics(hostile(text).report))
  })

  it('has base units and says what is a lower limit', () => {
    const values = check(renderMetrics(exhaustedPool().report))
    const slow = [...values].find(([key]) => key.startsWith('squall_finding_measured_seconds{finding="p95-slow"'))
    expect(slow?.[0]).toContain('kind="at_least"')
    expect(slow?.[1]).toBe('35')
    expect([...values].find(([key]) => key.startsWith('squall_finding_bound_seconds{finding="p95"'))?.[1]).toBe('5')
  })

  it('has no sample where nothing was measured', () => {
    const values = check(renderMetrics(interrupted().report))
    expect([...values.keys()].filter((key) => key.startsWith('squall_finding_measured'))).toEqual([])
    expect([...values.keys()].filter((key) => key.includes('users_peak'))).toEqual([])
  })

  it('is bounded', () => {
    expect(renderMetrics(largest().report).split('\n').length).toBeLessThan(8 * samplesMax)
  })
})
