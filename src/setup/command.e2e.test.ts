import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { runCommand } from './command.ts'

const timeoutMs = 10_000

describe('running a command', () => {
  it('hands over arguments as they are', async () => {
    const text = `it's "$HOME" \`x\` \\ * \n;&|<>(){}[]!#~`
    expect(await runCommand(['printf', '%s', text], { timeoutMs })).toMatchObject({ ok: true, stdout: text })
  })

  it('gives input where there is some, else none', async () => {
    expect(await runCommand(['cat'], { timeoutMs, input: 'hello' })).toMatchObject({ stdout: 'hello' })
    expect(await runCommand(['cat'], { timeoutMs })).toMatchObject({ ok: true, stdout: '' })
  })

  it('tells a failure and keeps its output', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'squall-command-'))
    const logPath = join(dir, 'logs', 'x.log')
    const result = await runCommand(['sh', '-c', 'echo a; echo b >&2; exit 4'], { timeoutMs, logPath })
    expect(result).toMatchObject({ ok: false, why: 'exit code 4', isMissing: false, stdout: 'a\n' })
    expect(await readFile(logPath, 'utf8')).toMatch(/exit 4\n[ab\n]+/)
    await rm(dir, { recursive: true })
  })

  it('tells that a program is not there', async () => {
    expect(await runCommand(['no-such-program'], { timeoutMs })).toMatchObject({ ok: false, isMissing: true })
  })

  it('ends what takes too long, and what that started', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'squall-command-'))
    const inner = `sleep 1; touch ${join(dir, 'came-through')}`
    const result = await runCommand(['sh', '-c', `(${inner}) & wait`], {
      timeoutMs: 300,
    })
    expect(result).toMatchObject({ ok: false, why: expect.stringContaining('no end within 0.3 s') })
    await sleep(1_200)
    expect(await readdir(dir)).toEqual([])
    await rm(dir, { recursive: true })
  })

  it('ends on an interrupt', async () => {
    const result = await runCommand(['sleep', '30'], { timeoutMs, signal: AbortSignal.timeout(200) })
    expect(result).toMatchObject({ ok: false, why: 'interrupted', isAborted: true })
  })
})
