import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { faultApplication, faultSettings, type NodeControl } from '../../src/domain/node-control.ts'
import type { KeeperClient } from '../../src/keeper/client.ts'
import { readProcess } from '../../src/keeper/process-table.ts'
import { systemClock } from '../../src/record/clock.ts'
import { startLocalStack } from '../../src/stack/local/local-stack.ts'
import { controlNode } from '../../src/stack/node-control.ts'
import type { RunningNode, RunningStack, StackExit } from '../../src/stack/running-stack.ts'
import { Setting } from './stack-setting.ts'

let setting: Setting
let keeper: KeeperClient
let stack: RunningStack
const exits: StackExit[] = []
const started: string[] = []

beforeAll(async () => {
  setting = new Setting()
  keeper = await setting.keeper('nodes')
  stack = await startLocalStack(await setting.options('nodes', keeper))
  stack.onExit((exit) => exits.push(exit))
  stack.onStart(({ name, pid }) => started.push(`${name} ${pid}`))
})
afterAll(async () => {
  await stack.stop()
  await keeper.endAll()
  setting[Symbol.dispose]()
})

function nodeOf(id: string): RunningNode {
  const node = stack.nodes.get(id)
  if (node === undefined) throw new Error(`no node ${id}`)
  return node
}

function control(id: string): NodeControl {
  return controlNode(nodeOf(id), stack, keeper, 'mine', systemClock, () => undefined)
}

function pidOf(id: string): number {
  return stack.processes.get(id)?.pid ?? 0
}

async function ask(sql: string, url = nodeOf('primary').url): Promise<unknown> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, query_timeout: 5_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<Record<string, unknown>>(sql)
    return Object.values(rows[0] ?? {})[0]
  } finally {
    await client.end().catch(() => undefined)
  }
}

const held = () =>
  ask(`select count(*)::int from pg_stat_activity where application_name = '${faultApplication('mine')}'`)
const mayWrite = () => ask("select current_setting('transaction_read_only')")

describe('a node', () => {
  it('that is killed is gone with all its processes, and comes back on the same port and data', async () => {
    await ask('create table kept (id int)')
    const [before, { url }] = [pidOf('primary'), nodeOf('primary')]
    await control('primary').signal('SIGKILL')
    await expect(ask('select 1')).rejects.toThrow('ECONNREFUSED')
    await control('primary').start()
    expect([nodeOf('primary').url, await ask('select count(*)::int from kept')]).toEqual([url, 0])
    expect(pidOf('primary')).not.toBe(before)
    expect(readProcess(pidOf('primary'))?.isZombie).toBe(false)
    expect(exits).toMatchObject([{ name: 'primary', pid: before, signal: 'SIGKILL', planned: true }])
    expect(started).toEqual([`primary ${pidOf('primary')}`])
  })

  it('that runs is not started twice', async () => {
    const before = [...started]
    await Promise.all([control('server').start(), control('primary').start()])
    expect(started).toEqual(before)
  })

  it('that was asked to go is ready again when it was started, however often it was asked to', async () => {
    const { url } = nodeOf('server')
    await control('server').stop(2_000)
    await expect(fetch(new URL('/ready', url))).rejects.toThrow()
    await Promise.all([control('server').start(), control('server').start()])
    expect((await fetch(new URL('/ready', url))).status).toBe(200)
    expect(started.filter((one) => one.startsWith('server'))).toHaveLength(1)
    expect(exits.at(-1)).toMatchObject({ name: 'server', planned: true })
  })

  it('that stands still goes on, with each of its own processes', async () => {
    await control('primary').signal('SIGSTOP')
    const first = await Promise.race([ask('select 1').catch(() => 'failed'), systemClock.sleep(500)])
    expect(first).toBeUndefined()
    await control('primary').signal('SIGCONT')
    expect(await ask('select 1')).toBe(1)
  })

  it('that is not there cannot be started', () => {
    expect(() => stack.start('replica')).toThrow(RangeError)
  })
})

describe('a database', () => {
  it('is held, and let go', async () => {
    const { database } = control('primary')
    await database?.hold(['begin', 'lock table customers in access exclusive mode'], 'superuser')
    await database?.hold([], 'application')
    await database?.setting('default_transaction_read_only', 'on')
    expect(await held()).toBe(2)
    await expect.poll(mayWrite).toBe('on')
    await expect(database?.run('select no_such_column')).rejects.toMatchObject({ code: '42703' })
    expect(await database?.run('select 1 as one, null as none; select true as yes')).toEqual([{ yes: 't' }])
    await database?.release()
    expect(await held()).toBe(0)
    await expect.poll(mayWrite).toBe('off')
  })

  it('is let go by the keeper where the harness does not', async () => {
    const { database } = control('primary')
    const { url } = nodeOf('primary')
    const mark = { pid: pidOf('primary'), startTicks: readProcess(pidOf('primary'))?.startTicks ?? '' }
    const application = faultApplication('mine')
    const action = { kind: 'database', url, application, settings: faultSettings, process: 'primary', mark } as const
    await keeper.recordUndo('mine', action)
    await database?.hold(['begin', 'lock table customers in access exclusive mode'], 'superuser')
    await database?.setting('default_transaction_read_only', 'on')
    // A database that stands still would not answer: it is let go on first.
    await control('primary').signal('SIGSTOP')
    expect(await keeper.heal('mine')).toEqual([{ id: 'mine', how: 'undone', why: null }])
    expect(await held()).toBe(0)
    await expect.poll(mayWrite).toBe('off')
  })

  it('has nothing left to undo when its process has ended', async () => {
    const mark = { pid: pidOf('primary'), startTicks: readProcess(pidOf('primary'))?.startTicks ?? '' }
    const { url } = nodeOf('primary')
    const action = { kind: 'database', url, application: 'x', settings: [], process: 'primary', mark } as const
    await keeper.recordUndo('mine', action)
    await control('primary').stop(3_000)
    expect(await keeper.heal('mine')).toEqual([{ id: 'mine', how: 'gone', why: null }])
    await control('primary').start()
  })
})
