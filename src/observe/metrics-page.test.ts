import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { readMetricsPage } from './metrics-page.ts'

async function pageOf(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    return await readMetricsPage(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, 10_000)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

test('a page is read as it is, characters of several bytes among it', async () => {
  const page = 'pool{name="zwölf"} 1\n'.repeat(10_000)
  expect(await pageOf((_, response) => response.end(page))).toBe(page)
})

test('a page without an end is read up to a limit, and its socket is closed', async () => {
  let isClosed = false
  let mebibytes = 0
  const chunk = Buffer.alloc(1_048_576, 0x20)
  const read = pageOf((_, response) => {
    response.on('close', () => {
      isClosed = true
    })
    const pour = (): unknown =>
      response.destroyed ||
      (response.write(chunk, () => mebibytes++) ? setImmediate(pour) : response.once('drain', pour))
    pour()
  })
  await expect(read).rejects.toThrow('over 8 MiB')
  expect(mebibytes).toBeLessThan(24)
  await expect.poll(() => isClosed).toBe(true)
})

test('an answer that is no page is told by its status', async () => {
  await expect(pageOf((_, response) => response.writeHead(503).end())).rejects.toThrow('HTTP 503')
})
