import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { exhaustedPool, inconclusive, interrupted, passing } from '../../tests/golden/samples/cases.ts'
import {
  fiveMinuteGate,
  hostile,
  hostileTexts,
  hourOfAMillionCalls,
  largest,
} from '../../tests/golden/samples/stress.ts'
import { renderHtml } from './page.ts'

const kib = 1024
const render = ({ report, series }: ReturnType<typeof passing>) => renderHtml(report, series)
const megabyte = 'é<'.repeat(512 * kib)

/** Start tags as the page has them, without what they hold. */
const tags = (page: string) => page.match(/<[a-z][^>]*>/gi) ?? []
const withoutData = (page: string) => {
  return page.replace(
    /<script type="application\/json"[\s\S]*?<\/script>|<p class="note">report.json is too large[^<]*<\/p>/g,
    '',
  )
}

describe('the size of the page', () => {
  it.each([
    ['a run of which nothing is known is the shell', interrupted, 60],
    ['a gate of five minutes', fiveMinuteGate, 350],
    ['an hour with a million calls', hourOfAMillionCalls, 700],
    ['more of everything than is ever shown', largest, 1_536],
  ])('%s', (_name, make, kibMax) => {
    expect(Buffer.byteLength(render(make())) / kib).toBeLessThanOrEqual(kibMax)
  })

  it('says what it leaves out', () => {
    const page = render(largest())
    expect(page).toContain('Showing 500 of 2000, worst first')
    expect(page).toContain('Showing 200 of 1000 tools')
    expect(page).toContain('Showing 40 of 300; all are in report.json')
    expect(page).toContain('Showing 200 of 5000')
    expect(page).toContain('22 less busy processes are not drawn')
    expect(page).toContain('too large to be embedded')
    expect(page).toContain('9,999 more kinds of error')
  })
})

describe('foreign text in every field', () => {
  it.each([...hostileTexts, ['a megabyte', megabyte] as const])('%s makes no markup', (_what, text) => {
    const page = render(hostile(text))
    const calm = tags(withoutData(render(hostile('plain'))))
    const names = (list: readonly string[]) => list.map((tag) => tag.split(/[\s>]/)[0]).sort()
    expect(names(tags(withoutData(page)))).toEqual(names(calm))
    expect(countScripts(page)).toBe(page.includes('too large to be embedded') ? 0 : 2)
    for (const tag of tags(withoutData(page))) {
      const attributes = tag.replace(/"[^"]*"/g, '""')
      expect(attributes).not.toMatch(/\s(on\w+|style|src|srcset|xlink:href)=/i)
    }
    expect(Buffer.byteLength(page)).toBeLessThan(1_536 * kib)
  })

  it('hides nothing that stands after an override of direction', () => {
    expect(render(hostile('a\u202eb'))).not.toContain('\u202e')
  })
})

function countScripts(page: string): number {
  return page.match(/<\/?script/g)?.length ?? 0
}

describe('the policy of the page', () => {
  const page = render(exhaustedPool())

  it('allows its own style by its hash and nothing else', () => {
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? ''
    const hash = createHash('sha256').update(style, 'utf8').digest('base64')
    expect(page).toContain(
      `content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'"`,
    )
  })

  it('comes before the style that it is about', () => {
    expect(page.indexOf('Content-Security-Policy')).toBeLessThan(page.indexOf('<style>'))
  })

  it('loads nothing', () => {
    const style = /<style>[\s\S]*?<\/style>/.exec(page)?.[0] ?? ''
    const loading = tags(withoutData(page)).join('\n') + style
    expect(loading).not.toMatch(/https?:|["(]data:|url\((?!#hatch)|@import|<link|<iframe|<img/)
  })
})

describe('the rows of findings', () => {
  const { report, series } = exhaustedPool()
  const page = renderHtml(report, series)

  it('have every field of the finding as report.json has it', () => {
    for (const entry of report.findings.filter((finding) => finding.judged)) {
      const start = page.indexOf(`<tr valign="top" id="f=${entry.id}"`)
      const row = page.slice(start, page.indexOf('</tr>', start))
      const { measured, bound } = entry
      const numbers = [measured.value, measured.interval?.low, measured.interval?.high, bound.max, bound.min, bound.is]
      const given = numbers.filter((value) => value !== undefined && value !== null).map(String)
      const texts = [entry.id, entry.measure, entry.window, entry.verdict, entry.reason, entry.why, measured.method]
      for (const text of [...given, ...texts, bound.unit, ...entry.evidence.map((file) => file.file)]) {
        expect(row, `${entry.id} lacks ${text}`).toContain(text)
      }
    }
  })

  it('stand in the order of harm, and none is folded away', () => {
    const order = [...page.matchAll(/ id="f=([^"]+)" class="v-(\w+)"/g)].map((match) => match[2])
    expect(order.slice(0, 4)).toEqual(['fail', 'fail', 'fail', 'fail'])
    const folded = [...page.matchAll(/<details>[\s\S]*?<\/details>/g)].map((match) => match[0]).join('')
    expect(folded).not.toMatch(/class="v-(?!pass)/)
  })

  it('a near miss is worded as one on the first screen', () => {
    const first = render(inconclusive()).split('<nav')[0]
    expect(first).toMatch(/inconclusive: [\d.]+–[\d.]+\u00a0s against 5\u00a0s/)
  })
})

describe('links', () => {
  it.each([exhaustedPool, inconclusive, passing, interrupted])('all lead to something on the page: %o', (make) => {
    const page = render(make())
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map((match) => match[1])
    const links = [...page.matchAll(/href="#([^"]+)"/g)].map((match) => match[1])
    expect(links.length).toBeGreaterThan(5)
    expect(links.filter((id) => !ids.includes(id))).toEqual([])
    expect(new Set(ids).size).toBe(ids.length)
  })
})

describe('what is shown of each kind of run', () => {
  it.each([
    [exhaustedPool, 'Failed', '4 of 8 met'],
    [passing, 'Passed', '7 of 7 met'],
    [inconclusive, 'Inconclusive', '3 of 7 met'],
    [interrupted, 'Inconclusive', '0 of 1 met'],
  ])('%o', (make, word, met) => {
    const first = render(make()).split('<nav')[0] ?? ''
    expect(first).toContain(`>${word}</font>`)
    expect(first).toContain(met)
    expect(first).toContain('UTC')
    expect(first).toContain('Not assessed')
  })

  it('a run that was cut says so first', () => {
    expect(render(interrupted()).split('<nav')[0]).toContain('The run did not end as planned')
  })

  it('a chart that cannot be drawn never costs the reader the verdict', () => {
    const { report, series } = passing()
    const broken = { ...series, databaseConnections: { timeUs: [1], value: null as unknown as number[] } }
    const page = renderHtml(report, broken)
    expect(page).toContain('The chart “connections” could not be drawn')
    expect(page).toContain('>Passed</font>')
  })

  it('every picture has a name or is hidden', () => {
    const outer = render(exhaustedPool()).match(/<svg [^>]*>/g) ?? []
    const inner = /preserveAspectRatio="none"|overflow="visible"/
    for (const svg of outer.filter((tag) => !inner.test(tag))) {
      expect(svg).toMatch(/role="img" aria-label="[^"]+"|aria-hidden="true"/)
    }
  })
})
