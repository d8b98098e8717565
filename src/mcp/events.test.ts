import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { EventReader, eventData } from './events.ts'

const ends = ['\n', '\r\n', '\r'] as const

test('however a stream is cut into pieces, its events are the same', () => {
  const word = fc.stringMatching(/^[a-z{}: ]{1,8}$/)
  const event = fc.array(word, { minLength: 1, maxLength: 3 })
  fc.assert(
    fc.property(
      fc.array(event, { maxLength: 5 }),
      fc.constantFrom(...ends),
      fc.array(fc.nat(60)),
      (events, end, cuts) => {
        const body = events.map((lines) => `${lines.map((line) => `data: ${line}${end}`).join('')}${end}`).join('')
        const reader = new EventReader()
        const found: string[] = []
        let at = 0
        for (const cut of cuts) {
          found.push(...reader.push(body.slice(at, at + cut)))
          at += cut
        }
        found.push(...reader.push(body.slice(at)), ...reader.end())
        expect(found).toEqual(events.map((lines) => lines.join('\n')))
      },
    ),
  )
})

test('an event is told as soon as its empty line is there', () => {
  const reader = new EventReader()
  expect(reader.push('data: a\n')).toEqual([])
  expect(reader.push('\n')).toEqual(['a'])
})

test('half an event at the end is told as far as it goes: whoever reads it sees that it is not whole', () => {
  expect(eventData('data: {"id":1}\n\ndata: {"id"')).toEqual(['{"id":1}', '{"id"'])
})
