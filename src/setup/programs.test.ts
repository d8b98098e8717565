import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { CommandResult } from './command.ts'
import type { Answer, FakeSetting } from './fake-setting.ts'
import { done, failed, fakeSetting, missing } from './fake-setting.ts'
import { ensureK6, findK6 } from './k6.ts'
import { ensureToxiproxy } from './toxiproxy.ts'

const k6Says =
  'k6 v1.8.1 (go1.26.8, linux/amd64)\nExtensions:\n  x (devel), k6/x/sql [js]\n  x (devel), k6/x/sql/driver/pgx [js]\n  x (devel), k6/x/squall [js]\n'

interface World {
  go?: CommandResult
  build?: (binary: string) => Promise<CommandResult>
  says?: string
}

/** A machine with a Go that "builds" by writing a file, and programs that say what `says` holds. */
function world({ go = done('go1.26.8\n'), build, says = k6Says }: World): Answer {
  return async (argv) => {
    if (argv[0] === 'go' && argv[1] === 'env') return go
    if (argv[0] === 'go' && argv[1] === 'build') {
      const binary = argv[argv.indexOf('-o') + 1] ?? ''
      if (build) return build(binary)
      await writeFile(binary, 'program')
      return done()
    }
    return done(says)
  }
}

async function withSources(f: FakeSetting): Promise<string> {
  const engines = join(f.setting.sourceDir, 'engines')
  await mkdir(join(engines, 'k6'), { recursive: true })
  await writeFile(
    join(engines, 'go.mod'),
    'module x\n\ngo 1.25.0\n\nrequire (\n\tgithub.com/Shopify/toxiproxy/v2 v2.12.0 // indirect\n)\n',
  )
  await writeFile(join(engines, 'k6', 'main.go'), 'package main')
  return engines
}

const builds = (f: FakeSetting) => f.ran.filter((argv) => argv[1] === 'build').length

describe('a program built from engines/', () => {
  it('is built once, with its version noted', async () => {
    await using f = await fakeSetting(world({}))
    await withSources(f)
    expect(await findK6(f.setting)).toBeUndefined()
    const k6 = await ensureK6(f.setting)
    expect(k6.version).toBe('1.8.1')
    expect(await ensureK6(f.setting)).toEqual(k6)
    expect(builds(f)).toBe(1)
    expect(f.told.map(({ id }) => id)).toContain('k6')
  })

  it.each<[reason: string, path: string, text: string, builtAgain: boolean]>([
    ['a source changed', 'k6/main.go', 'package main // new', true],
    ['a source came', 'squall/new.go', 'package squall', true],
    ['a dependency changed', 'go.sum', 'x', true],
    ['only a test changed: nothing of it is in the program', 'k6/main_test.go', 'package main', false],
    ['a note changed', 'README.md', 'text', false],
  ])('%s', async (_reason, path, text, builtAgain) => {
    await using f = await fakeSetting(world({}))
    const engines = await withSources(f)
    await ensureK6(f.setting)
    await mkdir(dirname(join(engines, path)), { recursive: true })
    await writeFile(join(engines, path), text)
    await ensureK6(f.setting)
    expect(builds(f)).toBe(builtAgain ? 2 : 1)
  })

  it('is built anew by another Go, and found without any', async () => {
    let go = done('go1.26.8\n')
    await using f = await fakeSetting((argv, options) => world({ go })(argv, options))
    await withSources(f)
    const first = await ensureK6(f.setting)
    go = missing
    expect(await ensureK6(f.setting)).toEqual(first)
    go = done('go1.27.0\n')
    expect((await ensureK6(f.setting)).path).not.toBe(first.path)
    expect(builds(f)).toBe(2)
  })

  it.each<[reason: string, World, kind: string, message: RegExp, hint: RegExp]>([
    ['no Go', { go: missing }, 'missing-tool', /Go is not on PATH/, /Go 1\.25\.0 or newer: \S+/],
    ['a build that fails', { build: async () => failed('boom: undefined') }, 'build-failed', /boom/, /go build/],
    ['an interrupt', { build: async () => failed('', { isAborted: true }) }, 'interrupted', /go build of k6/, /./],
    ['a k6 without our module', { says: 'k6 v1.8.1 (go)\n k6/x/sql' }, 'wrong-file', /lacks .*k6\/x\/squall/, /./],
    [
      'a k6 with the driver alone, which names the module too',
      { says: 'k6 v1.8.1 (go)\n k6/x/sql/driver/pgx [js]\n k6/x/squall [js]' },
      'wrong-file',
      /lacks k6\/x\/sql$/,
      /./,
    ],
    ['a program that is no k6', { says: 'k6/x/sql k6/x/squall' }, 'wrong-file', /no k6 version/, /./],
  ])('tells %s', async (_reason, parts, kind, message, hint) => {
    await using f = await fakeSetting(world(parts))
    await withSources(f)
    const attempt = ensureK6(f.setting)
    await expect(attempt).rejects.toMatchObject({ kind, exitCode: 3 })
    await expect(attempt).rejects.toThrow(message)
    await expect(attempt).rejects.toMatchObject({ hint: expect.stringMatching(hint) })
    expect(await readdir(join(f.setting.places.cacheDir, 'k6')).catch(() => [])).toEqual([])
  })

  it('takes the Toxiproxy version from go.mod, since a build of ours does not know its own', async () => {
    await using f = await fakeSetting(world({ says: 'toxiproxy-server version git\n' }))
    const engines = await withSources(f)
    expect((await ensureToxiproxy(f.setting)).version).toBe('2.12.0')
    await writeFile(join(engines, 'k6', 'main.go'), 'package main // Toxiproxy has nothing of ours in it')
    await ensureToxiproxy(f.setting)
    expect(builds(f)).toBe(1)
  })
})

describe('a program named by a variable', () => {
  it('is used instead, and nothing is built', async () => {
    await using f = await fakeSetting(world({}))
    const path = join(f.dir, 'my-k6')
    await writeFile(path, 'program')
    await chmod(path, 0o755)
    expect(await ensureK6({ ...f.setting, env: { SQUALL_K6: path } })).toEqual({ path, version: '1.8.1' })
    expect(builds(f)).toBe(0)
  })

  it('is an error when it is not there, never passed over', async () => {
    await using f = await fakeSetting(world({}))
    await withSources(f)
    const attempt = ensureK6({ ...f.setting, env: { SQUALL_K6: join(f.dir, 'none') } })
    await expect(attempt).rejects.toMatchObject({ kind: 'wrong-file', message: expect.stringContaining('SQUALL_K6=') })
  })
})
