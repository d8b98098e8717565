import { connect, createServer, type Socket } from 'node:net'

export interface DelayProxy extends AsyncDisposable {
  readonly port: number
  /** Delay of all that the server answers from now on; so it is added once to each round trip. */
  delayMs: number
}

/** A TCP proxy that holds back what comes from 127.0.0.1:`targetPort`; order is kept while the delay stays the same. */
export async function startDelayProxy(targetPort: number): Promise<DelayProxy> {
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(targetPort, '127.0.0.1')
    for (const socket of [near, far]) {
      socket.setNoDelay(true)
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    near.on('data', (chunk) => far.write(chunk))
    far.on('data', (chunk) => {
      if (proxy.delayMs === 0) near.write(chunk)
      else setTimeout(() => near.write(chunk), proxy.delayMs)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const proxy: DelayProxy = {
    port: address.port,
    delayMs: 0,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return proxy
}
