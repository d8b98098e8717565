import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StackPlan } from '../../src/domain/plan.ts'
import { markName } from '../../src/keeper/ending.ts'
import { runningWithVariable } from '../../src/keeper/process-table.ts'
import { startLocalStack } from '../../src/stack/local/local-stack.ts'
import type { LocalStackOptions } from '../../src/stack/local/options.ts'
import { StackError } from '../../src/stack/stack-error.ts'
import { Setting, stackPlan } from './stack-setting.ts'

let setting: Setting

beforeAll(() => {
  setting = new Setting()
})
afterAll(() => setting[Symbol.dispose]())

/** Starts what cannot start; looks that nothing is left before the keeper is ended, and resolves to the error. */
async function failToStart(
  change: (options: LocalStackOptions) => LocalStackOptions | Promise<LocalStackOptions>,
  plan?: StackPlan,
): Promise<StackError> {
  const runId = setting.newRunId()
  await using keeper = await setting.keeper(runId)
  const options = await change(await setting.options(runId, keeper, plan))
  const error: unknown = await startLocalStack(options).then(
    async (stack) => {
      await stack.stop()
      return new Error('it started')
    },
    (reason: unknown) => reason,
  )
  if (!(error instanceof StackError)) throw error
  expect(error.exitCode).toBe(3)
  expect(error.hint).not.toBe('')
  expect(runningWithVariable(markName, keeper.stateFolder)).toEqual([])
  expect(existsSync(join(setting.stateDir, 'data', runId))).toBe(false)
  return error
}

/** A copy of the prepared data that is then spoiled. */
async function withTemplate(options: LocalStackOptions, spoil: (dir: string) => void): Promise<LocalStackOptions> {
  const dir = join(setting.dir, 'template')
  rmSync(dir, { recursive: true, force: true })
  const copy = spawn('cp', ['-a', options.engines.dataTemplate.dir, dir])
  await once(copy, 'exit')
  spoil(dir)
  const { engines } = options
  return { ...options, engines: { ...engines, dataTemplate: { ...engines.dataTemplate, dir } } }
}

describe('a stack that cannot start says why, and leaves nothing', () => {
  it('a fixed port that is taken: which, and by whom', async () => {
    const holder = createServer().listen(0, '127.0.0.1')
    await once(holder, 'listening')
    const address = holder.address()
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0
    try {
      const error = await failToStart((options) => options, stackPlan({ primary: { port } }))
      expect(error.kind).toBe('port_taken')
      expect(error.message).toContain(`port ${port}, which the plan fixes for primary, is taken by `)
      expect(error.message).toContain(`(process ${process.pid})`)
    } finally {
      holder.close()
    }
  })

  it('a proxy binary that is missing', async () => {
    const error = await failToStart((options) => ({
      ...options,
      engines: { ...options.engines, toxiproxy: { path: '/nowhere/toxiproxy' } },
    }))
    expect(error.kind).toBe('missing_binary')
    expect(error.message).toContain('/nowhere/toxiproxy')
  })

  it('a PostgreSQL that is missing', async () => {
    const error = await failToStart((options) => ({
      ...options,
      engines: { ...options.engines, postgres: { binDir: '/nowhere', version: '16' } },
    }))
    expect(error.kind).toBe('missing_binary')
    expect(error.message).toContain('/nowhere/postgres')
  })

  it('a database whose files are damaged: with the words of its log', async () => {
    const error = await failToStart((options) =>
      withTemplate(options, (dir) => rmSync(join(dir, 'global', 'pg_control'))),
    )
    expect(error.kind).toBe('database_will_not_start')
    expect(error.message).toContain('pg_control')
    expect(error.logPath).toMatch(/primary\.log$/)
  })

  it('a database with a setting that it refuses', async () => {
    const error = await failToStart((options) =>
      withTemplate(options, (dir) => appendFileSync(join(dir, 'postgresql.conf'), "work_mem = 'much'\n")),
    )
    expect(error.kind).toBe('database_will_not_start')
    expect(error.message).toContain('work_mem')
  })

  it('prepared data that is not there', async () => {
    const error = await failToStart((options) => ({
      ...options,
      engines: {
        ...options.engines,
        dataTemplate: { ...options.engines.dataTemplate, dir: dirname(setting.dir) },
      },
    }))
    expect(error.kind).toBe('database_will_not_start')
    expect(error.message).toContain('not a PostgreSQL data directory')
  })

  it('a server that ends at once, with what it said', async () => {
    const command = ['sh', '-c', 'echo the cat has eaten the configuration >&2; exit 7']
    const error = await failToStart((options) => options, stackPlan({ server: { command } }))
    expect(error.kind).toBe('server_will_not_start')
    expect(error.message).toContain('code 7')
    expect(error.message).toContain('the cat has eaten the configuration')
    expect(error.logPath).toMatch(/server\.log$/)
  })

  it('a server that never listens, a child of its own included', async () => {
    const command = ['sh', '-c', 'setsid sleep 300 & sleep 300']
    const server = { command, readyPath: null, readyWithinMs: 1_000 }
    const error = await failToStart((options) => options, stackPlan({ server }))
    expect(error.kind).toBe('server_will_not_start')
    expect(error.message).toContain('not ready after 1 s')
    expect(error.message).toContain('ECONNREFUSED')
  })

  it('a command that is not there', async () => {
    const error = await failToStart((options) => options, stackPlan({ server: { command: ['no-such-server'] } }))
    expect(error.kind).toBe('missing_binary')
    expect(error.message).toContain('no-such-server')
  })

  it('an interrupt while it starts', async () => {
    const controller = new AbortController()
    const error = await failToStart((options) => {
      setTimeout(() => controller.abort(), 300)
      return { ...options, signal: controller.signal }
    })
    expect(error.kind).toBe('interrupted')
  })

  it('an interrupt that has an error of its own', async () => {
    const runId = setting.newRunId()
    await using keeper = await setting.keeper(runId)
    const signal = AbortSignal.abort(new Error('the user wants to stop'))
    const options = await setting.options(runId, keeper)
    await expect(startLocalStack({ ...options, signal })).rejects.toThrow('the user wants to stop')
  })

  it('a place for the data that cannot be made', async () => {
    const blocked = join(setting.dir, 'not-a-folder')
    writeFileSync(blocked, '')
    const error = await failToStart((options) => ({
      ...options,
      engines: { ...options.engines, places: { ...options.engines.places, dataDir: blocked } },
    }))
    expect(error.kind).toBe('keeper_failed')
    expect(error.message).toContain('ENOTDIR')
  })
})
