import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { RecordError } from '../record/writer.ts'
import { Interrupted } from './interrupt.ts'
import { spreadNet } from './last-net.ts'

class FakeProcess extends EventEmitter {
  readonly codes: number[] = []
  exit(code: number): void {
    this.codes.push(code)
  }
}

it.each<[reason: string, event: string, error: unknown, text: RegExp, code: number]>([
  [
    'a defect',
    'uncaughtException',
    new TypeError('x is not a function'),
    /a defect of Squall itself:\nTypeError: x/,
    3,
  ],
  ['a rejection', 'unhandledRejection', new RecordError('disk full', 'make room'), /squall: disk full\n {2}hint/, 3],
  ['no error at all', 'unhandledRejection', undefined, /a defect of Squall itself:\nundefined/, 3],
  ['the user stopped it', 'unhandledRejection', new Interrupted(), /squall: interrupted/, 130],
])('%s that nobody caught is told, and never ends with 1', (_reason, event, error, text, code) => {
  const process = new FakeProcess()
  let told = ''
  spreadNet(process, (words) => {
    told += words
    // Telling fails as well: a terminal that is gone.
    process.emit('uncaughtException', new Error('EPIPE'))
  })
  process.emit(event, error)
  expect(told).toMatch(text)
  expect(process.codes).toEqual([code])
})
