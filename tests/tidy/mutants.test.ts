import { stripTypeScriptTypes } from 'node:module'
import { expect, test } from 'vitest'
import { mutantsOf, withSwitches } from '../mutation/mutants.ts'
import { MutantSwitch } from '../mutation/switch.ts'

const source = `
const limitMs = 20
function isLate(startedMs: number, endedMs: number): boolean {
  return endedMs - startedMs >= limitMs && endedMs !== 0
}
return [isLate(0, 19), isLate(0, 20), isLate(5, 20), isLate(5, 26), Math.max(1, 2)].join()`

/** What the source gives with that mutant on; null: with none. */
function resultWith(on: number | null): unknown {
  const mutants = mutantsOf('late.ts', `async function all() {${source}\n}`, 7)
  const text = withSwitches(`async function all() {${source}\n}`, mutants)
  const plain = stripTypeScriptTypes(text.replace('const squallMutant = globalThis.squallMutant;', ''))
  const body = plain.slice(plain.indexOf('{') + 1, plain.lastIndexOf('}'))
  const gate = new MutantSwitch()
  gate.on = on
  return new Function('squallMutant', body)((id: number) => gate.ask(id))
}

test('with every switch off a source does what it did', () => {
  expect(resultWith(null)).toBe('false,true,false,true,2')
})

test('comparisons, arithmetic, logic, extremes and constants are changed, each at its place, and types are not', () => {
  const mutants = mutantsOf('late.ts', `async function all() {${source}\n}`, 7)
  expect(mutants.map(({ id }) => id)).toEqual(mutants.map((_, at) => at + 7))
  const told = mutants.map(({ line, was, becomes }) => `${line}: ${was} > ${becomes}`)
  expect(told).toContain('2: 20 > 25')
  expect(told).toContain('4: endedMs - startedMs > (endedMs) + (startedMs)')
  expect(told).toContain('4: endedMs - startedMs >= limitMs > (endedMs - startedMs) > (limitMs)')
  expect(told).toContain('4: endedMs - startedMs >= limitMs > (endedMs - startedMs) < (limitMs)')
  expect(told).toContain('4: endedMs !== 0 > (endedMs) === (0)')
  expect(told).toContain('6: Math.max(1, 2) > Math.min(1, 2)')
  expect(told.some((text) => text.includes('number'))).toBe(false)
})

test.each([
  ['20 > 25', 'false,false,false,false,2'],
  ['>= limitMs > (endedMs - startedMs) > (limitMs)', 'false,false,false,true,2'],
  ['Math.max(1, 2) > Math.min(1, 2)', 'false,true,false,true,1'],
])('one that is on does what it says: %s', (change, result) => {
  const mutants = mutantsOf('late.ts', `async function all() {${source}\n}`, 7)
  const found = mutants.find(({ was, becomes }) => `${was} > ${becomes}`.endsWith(change))
  expect(resultWith(found?.id ?? -1)).toBe(result)
})

test('an endless loop is ended by what it asks', () => {
  const gate = new MutantSwitch()
  gate.askedMax = 10
  expect(() => {
    for (;;) gate.ask(1)
  }).toThrow('endless')
})
