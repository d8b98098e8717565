import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import type { StackPlan } from '../../domain/plan.ts'
import { systemClock } from '../../record/clock.ts'
import { externalStack } from './external-stack.ts'
import type { KeptProxy } from './kept-proxies.ts'
import { loginUrl } from './outside-database.ts'
import { findLink } from './outside-links.ts'

/** As far as Toxiproxy tells of one proxy. */
async function toxiproxy(proxy: object) {
  const server = createServer((request, response) => {
    const isKnown = request.url === '/proxies/pg'
    response.writeHead(isKnown ? 200 : 404, { 'content-type': 'application/json' })
    response.end(isKnown ? JSON.stringify(proxy) : '{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const apiUrl = typeof address === 'object' ? `http://127.0.0.1:${address?.port}` : ''
  return { apiUrl, [Symbol.dispose]: () => void server.close() }
}

const passing = { name: 'pg', listen: '127.0.0.1:6432', upstream: 'localhost:5433', enabled: true, toxics: [] }
const link = { id: 'db', from: 'server', to: 'store' }
const databaseUrl = 'postgres://looker:word@127.0.0.1:5433/shop?sslmode=disable'

const keptAt = (apiUrl: string): readonly KeptProxy[] => [
  { name: 'far', listen: '127.0.0.1:1', upstream: '127.0.0.1:9', apiUrl, proxyName: 'far' },
  { name: 'near', listen: '127.0.0.1:6432', upstream: '127.0.0.1:5433', apiUrl, proxyName: 'pg' },
]

test.each([
  ['that leads to the database', () => ({})],
  ['of that name', () => ({ proxy: 'near' })],
  ['at that address', (apiUrl: string) => ({ proxy: `${apiUrl}/proxies/pg` })],
])('the proxy %s is on the link, and our own connections go through it', async (_which, named) => {
  using api = await toxiproxy(passing)
  const found = await findLink({ ...link, ...named(api.apiUrl) }, databaseUrl, keptAt(api.apiUrl), systemClock)
  expect(found).toMatchObject({
    host: '127.0.0.1',
    port: 6_432,
    proxyName: 'pg',
    processName: null,
    protocol: 'postgres',
  })
  const server = { id: 'server', role: 'mcp', url: 'http://127.0.0.1:1/mcp' }
  const stack = externalStack({ nodes: { server } } as unknown as StackPlan, { databaseUrl, links: [found] })
  expect(stack.linkUrl('db')).toBe('postgres://looker:word@127.0.0.1:6432/shop?sslmode=disable')
  expect(() => stack.linkUrl('other')).toThrow(RangeError)
})

test.each<[why: string, proxy: object, named: object, message: RegExp]>([
  ['there is none of that name', passing, { proxy: 'mine' }, /no proxy of the name mine/],
  ['it leads elsewhere', { ...passing, upstream: '127.0.0.1:9' }, {}, /leads to 127.0.0.1:9/],
  ['something acts on it already', { ...passing, toxics: [{ name: 'slow' }] }, {}, /acts on the proxy pg already/],
  ['it is disabled', { ...passing, enabled: false }, {}, /acts on the proxy pg already/],
  ['nobody knows it', passing, { proxy: 'far' }, /far on db does not answer/],
])('a run is refused when %s', async (_why, proxy, named, message) => {
  using api = await toxiproxy(proxy)
  await expect(findLink({ ...link, ...named }, databaseUrl, keptAt(api.apiUrl), systemClock)).rejects.toMatchObject({
    kind: 'no_proxy',
    message: expect.stringMatching(message),
  })
})

test('a password goes into the address of our own connections, whatever is in it', () => {
  const login = loginUrl({ url: 'postgres://looker@db.test/shop' }, 'a/b@c:%')
  expect(decodeURIComponent(new URL(login ?? '').password)).toBe('a/b@c:%')
  expect(loginUrl({ url: 'postgres://looker@db.test/shop' }, null)).toBe('postgres://looker@db.test/shop')
})
