import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { failOver } from '../../chaos/faults/fail-over.ts'
import type { Doing } from '../../chaos/faults/fault.ts'
import type { NodeControl } from '../../src/domain/node-control.ts'
import type { LinkSpec, NodeSpec, StackPlan } from '../../src/domain/plan.ts'
import type { KeeperClient } from '../../src/keeper/client.ts'
import { systemClock } from '../../src/record/clock.ts'
import { startLocalStack } from '../../src/stack/local/local-stack.ts'
import type { LocalStack } from '../../src/stack/local/running.ts'
import { controlNode } from '../../src/stack/node-control.ts'
import type { RunningNode } from '../../src/stack/running-stack.ts'
import { connectToxiproxy } from '../../src/stack/toxiproxy.ts'
import { plainNode, Setting, stackPlan } from './stack-setting.ts'

const replicaIds = ['replica-1', 'replica-2']

/** The gate's stack, with two replicas, each behind a link. */
function replicatedPlan(isSynchronous: boolean): StackPlan {
  const plan = stackPlan()
  const replicas = replicaIds.map((id): [string, NodeSpec] => [
    id,
    { ...plainNode, id, role: 'postgres', maxConnections: 40, follows: 'primary', synchronous: isSynchronous },
  ])
  const links = replicaIds.map((to): [string, LinkSpec] => [`to-${to}`, { id: `to-${to}`, from: 'primary', to }])
  return {
    ...plan,
    nodes: { ...plan.nodes, ...Object.fromEntries(replicas) },
    links: { ...plan.links, ...Object.fromEntries(links) },
  }
}

/** Rows' first columns. Rejects after 30 s. */
async function ask(sql: string, url: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, query_timeout: 30_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<Record<string, unknown>>(sql)
    return rows.map((row) => Object.values(row)[0])
  } finally {
    client.end().catch(() => undefined)
  }
}

const atOnce: Doing = { signal: new AbortController().signal, sleep: async () => undefined }
const parameters = { decide: 0 }
const following = "select application_name from pg_stat_replication where state = 'streaming' order by 1"
const count = 'select count(*)::int from kept'

describe.each([
  ['asynchronous', false],
  ['synchronous', true],
])('%s replicas, two of them', (name, isSynchronous) => {
  let setting: Setting
  let keeper: KeeperClient
  let stack: LocalStack

  beforeAll(async () => {
    setting = new Setting()
    keeper = await setting.keeper(name)
    stack = await startLocalStack(await setting.options(name, keeper, replicatedPlan(isSynchronous)))
    await ask('create table kept (id int)', stack.databaseUrl)
  })
  afterAll(async () => {
    await stack?.stop()
    await keeper.endAll()
    setting[Symbol.dispose]()
  })

  const nodeOf = (id: string): RunningNode => {
    const node = stack.nodes.get(id)
    if (node === undefined) throw new Error(`no node ${id}`)
    return node
  }
  const control = (id: string): NodeControl =>
    controlNode(nodeOf(id), stack, keeper, 'mine', systemClock, () => undefined)
  const awaited = () =>
    ask("select setting from pg_settings where name = 'synchronous_standby_names'", stack.databaseUrl)
  const rowsOf = (id: string) => ask(count, nodeOf(id).url)

  /** What comes to that replica through its link's proxy waits as long. */
  async function slowLink(to: string, ms: number): Promise<() => Promise<void>> {
    const link = stack.links.get(`to-${to}`)
    if (link === undefined) throw new Error(`no link to ${to}`)
    const proxies = connectToxiproxy(link.apiUrl, systemClock)
    const toxic = { name: 'slow', type: 'latency', stream: 'downstream', toxicity: 1 } as const
    await proxies.addToxic(link.proxyName, { ...toxic, attributes: { latency: ms, jitter: 0 } })
    return () => proxies.removeToxic(link.proxyName, 'slow')
  }

  it('stream, each by its own link and slot', async () => {
    expect(await ask(following, stack.databaseUrl)).toEqual(replicaIds)
    expect(await ask('select slot_name from pg_replication_slots where active order by 1', stack.databaseUrl)).toEqual([
      'replica_1',
      'replica_2',
    ])
    expect(await awaited()).toEqual([isSynchronous ? 'ANY 1 ("replica-1", "replica-2")' : ''])
  })

  it(`a write that is acknowledged ${isSynchronous ? 'is' : 'need not be'} on a replica`, async () => {
    const heal = await Promise.all(replicaIds.map((id) => slowLink(id, 700)))
    const fromUs = systemClock.monotonicUs()
    await ask('insert into kept values (1)', stack.databaseUrl)
    const tookMs = (systemClock.monotonicUs() - fromUs) / 1_000
    await Promise.all(heal.map((one) => one()))
    if (isSynchronous) expect(tookMs).toBeGreaterThan(690)
    else expect(tookMs).toBeLessThan(690)
    for (const id of replicaIds) await expect.poll(() => rowsOf(id), { timeout: 5_000 }).toEqual([1])
  })

  it('the one that has more takes over, and the other follows it, with writes going through', async () => {
    const heal = await slowLink('replica-1', 3_000)
    await ask('insert into kept values (2)', stack.databaseUrl)
    await expect.poll(() => rowsOf('replica-2')).toEqual([2])
    const harmed = control('primary')
    await failOver.apply(harmed, parameters)
    await failOver.during?.(harmed, parameters, atOnce)
    expect(stack.cluster?.primary).toBe('replica-2')
    // Though nobody may follow it yet.
    await ask('insert into kept values (3)', stack.databaseUrl)
    await expect.poll(() => ask(following, stack.databaseUrl), { timeout: 5_000 }).toEqual(['replica-1'])
    await expect.poll(() => rowsOf('replica-1'), { timeout: 5_000 }).toEqual([3])
    await expect.poll(awaited).toEqual([isSynchronous ? 'ANY 1 ("replica-1")' : ''])
    await heal()
    await failOver.heal(harmed, parameters)
    expect(await ask(following, stack.databaseUrl)).toEqual(['primary', 'replica-1'])
    expect(await awaited()).toEqual([isSynchronous ? 'ANY 1 ("replica-1", "primary")' : ''])
  })

  it('one that is down at a fail-over follows when it is started', async () => {
    const [down, harmed] = [control('primary'), control('replica-2')]
    await down.signal('SIGKILL')
    await failOver.apply(harmed, parameters)
    await failOver.during?.(harmed, parameters, atOnce)
    expect(stack.cluster?.primary).toBe('replica-1')
    await down.start()
    await expect.poll(() => ask(following, stack.databaseUrl), { timeout: 10_000 }).toEqual(['primary'])
    await failOver.heal(harmed, parameters)
    expect(await ask(following, stack.databaseUrl)).toEqual(['primary', 'replica-2'])
    await ask('insert into kept values (4)', stack.databaseUrl)
    for (const id of ['primary', 'replica-2']) await expect.poll(() => rowsOf(id), { timeout: 5_000 }).toEqual([4])
  })

  it('one that stands still at a fail-over is passed over, and follows when it goes on', async () => {
    const [still, harmed] = [control('primary'), control('replica-1')]
    await still.signal('SIGSTOP')
    await failOver.apply(harmed, parameters)
    await failOver.during?.(harmed, parameters, atOnce)
    expect(stack.cluster?.primary).toBe('replica-2')
    await failOver.heal(harmed, parameters)
    expect(await ask(following, stack.databaseUrl)).toEqual(['replica-1'])
    await still.signal('SIGCONT')
    await expect.poll(() => ask(following, stack.databaseUrl), { timeout: 10_000 }).toEqual(['primary', 'replica-1'])
    await ask('insert into kept values (5)', stack.databaseUrl)
    await expect.poll(() => rowsOf('primary'), { timeout: 5_000 }).toEqual([5])
  })

  it('one that is ahead of the new primary is cloned when it is started', async () => {
    const [still, ahead, harmed] = [control('primary'), control('replica-1'), control('replica-2')]
    await still.signal('SIGSTOP')
    // More than sockets hold: what lies there comes to one that goes on.
    await ask('insert into kept select generate_series(1, 400000)', stack.databaseUrl)
    await expect.poll(() => rowsOf('replica-1'), { timeout: 30_000 }).toEqual([400_005])
    await ahead.signal('SIGKILL')
    await failOver.apply(harmed, parameters)
    await still.signal('SIGCONT')
    await failOver.during?.(harmed, parameters, atOnce)
    expect([stack.cluster?.primary, await rowsOf('primary')]).toEqual(['primary', [5]])
    await ahead.start()
    await expect.poll(() => ask(following, stack.databaseUrl), { timeout: 10_000 }).toEqual(['replica-1'])
    expect(await rowsOf('replica-1')).toEqual([5])
    await failOver.heal(harmed, parameters)
    expect(await ask(following, stack.databaseUrl)).toEqual(replicaIds)
  })
})
