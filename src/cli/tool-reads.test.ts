import { expect, test } from 'vitest'
import type { RequestUse } from '../../scenarios/lib/http.ts'
import { plainTarget } from '../mcp-client/target.ts'
import { listing, startStrangeServer } from '../mcp-client/testing/strange-server.ts'
import { readsOf, readsOfRequests } from './tool-reads.ts'

const called = ['reads', 'writes', 'silent', 'odd', 'both', 'missing'].map((name) => ({ name, weight: 1 }))

test('what each tool says of itself, and no more than that', async () => {
  const tools = [
    { name: 'reads', annotations: { readOnlyHint: true, destructiveHint: false } },
    { name: 'writes', annotations: { readOnlyHint: false, destructiveHint: true } },
    { name: 'silent' },
    { name: 'odd', annotations: { readOnlyHint: 'true' } },
    { name: 'both', annotations: { readOnlyHint: true, destructiveHint: true } },
    { name: 'not-called', annotations: { readOnlyHint: true } },
  ]
  await using server = await startStrangeServer(listing(tools))
  const expected = { reads: true, writes: false, silent: null, odd: null, both: null, missing: null }
  expect(await readsOf(plainTarget(server.url, 'legacy'), called)).toEqual(expected)
  expect(await readsOf(plainTarget(server.url), called)).toEqual(expected)
})

test('a server that does not tell has said nothing, which is no reason to stop', async () => {
  const [first] = called
  if (first === undefined) throw new Error('nothing is called')
  expect(await readsOf(plainTarget('http://127.0.0.1:1/mcp'), [first])).toEqual({ reads: null })
})

test('of requests the method tells, where it is known before the load', () => {
  const use = (name: string, request: RequestUse['request']): RequestUse => ({ name, weight: 1, request })
  const requests = [
    use('get', () => ({ method: 'GET', path: '/' })),
    use('drawn', (random) => ({ method: 'GET', path: `/${random.int(0, 9)}` })),
    use('post', () => ({ method: 'POST', path: '/' })),
    use('head', () => ({ method: 'HEAD', path: '/' })),
    use('remembers', () => {
      throw new Error('nothing is remembered')
    }),
  ]
  expect(readsOfRequests({ name: 'w', protocol: 'http', requests })).toEqual({
    ...{ get: true, drawn: true, post: false, head: false, remembers: null },
  })
})
