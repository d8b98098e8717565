import { describe, expect, it } from 'vitest'
import type { ComparisonRow, ComparisonVerdict } from '../domain/comparison.ts'
import { RunView } from '../measure/run-view.ts'
import { calmRun } from '../measure/testing/calm-run.ts'
import { readGenerated } from '../measure/testing/generated-run.ts'
import { notesOf, rowWords, spokenDifference, summaryOf } from './comparison-wording.ts'
import type { ViewedRun } from './drawn-sides.ts'

it.each([
  [-0.01, 'ratio', '1 percentage points'],
  [-30, 'ms', '30 ms'],
  [Number.NEGATIVE_INFINITY, 'ms', 'any size'],
] as const)('a difference of %d %s is said as %s', (value, unit, words) => {
  expect(spokenDifference(value, unit)).toBe(words)
})

describe('the words of a row', () => {
  const detectable = 12
  const latency = { unit: 'ms', minimumEffect: 10, better: 'lower' } as const
  const rate = { unit: 'calls/s', minimumEffect: 2, better: 'higher' } as const
  const words = (row: typeof latency | typeof rate, value: number, verdict: ComparisonVerdict, found = detectable) =>
    rowWords(row, { value, interval: { low: 0, high: 0 }, relative: null, p: 1, detectable: found }, verdict)

  it.each([
    ['slower', latency, 30, 'regression', /^higher by 30 ms, which is worse: .* more than the 10 ms that count$/],
    ['slower by less than one', latency, 0.5, 'regression', /^higher by 0.5 ms, which is worse/],
    ['faster', latency, -30, 'improvement', /^lower by 30 ms, which is better/],
    ['more calls', rate, 5, 'improvement', /^higher by 5 calls\/s, which is better/],
    ['fewer calls', rate, -5, 'regression', /^lower by 5 calls\/s, which is worse/],
    ['not over at all', latency, Number.POSITIVE_INFINITY, 'regression', /^higher by no end any more/],
    ['nothing found', latency, 1, 'no_difference_shown', /^a change of 12 ms would have been called in 4 of 5/],
    ['too little', latency, 1, 'too_little_evidence', /^only this is sure: a change of 12 ms would/],
  ] as const)('%s', (_reason, row, value, verdict, said) => {
    expect(words(row, value, verdict)).toMatch(said)
  })

  it('say so where nothing would have been called', () => {
    expect(words(latency, 1, 'too_little_evidence', Number.POSITIVE_INFINITY)).toBe(
      'only this is sure: no change, however large, would have been called',
    )
  })
})

describe('the summary', () => {
  const row = (measure: string, verdict: ComparisonVerdict, isKey = true): ComparisonRow => ({
    measure,
    window: 'steady.clear',
    unit: 'ms',
    better: 'lower',
    isKey,
    base: null,
    head: null,
    difference: null,
    minimumEffect: 1,
    verdict,
    why: '',
    method: '',
  })
  const said = (verdict: ComparisonVerdict, rows: readonly ComparisonRow[]) => summaryOf({ verdict, rows, foreign: [] })
  const [worse, better, open] = [row('a', 'regression'), row('b', 'improvement'), row('c', 'too_little_evidence')]

  it.each<[verdict: ComparisonVerdict, rows: readonly ComparisonRow[], words: string]>([
    ['regression', [worse, open], 'Head is worse in 1 of 2: a (steady.clear).'],
    ['regression', [worse, better], 'Head is worse in 1 of 2: a (steady.clear). 1 is better.'],
    ['regression', [worse, better, better], 'Head is worse in 1 of 3: a (steady.clear). 2 are better.'],
    ['improvement', [better, open], 'Head is better in 1 of 2 (b (steady.clear)), and worse in none.'],
    [
      'too_little_evidence',
      [open, row('d', 'too_little_evidence', false), row('e', 'no_difference_shown')],
      'No regression was found, and none could be ruled out: too little evidence on c (steady.clear).',
    ],
    [
      'too_little_evidence',
      [row('d', 'too_little_evidence', false)],
      'Nothing could be compared that a verdict could rest on: no calm stretch of a judged phase is in all runs.',
    ],
    ['no_difference_shown', [], 'No difference was shown; each row says how large a change would have been called.'],
  ])('%s', (verdict, rows, words) => {
    expect(said(verdict, rows)).toBe(words)
  })

  it('names four, and counts the rest', () => {
    const all = [1, 2, 3, 4, 5].map((at) => row(`m${at}`, 'regression'))
    const four = 'm1 (steady.clear), m2 (steady.clear), m3 (steady.clear)'
    expect(said('regression', all.slice(1))).toMatch(/^Head is worse in 4 of 4: m2 .* and m5 \(steady\.clear\)\.$/)
    expect(said('regression', all)).toBe(`Head is worse in 5 of 5: ${four}, m4 (steady.clear) and 1 more.`)
  })

  it('says by force where it was forced', () => {
    const foreign = [{ what: 'environment.cores', base: '2', other: '4', run: 'runs/b' }]
    expect(summaryOf({ verdict: 'no_difference_shown', rows: [], foreign })).toMatch(/ Between unlike environments/)
  })
})

describe('what limits what can be said', () => {
  const folder = readGenerated(calmRun())
  const runAt = (hour: number, squall = '0.1.0'): ViewedRun => {
    const startedAt = new Date(Date.UTC(2026, 10, 22, hour)).toISOString()
    const run = { ...folder.run, startedAt, versions: { squall } }
    return { folder: `runs/${hour}`, view: new RunView({ ...folder, run }) }
  }
  const [oneRun, fewRuns, inBlocks, versions] = [/^One run a side/, /^Fewer than 4/, /^All runs of one/, /^Recorded by/]
  const at = (...hours: readonly number[]) => hours.map((hour) => runAt(hour))

  it.each<[reason: string, base: readonly ViewedRun[], head: readonly ViewedRun[], notes: readonly RegExp[]]>([
    ['one run a side', at(1), at(2), [oneRun]],
    ['one run against four', at(1), at(2, 3, 4, 5), [oneRun]],
    ['two against one', at(1, 2), at(3), [oneRun]],
    ['two in turn', at(1, 3), at(2, 4), [fewRuns]],
    ['two, head first, in turn', at(2, 4), at(1, 3), [fewRuns]],
    ['two, not in turn', at(1, 2), at(3, 4), [fewRuns, inBlocks]],
    ['three and four in turn', at(1, 3, 5), at(2, 4, 6, 7), [fewRuns]],
    ['four in turn', at(1, 3, 5, 7), at(2, 4, 6, 8), []],
    ['all of base first', at(1, 2, 3, 4), at(5, 6, 7, 8), [inBlocks]],
    ['all of head first', at(5, 6, 7, 8), at(1, 2, 3, 4), [inBlocks]],
    ['head began only when base began its last', at(1, 2, 3, 5), at(5, 6, 7, 8), [inBlocks]],
    ['base began only when head began its last', at(5, 6, 7, 8), at(1, 2, 3, 5), [inBlocks]],
    ['base within head', at(2, 3, 4, 5), at(1, 6, 7, 8), []],
    ['another Squall', at(1, 3, 5, 7), [...at(2, 4, 6), runAt(8, '0.2.0')], [versions]],
  ])('%s', (_reason, base, head, notes) => {
    expect(notesOf(base, head, 4)).toEqual(notes.map((note) => expect.stringMatching(note)))
  })
})
