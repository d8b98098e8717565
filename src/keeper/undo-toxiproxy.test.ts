import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../record/clock.ts'
import { isUndoAction } from './undo.ts'
import type { UndoSetting } from './undo-setting.ts'
import { type ToxiproxyUndo, undoToxiproxy } from './undo-toxiproxy.ts'

/** Toxiproxy's API as far as an undo uses it, for one proxy; `hangsOn` is where it never answers. */
class FakeToxiproxy {
  enabled = false
  upstream = '127.0.0.1:5432'
  toxics = ['slow', 'cut']
  hangsOn: RegExp | null = null
  statusOfDelete = 204
  /** Says yes to everything and does nothing. */
  lies = false
  leadsTo: string | null = null
  readonly calls: string[] = []
  readonly server: Server = createServer((request, answer) => void this.#answer(request, answer))

  async #answer(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const call = `${request.method} ${request.url}`
    this.calls.push(call)
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    if (this.hangsOn?.test(call)) return
    if (this.leadsTo !== null) {
      answer.writeHead(307, { location: this.leadsTo }).end()
      return
    }
    const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : null
    if (this.lies) this.calls.push('nothing done')
    else if (request.method === 'DELETE') this.toxics = this.toxics.filter((name) => !call.endsWith(`/${name}`))
    else if (request.url === '/populate') this.#replaceBy(body[0])
    else if (request.method === 'POST') Object.assign(this, body)
    answer.statusCode = request.method === 'DELETE' ? this.statusOfDelete : 200
    answer.end(request.method === 'DELETE' ? '' : JSON.stringify(this.#state()))
  }

  #replaceBy({ upstream, enabled }: { readonly upstream: string; readonly enabled: boolean }): void {
    this.upstream = upstream
    this.enabled = enabled
  }

  #state(): object {
    const { enabled, upstream, toxics } = this
    return { name: 'db', listen: '127.0.0.1:1', upstream, enabled, toxics: toxics.map((name) => ({ name })) }
  }
}

let fake: FakeToxiproxy
let action: ToxiproxyUndo

beforeEach(async () => {
  fake = new FakeToxiproxy()
  fake.server.listen(0, '127.0.0.1')
  await once(fake.server, 'listening')
  const address = fake.server.address()
  const apiUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  action = { kind: 'toxiproxy', apiUrl, proxy: { name: 'db', listen: '127.0.0.1:1', upstream: '127.0.0.1:5432' } }
})
afterEach(() => {
  fake.server.closeAllConnections()
  fake.server.close()
})

const patient: UndoSetting = { clock: systemClock, callMsMax: 1_000, runs: () => true, replace: null }

describe('undoing what was done to a proxy', () => {
  it('removes every toxic and enables it', async () => {
    expect(await undoToxiproxy(action, patient)).toBe('undone')
    expect(fake).toMatchObject({ enabled: true, toxics: [] })
  })

  it('asks for nothing to be changed where all is well: a change would close connections', async () => {
    fake.enabled = true
    fake.toxics = []
    expect(await undoToxiproxy(action, patient)).toBe('undone')
    expect(fake.calls).toEqual(['GET /proxies/db', 'GET /proxies/db'])
  })

  it('asks nobody but the host it was named', async () => {
    fake.leadsTo = `${action.apiUrl}/elsewhere`
    await expect(undoToxiproxy(action, patient)).rejects.toThrow('GET')
    expect(fake.calls).toEqual(['GET /proxies/db'])
  })

  it('restores a changed upstream', async () => {
    fake.upstream = '127.0.0.1:9'
    expect(await undoToxiproxy(action, patient)).toBe('undone')
    expect(fake.upstream).toBe('127.0.0.1:5432')
  })

  it('removes one toxic alone where a fault names it', async () => {
    expect(await undoToxiproxy({ ...action, toxic: 'cut' }, patient)).toBe('undone')
    expect(fake).toMatchObject({ enabled: false, toxics: ['slow'] })
  })

  it('has nothing to do when its process has ended', async () => {
    expect(await undoToxiproxy({ ...action, process: 'toxiproxy' }, { ...patient, runs: () => false })).toBe('gone')
    expect(fake.calls).toEqual([])
  })

  it('believes no answer: what still acts afterwards is not undone', async () => {
    fake.lies = true
    await expect(undoToxiproxy(action, patient)).rejects.toThrow('toxics are still there: slow, cut')
    fake.toxics = []
    await expect(undoToxiproxy(action, patient)).rejects.toThrow('still disabled')
  })

  it('does not mind that another removes the same toxic at the same time', async () => {
    fake.statusOfDelete = 404
    expect(await undoToxiproxy(action, patient)).toBe('undone')
    fake.statusOfDelete = 500
    fake.toxics = ['slow']
    await expect(undoToxiproxy(action, patient)).rejects.toThrow(/DELETE .* 500/)
  })

  it('gives up a call that hangs, and says which', async () => {
    fake.hangsOn = /^DELETE/
    const impatient = { ...patient, callMsMax: 50 }
    await expect(undoToxiproxy(action, impatient)).rejects.toThrow(/DELETE http.*toxics\/slow: .*(timeout|aborted)/i)
  })

  it('replaces a process of ours that hangs, and makes its proxy anew', async () => {
    fake.hangsOn = /^DELETE/
    const replaced: string[] = []
    const replace = async (name: string): Promise<void> => {
      replaced.push(name)
      Object.assign(fake, { hangsOn: null, toxics: [] })
    }
    const how = await undoToxiproxy({ ...action, process: 'toxiproxy' }, { ...patient, callMsMax: 50, replace })
    expect([how, replaced, fake.enabled]).toEqual(['replaced', ['toxiproxy'], true])
  })

  it('does not replace what is not ours', async () => {
    fake.hangsOn = /^GET/
    const replace = (): Promise<void> => Promise.reject(new Error('must not be called'))
    await expect(undoToxiproxy(action, { ...patient, callMsMax: 50, replace })).rejects.toThrow('GET http')
  })
})

describe('an undo read back from disk', () => {
  const mark = { pid: 17, startTicks: '4' }
  it.each([
    ['a proxy’s', { kind: 'toxiproxy', apiUrl: 'http://x', proxy: { name: 'a', listen: 'b', upstream: 'c' } }, true],
    ['a process’s', { kind: 'signal', process: mark, signal: 'SIGCONT' }, true],
    ['a signal that would harm', { kind: 'signal', process: mark, signal: 'SIGKILL' }, false],
    ['a kind of a newer version', { kind: 'iptables', rule: 'x' }, false],
    ['a proxy without its upstream', { kind: 'toxiproxy', apiUrl: 'http://x', proxy: { name: 'a' } }, false],
    ['a text', 'toxiproxy', false],
    ['nothing', null, false],
  ])('%s', (_, value, isOne) => {
    expect(isUndoAction(value)).toBe(isOne)
  })
})
