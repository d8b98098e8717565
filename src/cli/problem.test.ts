import { expect, test } from 'vitest'
import { LoadError } from '../load/load-error.ts'
import { plainText, tellError } from './problem.ts'

const moving = 'a\u001b[2J\u001b]0;mine\u0007b\rc\u009b1Ad\u007f\te\nf'

test('what a server says moves no terminal: control characters go, lines and tabs stay', () => {
  expect(plainText(moving)).toBe('a[2J]0;minebc1Ad\te\nf')
})

test.each([new LoadError('sessions', moving, moving), new Error(moving)])('errors are told so', (error) => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  expect(tellError(error).text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/)
  expect(tellError(error).text).toContain('e\nf')
})
