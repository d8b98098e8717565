import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { systemClock } from '../record/clock.ts'
import { PoolPage } from './pool-sampler.ts'

/** What the stream is given while a server answers with these pages in turn, then without one. */
async function rowsOf(pages: readonly string[], isReadEarly: boolean, instance: string | null = null) {
  let asked = 0
  const server = createServer((_, response) => {
    const page = pages[asked++]
    response.statusCode = page === undefined ? 503 : 200
    response.end(page)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const rows: (readonly unknown[])[] = []
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const writer = {
    row(cells: readonly unknown[]) {
      rows.push(cells)
      if (cells[2] !== null) resolve()
    },
    beat() {},
    end() {},
  }
  try {
    const metricsUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`
    const map = { used: 'used', max: 'max', wait: 'w' }
    const page = new PoolPage({ clock: systemClock, metricsUrl, node: 'server', instance, map })
    if (isReadEarly) await page.readEarly()
    const t0Us = systemClock.monotonicUs()
    await using _sampler = page.sample(t0Us, 10, writer, reject)
    await promise
    return rows
  } finally {
    server.close()
  }
}

const waits = 'w_bucket{le="0.1"} 1\nw_bucket{le="+Inf"} 1\nw_sum 0\nw_count 1\n'

test('what was in use before the users came is told first, at its own time', async () => {
  const [early, first] = await rowsOf(['used 1\nmax 9\n', 'used 3\nmax 9\n'], true)
  expect(early?.slice(2)).toEqual([null, 1, null, 9, ...Array.from({ length: 10 }, () => null)])
  expect(Number(early?.[0])).toBeLessThan(0)
  expect(Number(first?.[0])).toBeGreaterThanOrEqual(0)
  expect(first?.[3]).toBe(3)
})

test('a page that could not be read early is no sample of the run', async () => {
  const rows = await rowsOf([], true)
  expect(rows.length).toBe(1)
  expect(rows[0]?.[2]).toBe('HTTP 503')
  expect(Number(rows[0]?.[0])).toBeGreaterThanOrEqual(0)
})

test('bounds of a histogram come with the first acquire, whenever that is', async () => {
  const rows = await rowsOf(['used 0\n', `used 1\n${waits}`, `used 1\n${waits}`], true)
  expect(rows.map((row) => row.slice(13, 15))).toEqual([
    [null, null],
    [
      [1, 0, [1, 1]],
      [0.1, null],
    ],
    [null, null],
    [null, null],
  ])
})

test.each([
  ['the server', null, 'server'],
  ['its instance', 'server-2', 'server-2'],
])('several pools are named by %s, a failure by the page', async (_whose, instance, prefix) => {
  const rows = await rowsOf(['used{pool="a"} 1\nused{pool="b"} 2\n'], false, instance)
  expect(rows.map((row) => [row[3], row.at(-1)])).toEqual([
    [1, `${prefix}/a`],
    [2, `${prefix}/b`],
    [null, instance],
  ])
})
