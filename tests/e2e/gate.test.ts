import { once } from 'node:events'
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { expectEnd, expectNoMiss, expectVerdict } from './expect-no-miss.ts'
import { finding, SquallProcess } from './squall-process.ts'
import { isHeldUp } from './stalls.ts'

function spoilt(spoil: string): SquallProcess {
  return new SquallProcess([
    'gate',
    'tests/e2e/plans/spoilt.yaml',
    '--out',
    '{out}',
    '--set',
    `stack.nodes.server.env.SPOIL=${spoil}`,
  ])
}

function pidOf(squall: SquallProcess, node: string): number {
  const row = squall
    .text('timeline.ndjson')
    .split('\n')
    .filter((line) => line.includes(`"process","${node}"`))
    .map((line) => JSON.parse(line) as [number, string, string, { pid: number }])[0]
  if (!row) throw new Error(`no process ${node} in the timeline`)
  return row[3].pid
}

function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}`)
}

async function goneWithin(pids: readonly number[], ms: number): Promise<readonly number[]> {
  const untilMs = performance.now() + ms
  for (;;) {
    const left = pids.filter(isRunning)
    if (left.length === 0 || performance.now() > untilMs) return left
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const nodes = ['primary', 'server', 'toxiproxy', 'keeper']

describe('the launch gate, shortened', () => {
  it('passes with the remediated server, as far as the machine itself does not stand still', async () => {
    using squall = new SquallProcess(['gate', '--quick', '--json', '--out', '{out}'])
    const exitCode = await squall.exitCode()
    expect([0, 1, 2], squall.stderr).toContain(exitCode)
    const report = squall.report()
    expectNoMiss(squall, report, exitCode)
    expect(JSON.parse(squall.stdout)).toEqual(report)
    expect(report.load.usersPeak).toBe(1_000)
    expect(
      report.injections.map(({ fault, observedUs, healVerifiedUs }) => [
        fault,
        observedUs !== null,
        healVerifiedUs !== null,
      ]),
    ).toEqual([
      ['latency', true, true],
      ['reset', true, true],
      ['down', true, true],
      ['black-hole', true, true],
    ])
    // The margin that tells the two pools apart (plans/presets): well over the 30, well under 85 of 100.
    const peak = finding(report, 'latency-pool-peak')
    if (!isHeldUp(squall, report, peak)) {
      expect(peak.measured.value).toBeGreaterThan(0.32)
      expect(peak.measured.value).toBeLessThanOrEqual(0.85)
    }
    const before = new Map(
      ['report.json', 'report.html', 'junit.xml', 'summary.md', 'metrics.prom', 'evidence.json'].map((name) => [
        name,
        squall.text(name),
      ]),
    )
    using again = new SquallProcess(['report', squall.out])
    expect(await again.exitCode()).toBe(exitCode)
    for (const [name, text] of before)
      expect(squall.text(name) === text, `${name} is the same byte for byte`).toBe(true)
    using verified = new SquallProcess(['verify-evidence', squall.out])
    expect(await verified.exitCode(), verified.stdout).toBe(0)
    appendFileSync(join(squall.out, 'pool.ndjson'), '\n')
    using tampered = new SquallProcess(['verify-evidence', squall.out])
    expect(await tampered.exitCode()).toBe(1)
    expect(tampered.stdout).toMatch(/✘ pool\.ndjson: changed/)
  })

  it('fails with the server as it was assessed, because its pool exhausts under latency', async () => {
    using squall = new SquallProcess(['gate', 'as-assessed', '--quick', '--out', '{out}'])
    const exitCode = await squall.exitCode()
    expect([1, 2], squall.stderr).toContain(exitCode)
    const report = squall.report()
    expect(report.verdict).not.toBe('pass')
    const exhausted = finding(report, 'latency-pool-exhausted')
    if (isHeldUp(squall, report, exhausted)) return
    expect(exhausted, exhausted.why).toMatchObject({ verdict: 'fail', reason: 'beyond_bound' })
    expect(exitCode).toBe(1)
    expect(report.summary).toMatch(/^Do not launch/)
    expect(report.summary).toMatch(/pool/)
  })
})

describe('a system that breaks', () => {
  it('whose database is killed by hand fails, named as an unplanned exit', async () => {
    using squall = new SquallProcess(['gate', 'smoke', '--out', '{out}'])
    await squall.said(/\d+\/20 s \| steady/)
    process.kill(pidOf(squall, 'primary'), 'SIGKILL')
    expect(await squall.exitCode(), squall.stderr).toBe(1)
    const report = squall.report()
    const exit = report.findings.find(({ reason }) => reason === 'unplanned_exit')
    expect(exit).toMatchObject({ verdict: 'fail', judged: true })
    expect(exit?.why).toContain('primary')
  })

  it('whose metrics stop is inconclusive', async () => {
    using squall = spoilt('metrics-stop')
    expect(await squall.exitCode(), squall.stderr).toBe(2)
    expect(squall.report().findings.filter(({ judged, verdict }) => judged && verdict === 'fail')).toEqual([])
    expect(squall.report().findings.map(({ reason }) => reason)).toContain('sampler_silent')
  })

  it.each([
    ['is-error', 'tool_error'],
    ['says-failed', 'application_error'],
  ])('that answers every call %s, with HTTP 200, fails', async (spoil, outcome) => {
    using squall = spoilt(spoil)
    const exitCode = await squall.exitCode()
    const report = squall.report()
    expectEnd(squall, report, exitCode, 'fail')
    if (expectVerdict(squall, report, 'clear-errors', 'fail'))
      expect(finding(report, 'clear-errors').measured.value).toBe(1)
    expect(report.errors.rows[0]?.outcome).toBe(outcome)
  })
})

describe('bad input', () => {
  it('is reported at once, every problem with its path, and nothing is started', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'squall-plan-'))
    using cleanup = new DisposableStack()
    cleanup.defer(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'bad.yaml')
    writeFileSync(
      file,
      [
        'squall: 1',
        'name: bad',
        'extends: smoke',
        'lod: {}',
        'load: {pace: 4}',
        'faults:',
        '  - {id: a, fault: down, on: db, start: {phase: nowhere, at: 1 s}, for: 5 s}',
        '  - {id: b, fault: down, on: db, start: {phase: steady, at: 19 s}, for: 5 s}',
      ].join('\n'),
    )
    using squall = new SquallProcess(['gate', file, '--out', '{out}'])
    expect(await squall.exitCode()).toBe(64)
    for (const text of ['lod', 'load.pace', 'nowhere', 'faults']) expect(squall.stderr).toContain(text)
    expect(existsSync(squall.out)).toBe(false)
    expect(squall.stdout).toBe('')
  })

  it.each([
    ['an unknown command', ['gat'], 'gat'],
    ['an unknown flag', ['gate', '--quik'], '--quik'],
    ['a plan that is not there', ['gate', 'nope'], 'nope'],
  ])('%s ends with 64', async (_what, args, said) => {
    using squall = new SquallProcess(args)
    expect(await squall.exitCode()).toBe(64)
    expect(squall.stderr).toContain(said)
  })
})

describe('a harness that cannot work ends with 3 and one message', () => {
  it('without its load generator', async () => {
    using squall = new SquallProcess(['gate', 'smoke', '--out', '{out}'], { SQUALL_K6: '/nowhere/k6' })
    expect(await squall.exitCode()).toBe(3)
    expect(squall.stderr).toContain('/nowhere/k6')
  })

  it('when a port that the plan fixes is taken', async () => {
    const holder = createServer().listen(0, '127.0.0.1')
    await once(holder, 'listening')
    const address = holder.address()
    const port = typeof address === 'object' && address ? address.port : 0
    using squall = new SquallProcess(['gate', 'smoke', '--out', '{out}', '--set', `stack.nodes.server.port=${port}`])
    expect(await squall.exitCode()).toBe(3)
    expect(squall.stderr).toContain(String(port))
    expect(squall.stderr).toContain('hint')
    holder.close()
  })

  it('when its load generator is killed', async () => {
    using squall = new SquallProcess(['gate', 'smoke', '--out', '{out}'])
    await squall.said(/\d+\/20 s \| steady/)
    const host = readFileSync(join(squall.out, 'host.ndjson'), 'utf8')
    const pid = Number(/"k6",(\d+)/.exec(host)?.[1])
    process.kill(pid, 'SIGKILL')
    expect(await squall.exitCode(), squall.stderr).toBe(3)
    expect(squall.report().verdict).not.toBe('pass')
  })
})

describe('a harness that is stopped', () => {
  it('by Ctrl-C heals, ends everything, writes a partial report and ends with 130', async () => {
    using squall = new SquallProcess(['gate', 'smoke', '--out', '{out}'])
    await squall.said(/latency \d s more/)
    const pids = nodes.map((node) => pidOf(squall, node))
    squall.child.kill('SIGINT')
    expect(await squall.exitCode(), squall.stderr).toBe(130)
    expect(pids.filter(isRunning)).toEqual([])
    expect(squall.report().verdict).not.toBe('pass')
    expect(squall.text('timeline.ndjson')).toContain('"healVerified"')
  })

  it('by kill -9 in mid-fault leaves nothing, 5 s later', async () => {
    using squall = new SquallProcess(['gate', 'smoke', '--out', '{out}'])
    await squall.said(/latency \d s more/)
    const host = readFileSync(join(squall.out, 'host.ndjson'), 'utf8')
    const ours = ['k6', 'squall'].map((name) => Number(new RegExp(`"${name}",(\\d+)`).exec(host)?.[1]))
    expect(ours.map(isRunning)).toEqual([true, true])
    const pids = [...ours, ...nodes.map((node) => pidOf(squall, node))]
    squall.child.kill('SIGKILL')
    expect(await goneWithin(pids, 5_000)).toEqual([])
  })
})
