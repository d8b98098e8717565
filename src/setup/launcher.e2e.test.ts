import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const top = resolve(import.meta.dirname, '../..')

/** Stands in for the command line: notes what happens to it. */
const stubMain = `
import { appendFileSync } from 'node:fs'
import { onParentGone } from './parent.ts'
const note = (text: string) => appendFileSync(process.env.NOTES ?? '', text + '\\n')
const watches = onParentGone(() => { note('parent gone'); process.exit(9) })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => { note(signal); setTimeout(() => process.exit(130), 300) })
note('args ' + JSON.stringify(process.argv.slice(2)) + ' ' + watches + ' ' + process.env.SQUALL_PARENT_FD)
if (process.argv[2] === 'exit') process.exitCode = Number(process.argv[3])
if (process.argv[2] === 'die') process.kill(process.pid, 'SIGKILL')
if (process.argv[2] === 'wait') setTimeout(() => note('waited in vain'), 30_000)
`

/** An npm that installs nothing but what the launcher looks for. */
const stubNpm = `#!/bin/sh
echo "npm $*" >> "$NOTES"
echo 'some output of npm'
[ -z "$NPM_FAILS" ] || exit 7
sleep 0.5
mkdir -p node_modules/.bin
ln -sf "$REAL_NODE" node_modules/.bin/node
`

let dir: string
let env: NodeJS.ProcessEnv

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'squall-launcher-'))
  await mkdir(join(dir, 'src', 'cli'), { recursive: true })
  await mkdir(join(dir, 'bin'))
  for (const name of ['squall', 'package.json', 'src/cli/parent.ts']) await copyFile(join(top, name), join(dir, name))
  await writeFile(join(dir, 'package-lock.json'), '{"packages":{"":{},"node_modules/a":{"version":"1.0.0"}}}')
  await writeFile(join(dir, 'src', 'cli', 'main.ts'), stubMain)
  await writeFile(join(dir, 'bin', 'npm'), stubNpm, { mode: 0o755 })
  await symlink(process.execPath, join(dir, 'bin', 'node'))
  const notes = join(dir, 'notes')
  env = { PATH: `${join(dir, 'bin')}:/usr/bin:/bin`, NOTES: notes, REAL_NODE: process.execPath }
})

afterEach(() => rm(dir, { recursive: true, force: true }))

interface Started {
  readonly child: ChildProcess
  readonly ended: Promise<{ code: number | null; stderr: string }>
}

function start(args: string[], more: NodeJS.ProcessEnv = {}): Started {
  const child = spawn(join(dir, 'squall'), args, { env: { ...env, ...more }, stdio: ['ignore', 'ignore', 'pipe'] })
  let stderr = ''
  child.stderr?.on('data', (part: Buffer) => {
    stderr += part.toString()
  })
  return { child, ended: once(child, 'close').then(([code]) => ({ code, stderr })) }
}

const notes = () => readFile(join(dir, 'notes'), 'utf8').catch(() => '')

/** Until the notes hold the text; at most 20 s. */
async function noted(text: string): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if ((await notes()).includes(text)) return
    await sleep(50)
  }
  throw new Error(`never noted: ${text}; notes are:\n${await notes()}`)
}

describe('the launcher', () => {
  it('installs once, then passes on arguments and exit code', async () => {
    const first = await start(['exit', '2', 'a b', '--c']).ended
    expect(first.code).toBe(2)
    expect(first.stderr).toMatch(/installing the npm packages/)
    expect((await start(['exit', '64']).ended).code).toBe(64)
    const text = await notes()
    expect(text.match(/npm ci --no-audit --no-fund/g)).toHaveLength(1)
    // The variable is gone: what the child starts must not watch another file under that number.
    expect(text).toContain('args ["exit","2","a b","--c"] true undefined')
  })

  it('installs again when the lock file has changed', async () => {
    await start([]).ended
    await writeFile(join(dir, 'package-lock.json'), '{"packages":{"":{},"node_modules/a":{"version":"2.0.0"}}}')
    await start([]).ended
    expect((await notes()).match(/npm ci/g)).toHaveLength(2)
  })

  it.each<[reason: string, version: string, installs: number]>([
    ['npm has noted the same versions: the user ran npm ci', '1.0.0', 0],
    ['npm has noted another version', '0.9.0', 1],
  ])('without a stamp of its own: %s', async (_reason, version, installs) => {
    await mkdir(join(dir, 'node_modules', 'a'), { recursive: true })
    const note = JSON.stringify({ packages: { 'node_modules/a': { version } } })
    await writeFile(join(dir, 'node_modules', '.package-lock.json'), note)
    expect((await start(['exit', '0']).ended).code).toBe(0)
    expect((await notes()).match(/npm ci/g) ?? []).toHaveLength(installs)
  })

  it('installs once for two that start together', async () => {
    const both = await Promise.all([start(['exit', '0']).ended, start(['exit', '0']).ended])
    expect(both.map(({ code }) => code)).toEqual([0, 0])
    expect((await notes()).match(/npm ci/g)).toHaveLength(1)
  })

  it('takes over the lock of an installer that has died', async () => {
    await mkdir(join(dir, '.cache'))
    await writeFile(join(dir, '.cache', 'npm-ci.lock'), '4194305') // above any process number, proc(5)
    expect((await start(['exit', '0']).ended).code).toBe(0)
  })

  it('shows the output of a failed install and ends with 3', async () => {
    const { code, stderr } = await start([], { NPM_FAILS: '1' }).ended
    expect(code).toBe(3)
    expect(stderr).toMatch(/npm ci ended with 7[\s\S]*some output of npm/)
    expect(await notes()).not.toContain('args')
  })

  it.each<[reason: string, version: string]>([
    ['too old to read an ES module without a file name ending', 'v16.20.2'],
    ['very old', 'v8.17.0'],
    ['not there', ''],
  ])('tells in one line that Node is %s', async (_reason, version) => {
    const fake = version ? `#!/bin/sh\necho ${version}\n` : '#!/bin/sh\nexit 127\n'
    await rm(join(dir, 'bin', 'node'))
    await writeFile(join(dir, 'bin', 'node'), fake, { mode: 0o755 })
    const { code, stderr } = await start([]).ended
    expect(code).toBe(3)
    expect(stderr).toMatch(/^squall: needs Node.js 20 or newer, .*\n$/)
    expect(stderr).toContain(version || 'no node on PATH')
  })

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('passes on %s once, and waits for the end', async (signal) => {
    const { child, ended } = start(['wait'])
    await noted('args')
    child.kill(signal)
    await noted(signal)
    child.kill(signal)
    expect((await ended).code).toBe(130)
    expect((await notes()).match(new RegExp(signal, 'g'))).toHaveLength(1)
  })

  it('ends with 3 when the command line is killed', async () => {
    const { code, stderr } = await start(['die']).ended
    expect(code).toBe(3)
    expect(stderr).toMatch(/ended by SIGKILL/)
  })

  it('lets the command line notice its own death by kill -9', async () => {
    const { child, ended } = start(['wait'])
    await noted('args')
    child.kill('SIGKILL')
    await noted('parent gone')
    await ended
  })
})
