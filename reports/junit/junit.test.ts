import { describe, expect, it } from 'vitest'
import { exhaustedPool, inconclusive, interrupted, passing } from '../../tests/golden/samples/cases.ts'
import { hostile, hostileTexts, largest } from '../../tests/golden/samples/stress.ts'
import { renderJunit } from './junit.ts'

/** Elements as opened and closed; throws where they do not nest, or where a character is not of XML 1.0. */
function elements(xml: string): string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 forbids
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(xml)) throw new Error('a character that XML forbids')
  if (!xml.isWellFormed()) throw new Error('half a character')
  const open: string[] = []
  const all: string[] = []
  const rest = xml.replace(
    /<(\/?)([\w:-]+)((?:\s+[\w:]+="[^"<]*")*)\s*(\/?)>/g,
    (_tag, end, name, _attributes, empty) => {
      if (end === '/') {
        if (open.pop() !== name) throw new Error(`</${name}> closes nothing`)
      } else {
        all.push(name)
        if (empty !== '/') open.push(name)
      }
      return ''
    },
  )
  if (open.length > 0) throw new Error(`${open.join()} was never closed`)
  if (/[<]|&(?!amp;|lt;|gt;|quot;)/.test(rest.replace(/^<\?xml[^?]*\?>/, ''))) throw new Error('stray markup')
  return all
}

const total = (xml: string, name: string) => elements(xml).filter((element) => element === name).length
const names = (xml: string) => [...xml.matchAll(/<testcase [^>]*name="([^"]*)"/g)].map((match) => match[1])

describe('junit.xml', () => {
  it.each([
    ['missed → failure', exhaustedPool, 4, 0],
    ['met → neither', passing, 0, 0],
    ['unknown → error', inconclusive, 0, 4],
    ['cut → error of the run, and of what is unknown', interrupted, 0, 2],
  ])('%s', (_reason, make, failures, errors) => {
    const xml = renderJunit(make().report)
    expect([total(xml, 'failure'), total(xml, 'error')]).toEqual([failures, errors])
    expect(xml).toContain(`failures="${failures}" errors="${errors}"`)
    expect(xml).toContain(`tests="${total(xml, 'testcase')}"`)
  })

  it('not assessed is skipped, and nothing else is', () => {
    const { report } = passing()
    expect(total(renderJunit(report), 'skipped')).toBe(report.notAssessed.length)
  })

  it('with --unknown warn an unknown finding breaks no build and is still written', () => {
    const xml = renderJunit({ ...inconclusive().report, exitCode: 0 })
    expect(total(xml, 'error')).toBe(0)
    expect(xml).toContain('warning: inconclusive')
  })

  it('a run that judged nothing is no green test', () => {
    expect(total(renderJunit({ ...passing().report, findings: [] }), 'error')).toBe(1)
  })

  it('has the same names whatever was measured, and keeps tools of one objective apart', () => {
    const { report } = passing()
    const worse = {
      ...report,
      findings: report.findings.map((entry) => ({ ...entry, verdict: 'fail' as const, why: '9 s' })),
    }
    expect(names(renderJunit(worse))).toEqual(names(renderJunit(report)))
    const [first] = report.findings
    const perTool = ['a', 'b'].flatMap((tool) => (first === undefined ? [] : [{ ...first, id: 'X', where: { tool } }]))
    expect(names(renderJunit({ ...report, findings: perTool })).slice(1, 3)).toEqual(['X [a]', 'X [b]'])
  })

  it('information is written but is no test case', () => {
    const xml = renderJunit(exhaustedPool().report)
    expect(names(xml)).not.toContain('lateness')
    expect(xml).toContain('information: p99 lateness')
  })

  it.each([...hostileTexts])('is well-formed with %s in every field', (_what, text) => {
    const calm = elements(renderJunit(hostile('plain').report))
    expect(elements(renderJunit(hostile(text).report))).toEqual(calm)
  })

  it('is bounded and says what it leaves out', () => {
    const xml = renderJunit(largest().report)
    expect(total(xml, 'testcase')).toBe(1_001)
    expect(xml).toContain('1500 more findings are in report.json')
  })
})
