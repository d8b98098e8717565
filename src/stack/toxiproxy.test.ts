import { once } from 'node:events'
import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import type { Clock } from '../domain/clock.ts'
import { systemClock } from '../record/clock.ts'
import { connectToxiproxy } from './toxiproxy.ts'

/** Time goes by in an instant, but only for whoever still waits after the present events. */
const hurried: Clock = {
  monotonicUs: () => 0,
  wallUnixUs: () => 0,
  sleep: () => new Promise((resolve) => setTimeout(resolve, 100)),
}

const toxic = { name: 't', type: 'latency', stream: 'downstream', toxicity: 1, attributes: { latency: 1 } } as const

async function withApi(status: number | null, check: (url: string) => Promise<void>): Promise<void> {
  const server = createServer((_, answer) => {
    if (status !== null) answer.writeHead(status).end('{"error":"what it says"}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  try {
    await check(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

describe('a call to Toxiproxy', () => {
  it.each([
    ['never answered', null, 'no_answer', hurried],
    ['refused', 404, 'refused', systemClock],
    ['failed', 503, 'refused', systemClock],
  ] as const)('%s: an error of a kind of ours, which names the call', (_, status, kind, clock) =>
    withApi(status, async (url) => {
      const control = connectToxiproxy(url, clock)
      const error = { name: 'ToxiproxyError', kind, message: expect.stringContaining(url) }
      await expect(control.addToxic('db', toxic)).rejects.toMatchObject(error)
      await expect(control.removeToxic('db', 't')).rejects.toMatchObject(error)
      await expect(control.setEnabled('db', false)).rejects.toMatchObject(error)
      await expect(control.proxy('db')).rejects.toMatchObject(error)
    }),
  )

  it('to nobody', async () => {
    let nobody = ''
    await withApi(200, async (url) => {
      nobody = url
    })
    await expect(connectToxiproxy(nobody, systemClock).proxy('db')).rejects.toMatchObject({ kind: 'unreachable' })
  })
})
