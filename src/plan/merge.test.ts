import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { mergeTrees } from './merge.ts'
import { Problems } from './problems.ts'
import { parseTree, type Tree } from './tree.ts'

function tree(value: unknown): Tree {
  const parsed = parseTree(stringify(value), 'test', new Problems())
  if (parsed === null) throw new Error('no tree')
  return parsed
}

function plain(value: Tree): unknown {
  if (value.kind === 'scalar') return value.value
  if (value.kind === 'list') return value.items.map(plain)
  return Object.fromEntries([...value.entries].map(([key, each]) => [key, plain(each)]))
}

function merged(base: unknown, over: unknown): unknown {
  return plain(mergeTrees(tree(base), tree(over)))
}

describe('merging', () => {
  it.each([
    ['maps merge by key', { a: 1, b: { c: 1 } }, { b: { d: 2 } }, { a: 1, b: { c: 1, d: 2 } }],
    ['what lies on top wins', { a: 1 }, { a: 2 }, { a: 2 }],
    [
      'lists merge by id, in the order of the base',
      [{ id: 'x', n: 1 }, { id: 'y' }],
      [{ id: 'x', m: 2 }],
      [{ id: 'x', n: 1, m: 2 }, { id: 'y' }],
    ],
    ['new items come last', [{ id: 'x' }], [{ id: 'z' }], [{ id: 'x' }, { id: 'z' }]],
    ['lists without ids are replaced', [1, 2, 3], [4], [4]],
    ['an empty list empties', [{ id: 'x' }], [], []],
    ['null empties', { a: { b: 1 } }, { a: null }, { a: null }],
    ['a map replaces a scalar', { a: 1 }, { a: { b: 1 } }, { a: { b: 1 } }],
  ])('%s', (_, base, over, expected) => {
    expect(merged(base, over)).toEqual(expected)
  })

  const value = fc.letrec((tie) => ({
    any: fc.oneof({ depthSize: 'small' }, tie('leaf'), tie('map'), tie('items')),
    leaf: fc.oneof(fc.integer(), fc.boolean(), fc.constantFrom('a', 'b')),
    map: fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('any'), { maxKeys: 3 }),
    items: fc.uniqueArray(fc.record({ id: fc.constantFrom('x', 'y', 'z'), v: tie('any') }), { selector: (i) => i.id }),
  })).any

  it('with itself changes nothing', () => {
    fc.assert(
      fc.property(value, (one) => {
        expect(merged(one, one)).toEqual(plain(tree(one)))
      }),
    )
  })

  it('twice is the same as once', () => {
    fc.assert(
      fc.property(value, value, (base, over) => {
        const once = mergeTrees(tree(base), tree(over))
        expect(plain(mergeTrees(once, tree(over)))).toEqual(plain(once))
      }),
    )
  })
})
