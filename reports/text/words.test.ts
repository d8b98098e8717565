import { expect, test } from 'vitest'
import { measures } from '../../src/measure/registry.ts'
import { measureName } from './words.ts'

const implicit = ['load.delivered', 'load.generator_errors', 'system.unplanned_exit', 'hook.verify']
const mock = ['tool.constant_answers', 'database.idle_under_load', 'faults.observed.latency']

test.each([...measures.map(({ id }) => id), ...implicit, ...mock])('%s has a plain name', (id) => {
  expect(measureName(id)).not.toBe(id)
})

test('one that nobody knows is shown by its id', () => {
  expect(measureName('tool.beauty')).toBe('tool.beauty')
})
