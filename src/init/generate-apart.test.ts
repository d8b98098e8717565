import { expect, test } from 'vitest'
import { systemClock } from '../record/clock.ts'
import { generateApart } from './generate-apart.ts'
import { generateMsMax, generatorStartMsMax } from './limits.ts'

const never = new AbortController().signal
const tool = (name: string, property: object) => ({
  name,
  inputSchema: JSON.parse(JSON.stringify({ type: 'object', properties: { a: property }, required: ['a'] })),
  annotations: {},
})

test('a schema that never ends, or takes all memory, is given up; the others are not', async () => {
  const tools = [
    tool('before', { const: 1 }),
    tool('endless', { type: 'string', pattern: '^(a+)+$', default: `${'a'.repeat(40)}b` }),
    tool('huge', { type: 'array', items: { type: 'string', minLength: 50_000_000 }, minItems: 1_000 }),
    tool('after', { const: 2 }),
  ]
  const found = await generateApart(tools, 1, systemClock, never)
  expect(found.get('before')).toEqual({ kind: 'sets', sets: [{ a: 1 }], more: [] })
  expect(found.get('endless')).toMatchObject({ kind: 'none', why: expect.stringContaining('takes more than') })
  expect(found.get('huge')).toMatchObject({ kind: 'none', why: expect.stringContaining('takes more than') })
  expect(found.get('after')).toEqual({ kind: 'sets', sets: [{ a: 2 }], more: [] })
})

test('nothing more is made once it is stopped', async () => {
  expect(await generateApart([tool('a', {})], 1, systemClock, AbortSignal.abort())).toEqual(new Map())
})

test('what is left after a minute is told as not generated', async () => {
  let calls = 0
  const clock = { sleep: systemClock.sleep, monotonicUs: () => calls++ * 31_000_000 }
  const tools = [tool('a', { const: 1 }), tool('b', { const: 2 }), tool('c', { const: 3 })]
  const found = await generateApart(tools, 1, clock, never)
  expect(found.get('a')).toEqual({ kind: 'sets', sets: [{ a: 1 }], more: [] })
  const late = { kind: 'none', why: 'all schemas together may take 60 s' }
  expect([found.get('b'), found.get('c')]).toEqual([late, late])
})

test('the time that the thread takes to load is not the first schema’s', async () => {
  const waits: number[] = []
  const clock = {
    monotonicUs: () => 0,
    sleep: (ms: number, signal?: AbortSignal) => {
      waits.push(ms)
      return systemClock.sleep(ms, signal)
    },
  }
  await generateApart([tool('a', { const: 1 }), tool('b', { const: 2 })], 1, clock, never)
  expect(waits).toEqual([generatorStartMsMax, generateMsMax, generateMsMax])
})
