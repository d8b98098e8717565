import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { outcomes } from '../domain/outcome.ts'
import { calmRun } from '../measure/testing/calm-run.ts'
import { callLines, type GeneratedCall, withFolder, writeRun } from '../measure/testing/generated-run.ts'
import { type RunFolder, readRunFolder } from './reader.ts'
import { RunFolderError } from './reader-error.ts'
import { parseIntegerRow } from './reader-integers.ts'

/** Reads a calm run after `change` has done something to its folder. */
function readAfter(change: (folder: string) => void): RunFolder {
  return withFolder((folder) => {
    writeRun(folder, calmRun())
    change(folder)
    return readRunFolder(folder)
  })
}

function rewrite(folder: string, file: string, change: (text: string) => string): void {
  const path = join(folder, file)
  writeFileSync(path, change(readFileSync(path, 'utf8')))
}

function kindOf(read: () => unknown): string {
  try {
    read()
  } catch (error) {
    if (error instanceof RunFolderError) return `${error.kind}: ${error.message}`
    throw error
  }
  return 'read'
}

const calls = 'calls/k6-1.ndjson'

describe('a whole run folder', () => {
  const folder = readAfter(() => {})

  test('has every row of every stream, and hashes of all files', () => {
    expect(folder.calls?.table.count).toBe(3_000)
    expect(folder.calls?.table.tools).toEqual(['read', 'write'])
    expect(folder.calls?.states.map((state) => [state.cut, state.wholeUntilUs])).toEqual([
      [null, Number.POSITIVE_INFINITY],
    ])
    expect(folder.pool?.rows.length).toBe(276)
    expect([...folder.sha256.keys()].sort()).toEqual([
      calls,
      'database.ndjson',
      'pool.ndjson',
      'run.json',
      'timeline.ndjson',
    ])
  })

  test('of before there were drills is none, and nobody looked for one', () => {
    const old = readAfter((at) => rewrite(at, 'run.json', (text) => text.replace('"drill":null,', '')))
    expect(old.run.plan.drill).toBeNull()
    expect(old.run).toMatchObject({ previousDrill: null, commit: null })
    expect(old.run).not.toHaveProperty('newestDrill')
  })

  test('an absent stream is null, which is not an empty one', () => {
    expect(folder.host).toBeNull()
    expect(folder.probe).toBeNull()
  })
})

describe('what cannot be read is refused by name', () => {
  test.each([
    [
      'a newer run.json',
      'run.json',
      '"format":1',
      '"format":2',
      /^newer_format: .*run\.json has format 2; this Squall reads up to format 1/,
    ],
    [
      'a newer stream',
      'pool.ndjson',
      '"version":1',
      '"version":2',
      /^newer_format: pool\.ndjson is a "pool" stream of version 2/,
    ],
    ['an outcome of the future', calls, '"unsent"', '"teleported"', /^newer_format: .*"teleported"/],
    ['calls without a column', calls, '"ready"', '"set"', /^damaged: .*"ready"/],
    ['a run.json that is no JSON', 'run.json', '{', '', /^not_a_run/],
    ['a run.json without a plan', 'run.json', '"plan"', '"plot"', /^not_a_run/],
  ])('%s', (_why, file, from, to, expected) => {
    expect(kindOf(() => readAfter((folder) => rewrite(folder, file, (text) => text.replace(from, to))))).toMatch(
      expected,
    )
  })

  test('a folder without run.json', () => {
    expect(kindOf(() => withFolder(readRunFolder))).toMatch(/^not_a_run/)
  })
})

describe('a stream that was cut', () => {
  const lines = callLines(calmRun().calls ?? [], ['read', 'write'])
  const whole = `${lines.join('\n')}\n`

  /** By the format alone: rows, and the time until which the stream is whole, of a file cut after so many bytes. */
  function expected(bytes: number): { rows: number; wholeUntilUs: number; ended: boolean } {
    const kept = whole.slice(0, bytes).split('\n').slice(0, -1)
    const beats = kept.filter((line) => line.startsWith('{"beat"')).map((line) => JSON.parse(line).beat[0] as number)
    const ended = kept.some((line) => line.startsWith('{"end"'))
    const wholeUntilUs = ended ? Number.POSITIVE_INFINITY : (beats.at(-1) ?? Number.NEGATIVE_INFINITY)
    return { rows: kept.filter((line) => line.startsWith('[')).length, wholeUntilUs, ended }
  }

  test('at any byte: the rows of whole lines, trusted up to the last beat', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length }), (bytes) => {
        const folder = readAfter((path) => rewrite(path, calls, () => whole.slice(0, bytes)))
        const state = folder.calls?.states[0]
        const { rows, wholeUntilUs, ended } = expected(bytes)
        expect(state?.rows).toBe(rows)
        expect(folder.calls?.table.count).toBe(rows)
        expect(state?.wholeUntilUs).toBe(wholeUntilUs)
        expect(state?.cut === null).toBe(ended)
      }),
      { numRuns: 60 },
    )
  })

  const change = (text: (text: string) => string) =>
    readAfter((folder) => rewrite(folder, calls, text)).calls?.states[0]

  test.each([
    [
      'a beat names the oldest open call',
      (text: string) =>
        text.replace(/\{"beat":\[30000000,(\d+),0,null\]\}[\s\S]*/, '{"beat":[30000000,$1,7,28123456]}\n'),
      28_123_456,
    ],
    [
      'a row is missing: trusted up to the last beat that still agreed',
      (text: string) => text.replace(/(\{"beat":\[10000000,.*\n)\[.*\n/, '$1'),
      10_000_000,
    ],
    ['a row is malformed', (text: string) => text.replace(/(\{"beat":\[20000000,.*\n)\[\d+/, '$1[x'), 20_000_000],
    [
      'a row has a column too few',
      (text: string) => text.replace(/(\{"beat":\[20000000,.*\n)\[\d+,/, '$1['),
      20_000_000,
    ],
    [
      'a row names a tool without a name',
      (text: string) => text.replace(/(\{"beat":\[20000000,.*\n)\[(\d+),\d/, '$1[$2,9'),
      20_000_000,
    ],
    [
      'an object of no known kind',
      (text: string) => text.replace('{"beat":[20000000,', '{"beet":[20000000,'),
      19_000_000,
    ],
    ['something after the end line', (text: string) => `${text}[1]\n`, 60_000_000],
    ['half a line after the end line', (text: string) => `${text}[1`, 60_000_000],
    ['another machine', (text: string) => text.replace('boot-1', 'boot-2'), Number.NEGATIVE_INFINITY],
    ['no header', (text: string) => text.slice(text.indexOf('\n') + 1), Number.NEGATIVE_INFINITY],
    ['nothing at all', () => '', Number.NEGATIVE_INFINITY],
  ])('%s', (_why, text, wholeUntilUs) => {
    const state = change(text)
    expect(state?.cut).not.toBeNull()
    expect(state?.wholeUntilUs).toBe(wholeUntilUs)
  })

  test('two instances make one table, with one numbering of tools', () => {
    const second: GeneratedCall[] = [
      { user: 50, tool: 0, intendedUs: 1, readyUs: 1, startedUs: 2, endedUs: 3, outcome: 'tool_error', error: 'no' },
    ]
    const folder = readAfter((path) =>
      writeFileSync(join(path, 'calls/k6-2.ndjson'), `${callLines(second, ['write']).join('\n')}\n`),
    )
    const table = folder.calls?.table
    expect(table?.count).toBe(3_001)
    expect(table?.tools[table.tool[3_000] ?? -1]).toBe('write')
    expect(table?.errors[table.error[3_000] ?? -1]).toBe('no')
    expect(outcomes[table?.outcome[3_000] ?? -1]).toBe('tool_error')
  })
})

describe('rows of integers', () => {
  const parse = (text: string, columns: number): number[] | null => {
    const buffer = Buffer.from(`..${text}\n`)
    const into = new Float64Array(columns)
    return parseIntegerRow(buffer, 2, buffer.length - 1, into) ? [...into] : null
  }

  test('are read as JSON reads them', () => {
    const cell = fc.oneof(
      fc.integer(),
      fc.maxSafeInteger().map((value) => Math.trunc(value / 100) + 0),
      fc.constant(null),
    )
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 9 }), (cells) => {
        const wanted = cells.map((value) => (value === null ? Number.NaN : value))
        expect(parse(JSON.stringify(cells), cells.length)).toEqual(wanted)
      }),
    )
  })

  test.each([
    '[1,2',
    '1,2]',
    '[1,2]]',
    '[1,2,3]',
    '[1]',
    '[1,]',
    '[,1]',
    '[1, 2]',
    '[1.5,2]',
    '[nul,1]',
    '[--1,2]',
    '[1,1234567890123456]',
    '[]',
    '',
  ])('refuses %j for two columns', (text) => expect(parse(text, 2)).toBeNull())
})

test('a sample that does not tell how long it took ends its stream', () => {
  const untold = (text: string) => text.replace(/^(\[\d+),\d+,/m, '$1,null,')
  const folder = readAfter((path) => rewrite(path, 'database.ndjson', untold))
  expect(folder.database?.state.cut).toMatch(/row 2/)
  expect(folder.database?.rows).toHaveLength(1)
})

describe('answers', () => {
  const answers = Array.from({ length: 3 }, (_, at) => ({ tUs: at, tool: 1, asked: `q${at}`, answer: 'a' }))
  const file = 'answers/k6-1.ndjson'
  const read = (change: (text: string) => string): RunFolder =>
    withFolder((folder) => {
      writeRun(folder, calmRun({ answers }))
      rewrite(folder, file, change)
      return readRunFolder(folder)
    })

  test('are read with their tools, and hashed', () => {
    const folder = read((text) => text)
    const told = answers.map(({ asked, answer }) => ({ tool: 'write', asked, answer, rest: answer, facts: 3 }))
    expect(folder.answers?.rows).toEqual(told)
    expect(folder.answers?.states).toMatchObject([{ file, cut: null, rows: 3 }])
    expect(folder.sha256.has(file)).toBe(true)
  })

  test('of a version that did not tell what is left without the question are read, too', () => {
    const folder = read((text) => text.replace(',"rest","facts"', '').replaceAll(',"a",3]', ']'))
    expect(folder.answers?.states).toMatchObject([{ cut: null, rows: 3 }])
    expect(folder.answers?.rows[0]).toEqual({ tool: 'write', asked: 'q0', answer: 'a', rest: null, facts: 0 })
  })

  test.each([
    ['of a tool without a name', (text: string) => text.replace('[1,1,', '[1,7,')],
    [
      'that does not tell how many facts are left',
      (text: string) => text.replace('"q1","a","a",3', '"q1","a","a",null'),
    ],
    ['without an answer', (text: string) => text.replace('"q1","a"', '"q1",null')],
    ['that is no list', (text: string) => text.replace('[1,1,', '[1,1 ')],
  ])('end at one %s', (_why, change) => {
    const folder = read(change)
    expect(folder.answers?.rows).toHaveLength(1)
    expect(folder.answers?.states).toMatchObject([{ cut: expect.stringContaining('row 2') }])
  })

  test('are null in a folder without them', () => {
    expect(readAfter(() => {}).answers).toBeNull()
  })
})
