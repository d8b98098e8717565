import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Comparison } from '../../domain/comparison.ts'
import { planOf } from '../../measure/testing/plan-of.ts'
import type { Overrides } from '../../plan/overrides.ts'
import { listRuns } from '../../record/past-runs.ts'
import type { CliContext } from '../context.ts'
import { graver } from '../exit-code.ts'
import { recordRun } from '../testing/past-run.ts'
import { compareCommand } from './compare.ts'

let runs: string
beforeEach(() => {
  runs = mkdtempSync(join(tmpdir(), 'squall-compare-'))
})
afterEach(() => rmSync(runs, { recursive: true, force: true }))

/** What it said, what it asked plans for, and its exit code. Nothing here may start a run. */
async function compare(...args: readonly string[]) {
  const said = { out: '', err: '', exitCode: null as number | null, asked: [] as (readonly [string, Overrides])[] }
  const context: CliContext = {
    stdout: (text) => {
      said.out += text
    },
    stderr: (text) => {
      said.err += text
    },
    isTerminal: false,
    openLines: null,
    clock: { monotonicUs: () => 0, wallUnixUs: () => 0, sleep: () => Promise.resolve() },
    setExitCode: (code) => {
      said.exitCode = graver(said.exitCode, code)
    },
    catalogue: () => Promise.reject(new Error('not asked')),
    loadPlan: (plan, overrides) => {
      said.asked.push([plan, overrides])
      if (plan === 'broken') {
        const problem = { path: 'stack', received: 'x', expected: 'y', line: null, file: null }
        return Promise.resolve({ plan: null, problems: [problem], advice: [] })
      }
      const usual = planOf()
      const load = { ...usual.load, paceMs: plan === 'paced' ? 500 : 1_000 }
      return Promise.resolve({ plan: { ...usual, load }, problems: [], advice: [] })
    },
    interrupt: new AbortController().signal,
  }
  await compareCommand(context).parseAsync([...args, '--out', join(runs, 'out')], { from: 'user' })
  return said
}

function changeRun(folder: string, changes: object): void {
  const file = join(folder, 'run.json')
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...changes }))
}

describe('runs that there are', () => {
  it('the same: no difference, exit 0, a page and its numbers', async () => {
    const [a, b] = [recordRun(runs, 'a'), recordRun(runs, 'b')]
    const { err, out, exitCode } = await compare(a, b)
    expect([out, exitCode]).toEqual(['', 0])
    expect(err).toContain('= NO DIFFERENCE SHOWN')
    expect(err).toMatch(/= {2}p95 latency +20\.0 ms +20\.0 ms +±0 ms, \+0 % .* no difference shown/)
    expect(readFileSync(join(runs, 'out', 'comparison.html'), 'utf8')).toContain(
      '<title>Comparison: No difference shown',
    )
  })

  it('a slower one: exit 1, and 0 the other way round; --json gives what lies in the folder', async () => {
    const [a, b] = [recordRun(runs, 'a'), recordRun(runs, 'b', { latencyMs: 40 })]
    const worse = await compare(a, b, '--json')
    expect([worse.exitCode, worse.out]).toEqual([1, readFileSync(join(runs, 'out', 'comparison.json'), 'utf8')])
    const { verdict, base, head, rows }: Comparison = JSON.parse(worse.out)
    expect([verdict, base.runs[0]?.folder, head.runs[0]?.folder]).toEqual(['regression', a, b])
    expect(rows.find(({ measure }) => measure === 'tool.latency.p50')?.difference?.value).toBe(20)
    const better = await compare(b, a)
    expect([better.exitCode, better.err]).toEqual([0, expect.stringContaining('✔ IMPROVEMENT')])
  })

  it('what counts can be told', async () => {
    const [a, b] = [recordRun(runs, 'a'), recordRun(runs, 'b', { latencyMs: 24 })]
    expect((await compare(a, b)).exitCode).toBe(0)
    expect((await compare(a, b, '--min-effect', 'time=2 ms')).exitCode).toBe(1)
  })

  it('a folder of runs stands for them, and --base adds one', async () => {
    for (const side of ['base', 'head']) for (const name of ['1', '2']) recordRun(join(runs, side), name)
    const { err } = await compare(join(runs, 'base'), join(runs, 'head'), '--base', recordRun(runs, 'more'))
    expect(err).toContain('base: 3 of generated; head: 2 of generated')
  })

  it('from another environment they are refused with all that differs, or forced and marked everywhere', async () => {
    const [a, b] = [recordRun(runs, 'a'), recordRun(runs, 'b')]
    changeRun(b, { environment: { cores: 64, cpu: 'other' }, versions: { squall: '0.1.0', k6: '9' } })
    const refused = await compare(a, b)
    expect(refused.exitCode).toBe(64)
    expect(refused.err).toMatch(
      /3 differences[\s\S]*environment\.cores: 2 → 64[\s\S]*cpu: not told → other[\s\S]*k6: not told → 9/,
    )
    const forced = await compare(a, b, '--force-foreign', '--json')
    expect(forced.exitCode).toBe(0)
    expect(forced.err).toContain('NO DIFFERENCE SHOWN (between unlike environments, by force)')
    expect((JSON.parse(forced.out) as Comparison).foreign).toHaveLength(3)
    expect((JSON.parse(forced.out) as Comparison).summary).toContain('by force')
    const page = readFileSync(join(runs, 'out', 'comparison.html'), 'utf8')
    expect(page).toContain('<title>Comparison: No difference shown, forced')
    expect(page).toContain('<b>Compared by force.</b>')
  })

  it('a run against itself, and what is no run, are errors', async () => {
    const a = recordRun(runs, 'a')
    await expect(compare(a, a)).rejects.toMatchObject({
      exitCode: 64,
      message: expect.stringContaining('more than once'),
    })
    await expect(compare(a, join(runs, 'nowhere'))).rejects.toMatchObject({ exitCode: 64 })
  })
})

describe('runs that are to come', () => {
  it.each<[reason: string, args: readonly string[], told: RegExp]>([
    ['a run alone', ['a'], /received a alone, expected a run to compare it with/],
    [
      'flags of a run without --repeat',
      ['a', 'b', '--quick', '--base-set', 'x=1'],
      /received --quick, --base-set, expected them with --repeat/,
    ],
    [
      'where the runs should go, without --repeat',
      ['a', 'b', '--database', 'postgres://127.0.0.1/x', '--proxy', 'pg', '--allow-host', 'db.test'],
      /received --database, --proxy, --allow-host, expected them with --repeat/,
    ],
    ['no number', ['a', 'b', '--repeat', 'often'], /received --repeat often, expected a whole number from 1 to 100/],
    ['none at all', ['a', 'b', '--repeat', '0'], /received --repeat 0/],
    ['three plans', ['a', 'b', 'c', '--repeat', '2'], /received 2 plans for head, expected one/],
    [
      'base runs beside',
      ['a', 'b', '--repeat', '2', '--base', 'c'],
      /received --base and --repeat, expected one or the other/,
    ],
    [
      'an unknown kind of effect',
      ['a', 'b', '--min-effect', 'tim=5ms'],
      /received --min-effect tim=5ms, expected kind=size .*time/,
    ],
    [
      'a size without its unit',
      ['a', 'b', '--min-effect', 'time=5', '--min-effect', 'errors=1'],
      /time=5, expected a duration[\s\S]*errors=1, expected percentage points/,
    ],
  ])('%s is refused', async (_reason, args, told) => {
    const { err, exitCode, asked } = await compare(...args)
    expect(err).toMatch(told)
    expect([exitCode, asked]).toEqual([64, []])
  })

  it('a plan that is not right, and load that is not the same, before anything starts', async () => {
    const broken = await compare('usual', 'broken', '--repeat', '2')
    expect([broken.exitCode, broken.err]).toEqual([64, expect.stringContaining('stack')])
    const paced = await compare(
      'usual',
      'paced',
      '--repeat',
      '2',
      '--set',
      'a=1',
      '--base-set',
      'b=2',
      '--head-set',
      'c=3',
    )
    expect([paced.exitCode, paced.err]).toEqual([64, expect.stringContaining('load.paceMs: 1000 → 500')])
    expect(paced.asked.map(([plan, { set }]) => [plan, set])).toEqual([
      ['usual', ['a=1', 'b=2']],
      ['paced', ['a=1', 'c=3']],
    ])
  })
})

it('the folder of a campaign is no past run, and no unreadable one', () => {
  recordRun(join(runs, 'campaign', 'base'), '1')
  recordRun(runs, 'a')
  mkdirSync(join(runs, 'empty'))
  const { runs: found, unreadable } = listRuns(runs)
  expect(found.map(({ folder }) => folder)).toEqual([join(runs, 'a')])
  expect(unreadable.map(({ folder }) => folder)).toEqual([join(runs, 'empty')])
})

it('says in its help that --out is for the comparison', () => {
  const help = compareCommand({} as CliContext).helpInformation()
  expect(help).toMatch(/--out <dir> +where the comparison goes/)
  expect(help).not.toContain('the run folder itself')
})
