import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { planFolder } from '../../plan/folder.ts'
import { loadPlan } from '../../plan/load-plan.ts'
import { noOverrides } from '../../plan/overrides.ts'
import { systemClock } from '../../record/clock.ts'
import { readCatalogue } from '../catalogue.ts'
import type { CliContext } from '../context.ts'
import { tellError } from '../problem.ts'
import { startShopServer } from '../testing/shop-server.ts'
import { initCommand } from './init.ts'

let folder = ''
let files = 0
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'squall-init-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const newFile = () => join(folder, `plan-${++files}.yaml`)

/** Runs the command as `squall` would, with errors told and turned into exit codes. */
async function init(out: string, ...words: readonly string[]) {
  const ran = { stdout: '', stderr: '', exitCode: 0 }
  const context = {
    stdout: (text: string) => {
      ran.stdout += text
    },
    stderr: (text: string) => {
      ran.stderr += text
    },
    clock: systemClock,
    setExitCode: (code: number) => {
      ran.exitCode = code
    },
    interrupt: new AbortController().signal,
  } as Partial<CliContext> as CliContext
  try {
    const program = new Command().addCommand(initCommand(context))
    await program.parseAsync(['init', '--out', out, ...words], { from: 'user' })
  } catch (error) {
    const told = tellError(error)
    ran.stderr += told.text
    ran.exitCode = told.exitCode
  }
  return ran
}

const toolsOf = (file: string) => parse(readFileSync(file, 'utf8')).load.with.tools

describe('a first plan', () => {
  test('for each tool what it needs, from what it and others answered; nothing that may destroy is called', async () => {
    await using server = await startShopServer()
    const out = newFile()
    const ran = await init(out, '--target', server.url)
    expect(ran.exitCode, ran.stderr).toBe(0)
    expect(toolsOf(out)).toEqual({
      list_products: { weight: 3, arguments: [{ limit: 5 }] },
      get_product: {
        weight: 3,
        arguments: [{ product_id: '{id}' }],
        from: { answer: 'list_products', at: '/products' },
      },
      convert: { weight: 3, arguments: expect.any(Array) },
      track_parcel: { weight: 0, arguments: [{ tracking_code: expect.any(String) }] },
      delete_product: { weight: 0, arguments: [{ product_id: expect.any(String) }] },
      add_to_cart: { weight: 0, arguments: [{ product_id: expect.any(String) }] },
      stock_report: { weight: 3 },
    })
    // So many different ones that mock data would show.
    const asked: { readonly to: string }[] = toolsOf(out).convert.arguments
    expect(new Set(asked.map((set) => JSON.stringify(set))).size).toBeGreaterThan(10)
    expect(new Set(asked.map(({ to }) => to))).toEqual(new Set(['chf', 'eur']))
    const calls = server.calls.toSorted()
    expect(calls.filter((call) => call.startsWith('convert')).length).toBeLessThanOrEqual(asked.length)
    expect(calls.filter((call) => !call.startsWith('convert'))).toEqual([
      'get_product {"product_id":"p-17"}',
      'list_products {"limit":5}',
      'stock_report {}',
      expect.stringContaining('track_parcel'),
    ])
    expect(ran.stdout).toBe('')
    expect(ran.stderr).toMatch(/track_parcel +off: needs arguments +no such parcel/)
    expect(ran.stderr).toMatch(/delete_product +off: not allowed +it says that it may destroy/)
    expect(ran.stderr).toContain(`squall gate ${out} --quick`)
  })

  test('is a plan without problems, and the same for the same seed', async () => {
    await using server = await startShopServer()
    const [first, again, other] = [newFile(), newFile(), newFile()]
    for (const [file, seed] of [
      [first, 1],
      [again, 1],
      [other, 2],
    ] as const)
      await init(file, '--target', server.url, '--seed', String(seed))
    const text = (file: string) => readFileSync(file, 'utf8').replace(/^name: .*$/m, '')
    expect(text(again)).toBe(text(first))
    expect(text(other)).not.toBe(text(first))
    const { plan, problems } = loadPlan({
      plan: first,
      loadText: planFolder(folder, folder),
      catalogue: await readCatalogue(),
      overrides: { ...noOverrides, quick: true },
    })
    expect(problems).toEqual([])
    expect(plan?.load.workload).toBe('mcp-tools')
  })

  test('tools are called that the user allows', async () => {
    await using server = await startShopServer()
    const [named, writes] = [newFile(), newFile()]
    await init(named, '--target', server.url, '--allow-tool', 'delete_product')
    expect(toolsOf(named)).toMatchObject({ delete_product: { weight: 1 }, add_to_cart: { weight: 0 } })
    server.calls.length = 0
    await init(writes, '--target', server.url, '--allow-writes')
    expect(toolsOf(writes)).toMatchObject({ delete_product: { weight: 0 }, add_to_cart: { weight: 1 } })
    expect(server.calls.some((call) => call.startsWith('delete_product'))).toBe(false)
  })
})

test('with a database that lets nobody in the plan is written, and why it cannot be run yet is told (2)', async () => {
  await using server = await startShopServer()
  const out = newFile()
  const ran = await init(out, '--target', server.url, '--database', 'postgres://looker:hunter2@127.0.0.1:1/shop')
  expect(ran.exitCode, ran.stderr).toBe(2)
  expect(ran.stderr).toMatch(/looker@127\.0\.0\.1:1\/shop does not let us in: .*ECONNREFUSED/)
  expect(ran.stderr + readFileSync(out, 'utf8')).not.toContain('hunter2')
})

describe('nothing is written', () => {
  test('over a plan that is there', async () => {
    await using server = await startShopServer()
    const out = newFile()
    writeFileSync(out, 'mine')
    expect(await init(out, '--target', server.url)).toMatchObject({
      exitCode: 64,
      stderr: expect.stringContaining('is there already'),
    })
    expect(readFileSync(out, 'utf8')).toBe('mine')
    expect(server.connections()).toBe(0)
  })

  test.each([
    {
      why: 'a host that is not this machine',
      words: ['--target', 'http://192.0.2.1/mcp'],
      says: '--allow-host 192.0.2.1',
    },
    {
      why: 'another host than the allowed one',
      words: ['--target', 'http://192.0.2.1/mcp', '--allow-host', '192.0.2.2'],
      says: 'got 192.0.2.1',
    },
    { why: 'no address', words: ['--target', 'localhost:8080'], says: 'expected an address' },
    { why: 'a login in the address', words: ['--target', 'http://me:pass@127.0.0.1/mcp'], says: 'got a login' },
    {
      why: 'a seed that is none',
      words: ['--target', 'http://127.0.0.1:9/mcp', '--seed', '-1'],
      says: '--seed: got -1',
    },
    {
      why: 'a variable that is not set',
      words: ['--target', 'http://127.0.0.1:9/mcp', '--auth-env', 'SQUALL_NOT_SET'],
      says: 'no value in SQUALL_NOT_SET',
    },
    {
      why: 'a header without a variable',
      words: ['--target', 'http://127.0.0.1:9/mcp', '--header', 'X-Team'],
      says: 'got X-Team',
    },
    {
      why: 'a key in the address',
      words: ['--target', 'http://127.0.0.1:9/mcp?apiKey=hunter2'],
      says: '?apiKey= in the address',
    },
    {
      why: 'a password behind the address of the database',
      words: ['--target', 'http://127.0.0.1:9/mcp', '--database', 'postgres://127.0.0.1/x?password=hunter2'],
      says: 'without a password',
    },
    {
      why: 'another host behind it',
      words: ['--target', 'http://127.0.0.1:9/mcp', '--database', 'postgres://127.0.0.1/x?host=db.test'],
      says: 'before the question mark',
    },
    {
      why: 'a password that cannot be read',
      words: ['--target', 'http://127.0.0.1:9/mcp', '--database', 'postgres://me:100%hunter2@127.0.0.1/x'],
      says: '%25',
    },
    {
      why: 'a header with its value',
      words: ['--target', 'http://127.0.0.1:9/mcp', '--header', 'Authorization: hunter2'],
      says: 'got a value',
    },
    {
      why: 'a header with its value as variable',
      words: ['--target', 'http://127.0.0.1:9/mcp', '--header', 'Authorization=Bearer hunter2'],
      says: '--header Authorization: got a value',
    },
    {
      why: 'a header of our own',
      words: ['--target', 'http://127.0.0.1:9/mcp', '--header', 'Host=hunter2'],
      says: 'Squall sets it itself',
    },
    {
      why: 'a token where its variable belongs',
      words: ['--target', 'http://127.0.0.1:9/mcp', '--auth-env', 'hunter2.x'],
      says: '--auth-env: got a value',
    },
  ])('for $why (64)', async ({ words, says }) => {
    const out = newFile()
    const ran = await init(out, ...words)
    expect(ran).toMatchObject({ exitCode: 64, stderr: expect.stringContaining(says) })
    expect(ran.stderr).not.toContain('hunter2')
    expect(existsSync(out)).toBe(false)
  })

  test('for a tool that there is not (64)', async () => {
    await using server = await startShopServer()
    const out = newFile()
    const ran = await init(out, '--target', server.url, '--allow-tool', 'delete_prodct')
    expect(ran).toMatchObject({ exitCode: 64, stderr: expect.stringContaining('no tool is called delete_prodct') })
    expect(server.calls).toEqual([])
    expect(existsSync(out)).toBe(false)
  })

  test('where nobody answers (3)', async () => {
    const out = newFile()
    const ran = await init(out, '--target', 'http://127.0.0.1:9/mcp')
    expect(ran).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('does not answer as an MCP server') })
    expect(existsSync(out)).toBe(false)
  })
})
