import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { expect, it } from 'vitest'
import { systemClock } from '../../src/record/clock.ts'
import { startLocalStack } from '../../src/stack/local/local-stack.ts'
import { controlNode } from '../../src/stack/node-control.ts'
import { plainNode, Setting, stackPlan } from './stack-setting.ts'

const backups = { archive: true, archiveTimeoutMs: 60_000, baseEveryMs: null, dumpEveryMs: null, productionBytes: null }

it('after a fail-over the archive goes on at the new primary, on its own timeline; its faults are refused at the old one', async () => {
  using setting = new Setting()
  const keeper = await setting.keeper('archive')
  const plan = stackPlan({ primary: { backups } })
  const replica = {
    ...plainNode,
    id: 'replica',
    role: 'postgres',
    maxConnections: 40,
    follows: 'primary',
    backups,
  } as const
  const stack = await startLocalStack(
    await setting.options('archive', keeper, { ...plan, nodes: { ...plan.nodes, replica } }),
  )
  try {
    const archived = (): readonly string[] =>
      readdirSync(join(setting.stateDir, 'data', 'archive', 'primary.backups', 'archive'))
    await keeper.signal('primary', 'SIGKILL', { planned: true, tree: true })
    await stack.cluster?.promote()
    await stack.cluster?.route('replica')
    const client = new pg.Client({ connectionString: stack.databaseUrl, query_timeout: 20_000 })
    await client.connect()
    await client.query('create table later (id int)')
    const { rows } = await client.query<{ file: string }>('select pg_walfile_name(pg_switch_wal()) as file')
    await client.end()
    const file = rows[0]?.file ?? ''
    expect(file).toMatch(/^00000002/)
    await expect.poll(archived, { timeout: 10_000 }).toContain(file)
    await stack.cluster?.rejoin('primary')
    const node = stack.nodes.get('primary')
    if (node === undefined) throw new Error('no primary')
    const control = controlNode(node, stack, keeper, 'mine', systemClock, () => undefined)
    const harm = control.database?.transaction(async (run) => {
      await control.backup?.markPoint(run, 'customers')
    })
    await expect(harm).rejects.toThrow(/recovery/)
  } finally {
    await stack.stop()
    await keeper.endAll()
  }
})
