import { once } from 'node:events'
import { accessSync, constants, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { NodeSpec } from '../../src/domain/plan.ts'
import type { KeeperClient } from '../../src/keeper/client.ts'
import { hierarchyOf } from '../../src/keeper/cpu-groups.ts'
import { readMounts } from '../../src/keeper/mounts.ts'
import { isRunning, readProcess, runningTrees } from '../../src/keeper/process-table.ts'
import { systemClock } from '../../src/record/clock.ts'
import { textOf } from '../../src/record/proc-files.ts'
import { dataRootOf } from '../../src/stack/local/database.ts'
import { startLocalStack } from '../../src/stack/local/local-stack.ts'
import type { LocalStack } from '../../src/stack/local/running.ts'
import type { RunningLink, RunningStack, StackExit } from '../../src/stack/running-stack.ts'
import { connectToxiproxy } from '../../src/stack/toxiproxy.ts'
import { plainNode, Setting, stackPlan } from './stack-setting.ts'
import { leftOf, tracesOf } from './stack-traces.ts'

let setting: Setting

beforeAll(() => {
  setting = new Setting()
})
afterAll(() => setting[Symbol.dispose]())

async function start(plan = stackPlan()): Promise<{ stack: LocalStack; keeper: KeeperClient; runId: string }> {
  const runId = setting.newRunId()
  const keeper = await setting.keeper(runId)
  try {
    return { stack: await startLocalStack(await setting.options(runId, keeper, plan)), keeper, runId }
  } catch (error) {
    await keeper.endAll()
    throw error
  }
}

async function queryMs(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const fromUs = systemClock.monotonicUs()
    await client.query('select 1')
    return (systemClock.monotonicUs() - fromUs) / 1_000
  } finally {
    await client.end()
  }
}

function theLink(stack: RunningStack): RunningLink {
  const link = stack.links.get('db')
  if (link === undefined) throw new Error('no link')
  return link
}

function recordUndo(keeper: KeeperClient, link: RunningLink): Promise<void> {
  const proxy = { name: link.proxyName, listen: `${link.host}:${link.port}`, upstream: link.upstream }
  const process = link.processName ?? ''
  return keeper.recordUndo('slow', { kind: 'toxiproxy', apiUrl: link.apiUrl, process, proxy })
}

function canMakeGroups(): boolean {
  const hierarchy = hierarchyOf(readMounts())
  if (hierarchy === null) return false
  try {
    accessSync(hierarchy.path, constants.W_OK)
    return true
  } catch {
    return false
  }
}

const slow = {
  name: 'slow',
  type: 'latency',
  stream: 'downstream',
  toxicity: 1,
  attributes: { latency: 300, jitter: 0 },
} as const

describe('a local stack', () => {
  it('is up, harmed, healed and gone, with nothing left', async () => {
    const { stack, keeper, runId } = await start()
    const engines = await setting.engines()
    const traces = tracesOf(stack, keeper.pid, setting.stateFolderOf(runId), dataRootOf(engines, runId))
    expect(leftOf(traces).length).toBeGreaterThan(8)
    expect((await fetch(new URL('/ready', stack.mcpUrl))).status).toBe(200)
    expect((await fetch(new URL('/metrics', stack.mcpUrl))).status).toBe(200)

    const link = theLink(stack)
    const control = connectToxiproxy(link.apiUrl, systemClock)
    await recordUndo(keeper, link)
    await control.addToxic(link.proxyName, slow)
    expect(await queryMs(stack.linkUrl('db'))).toBeGreaterThan(250)
    expect(await queryMs(stack.databaseUrl), 'observers are past the fault').toBeLessThan(290)
    await control.setEnabled(link.proxyName, false)
    await expect(queryMs(stack.linkUrl('db'))).rejects.toThrow('ECONNREFUSED')
    expect(await keeper.heal('slow')).toEqual([{ id: 'slow', how: 'undone', why: null }])
    expect(await queryMs(stack.linkUrl('db'))).toBeLessThan(290)
    expect(await control.proxy('db')).toMatchObject({ enabled: true, toxics: [], upstream: link.upstream })

    await stack.stop()
    await keeper.endAll()
    expect(leftOf(traces)).toEqual([])
  })

  it('lets its database be reached by the server through the proxy only', async () => {
    const { stack, keeper } = await start()
    await using _keeper = keeper
    await using _stack = stack
    const { proxyName, apiUrl } = theLink(stack)
    await connectToxiproxy(apiUrl, systemClock).setEnabled(proxyName, false)
    // The server looks at its database once a second at most.
    const ready = async (): Promise<number> => (await fetch(new URL('/ready', stack.mcpUrl))).status
    await expect.poll(ready, { timeout: 5_000 }).toBe(503)
  })

  it('replaces a proxy that does not obey, and finds it passing again', async () => {
    const { stack, keeper } = await start()
    await using _keeper = keeper
    await using _stack = stack
    const link = theLink(stack)
    await recordUndo(keeper, link)
    const control = connectToxiproxy(link.apiUrl, systemClock)
    await control.addToxic(link.proxyName, slow)
    const before = stack.processes.get('toxiproxy')?.pid ?? 0
    // A stopped process takes connections and never answers: as an API that hangs.
    process.kill(before, 'SIGSTOP')
    // Its threads stop one by one: until then one may answer.
    await expect.poll(() => /\) T /.test(readFileSync(`/proc/${before}/stat`, 'utf8'))).toBe(true)
    await expect(control.removeToxic(link.proxyName, 'slow')).rejects.toMatchObject({ kind: 'no_answer' })
    expect(await keeper.heal('slow')).toEqual([{ id: 'slow', how: 'replaced', why: null }])
    expect(await queryMs(stack.linkUrl('db'))).toBeLessThan(290)
    const after = stack.processes.get('toxiproxy')?.pid ?? 0
    expect(after).not.toBe(before)
    expect([readProcess(before), readProcess(after)?.pid]).toEqual([undefined, after])
  })

  it('tells of a node that dies, when and how', async () => {
    const { stack, keeper, runId } = await start()
    await using _keeper = keeper
    await using _stack = stack
    const segments = (): string => readFileSync('/proc/sysvipc/shm', 'utf8')
    const note = readFileSync(join(setting.stateDir, 'data', runId, 'primary', 'postmaster.pid'), 'utf8')
    const segment = new RegExp(`^\\s*${note.split('\n')[6]?.trim().replace(/ +/, ' +')} `, 'm')
    expect(segments()).toMatch(segment)
    const exits: StackExit[] = []
    stack.onExit((exit) => exits.push(exit))
    const killedUs = systemClock.monotonicUs()
    process.kill(stack.nodes.get('primary')?.pid ?? 0, 'SIGKILL')
    await expect.poll(() => exits.length, { timeout: 5_000 }).toBe(1)
    expect(exits[0]).toMatchObject({ name: 'primary', part: 'node', signal: 'SIGKILL', planned: false })
    const afterMs = ((exits[0]?.monotonicUs ?? 0) - killedUs) / 1_000
    expect(afterMs).toBeGreaterThan(0)
    expect(afterMs).toBeLessThan(1_000)
    await stack.stop()
    expect(segments(), 'its shared memory is gone, too').not.toMatch(segment)
  })

  it('runs a command in the place of the reference server, with what it is told', async () => {
    const script = `
      const { createServer } = require('node:http')
      createServer((_, answer) => answer.end(JSON.stringify([process.env.DB, process.env.PORT, process.argv[1]])))
        .listen(Number(process.argv[1]), process.env.HOST)`
    const command = [process.execPath, '-e', script, '{port}']
    const env = { DB: '{database_user}@{database_host}:{database_port}/{database_name} {as it is}' }
    const { stack, keeper } = await start(stackPlan({ server: { command, env, readyPath: null } }))
    await using _keeper = keeper
    await using _stack = stack
    const port = new URL(stack.mcpUrl).port
    const told = await (await fetch(stack.mcpUrl)).json()
    expect(told).toEqual([`app@127.0.0.1:${theLink(stack).port}/customer_success {as it is}`, port, port])
  })

  it('tells the server where it finds what else it uses: through the link, where there is one', async () => {
    const script = `
      require('node:http').createServer((_, answer) => answer.end(process.env.WHERE)).listen(process.env.PORT, '127.0.0.1')`
    const plain = stackPlan({
      server: {
        command: [process.execPath, '-e', script],
        env: { WHERE: '{my_cache_host}:{my_cache_port} {crm_port}' },
        readyPath: null,
      },
    })
    const service = (id: string, role: 'http' | 'redis'): NodeSpec => ({
      ...plainNode,
      id,
      role,
      command: ['node', 'tests/contract/stand-in-service.ts', role],
    })
    const { stack, keeper } = await start({
      ...plain,
      nodes: { ...plain.nodes, 'my-cache': service('my-cache', 'redis'), crm: service('crm', 'http') },
      links: { ...plain.links, way: { id: 'way', from: 'server', to: 'my-cache' } },
    })
    await using _keeper = keeper
    await using _stack = stack
    const [link, cache, crm] = [stack.links.get('way'), stack.nodes.get('my-cache'), stack.nodes.get('crm')]
    expect(link).toMatchObject({ protocol: 'redis', upstream: `127.0.0.1:${cache?.port}` })
    expect(await (await fetch(stack.mcpUrl)).text()).toBe(`127.0.0.1:${link?.port} ${crm?.port}`)
  })

  it('goes before other processes of the machine, with all that it starts, where groups can be made', async () => {
    const { stack, keeper, runId } = await start()
    await using _keeper = keeper
    await using _stack = stack
    const pids = [...stack.processes.values()].map(({ pid }) => pid)
    // A backend of the readiness probe may be ending meanwhile.
    const seen = runningTrees(pids.map(readProcess).filter((row) => row !== undefined)).map((one) => ({
      ...one,
      group: textOf(`/proc/${one.pid}/cgroup`),
    }))
    const processes = seen.filter(isRunning)
    const inGroup = processes.filter(({ group }) => group.includes(`squall-${runId}-stack`))
    expect(processes.length).toBeGreaterThan(pids.length)
    expect(inGroup).toHaveLength(canMakeGroups() ? processes.length : 0)
  })

  it('takes the port that the plan fixes', async () => {
    const free = createServer().listen(0, '127.0.0.1')
    await once(free, 'listening')
    const address = free.address()
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0
    free.close()
    const { stack, keeper } = await start(stackPlan({ server: { port } }))
    await using _keeper = keeper
    await using _stack = stack
    expect(new URL(stack.mcpUrl).port).toBe(String(port))
  })
})
