import { afterEach, describe, expect, it } from 'vitest'
import type { Check } from '../../setup/checkup.ts'
import { atLeast } from '../../setup/checkup.ts'
import type { Answer } from '../../setup/fake-setting.ts'
import { done, fakeSetting, missing } from '../../setup/fake-setting.ts'
import { doctorCommand, render } from './doctor.ts'

const exitCodeBefore = process.exitCode
afterEach(() => {
  process.exitCode = exitCodeBefore
})

async function doctor(answer: Answer, args: string[] = [], env: NodeJS.ProcessEnv = {}) {
  await using f = await fakeSetting(answer)
  let printed = ''
  const command = doctorCommand({
    setting: { ...f.setting, env },
    findLeftovers: async () => [{ text: 'run 17 left a fault', hint: 'squall heal' }],
    print: (text) => {
      printed += text
    },
  })
  await command.parseAsync(args, { from: 'user' })
  const exitCode = process.exitCode
  return { printed, exitCode, ran: f.ran }
}

const allTools: Answer = (argv) => (argv.includes('GOVERSION') ? done('go1.26.8\n') : done('1.2.3\n'))

describe('squall doctor', () => {
  it('is content when what is not there can be made', async () => {
    const { printed, exitCode, ran } = await doctor(allTools)
    expect(exitCode).toBe(0)
    expect(printed).toMatch(/k6 +at first run/)
    expect(printed).toMatch(/run 17 left a fault\n +→ squall heal/)
    expect(printed).toMatch(/\nReady \(.*made at the first run.*\)\.\n$/)
    expect(ran.flat()).not.toContain('build') // it looks, and makes nothing
  })

  it('names each missing tool with the command that installs it, and ends with 3', async () => {
    const { printed, exitCode } = await doctor(() => missing)
    expect(exitCode).toBe(3)
    for (const id of ['go', 'k6', 'toxiproxy'])
      expect(printed).toMatch(new RegExp(`\\n${id} +MISSING.*\\n +→ \\S+ .*go`))
    expect(printed).toMatch(/\nNot ready: \d+ missing\.\n$/)
  })

  it('tells a wrong variable as missing and goes on', async () => {
    const { printed, exitCode } = await doctor(allTools, [], { SQUALL_K6: '/no/such/k6' })
    expect(exitCode).toBe(3)
    expect(printed).toMatch(/k6 +MISSING +SQUALL_K6=\/no\/such\/k6/)
    expect(printed).toMatch(/toxiproxy +at first run/)
  })

  it('prints JSON and nothing else', async () => {
    const { printed } = await doctor(allTools, ['--json'])
    const report: { ready: boolean; schemaVersion: number; checks: Check[] } = JSON.parse(printed)
    expect(report).toMatchObject({ ready: true, schemaVersion: 1 })
    const ids = report.checks.map(({ id }) => id)
    for (const id of ['node', 'npm', 'go', 'pip', 'k6', 'toxiproxy', 'postgres', 'data', 'memory', 'cores']) {
      expect(ids).toContain(id)
    }
  })

  it.each<[reason: string, value: number | undefined, state: string, text: string]>([
    ['enough', 2, 'ok', '2 GB'],
    ['exactly enough', 1.5, 'ok', '1.5 GB'],
    ['too little', 1.44, 'missing', '1.4 GB; 1.5 needed'],
    ['not known is not a pass', undefined, 'warning', `not known on ${process.platform}; 1.5 needed`],
    ['no bound', Number.MAX_SAFE_INTEGER, 'ok', 'unlimited GB'],
  ])('compares: %s', (_reason, value, state, text) => {
    expect(atLeast('memory', value, 1.5, 'missing', 'GB', 'do')).toMatchObject({ state, text })
  })

  it.each<[reason: string, states: Check['state'][], last: string]>([
    ['all there', ['ok', 'ok'], 'Ready.'],
    ['a warning', ['ok', 'warning'], 'Ready (1 warning).'],
    ['both', ['later', 'warning', 'warning'], 'Ready (1 made at the first run, 2 warnings).'],
    ['missing outweighs', ['later', 'missing'], 'Not ready: 1 missing.'],
  ])('sums up: %s', (_reason, states, last) => {
    const checks = states.map((state): Check => ({ id: 'x', state, text: 'y' }))
    expect(render(checks, false).trimEnd().split('\n').at(-1)).toBe(last)
  })
})
