/**
 * `npm test`: the checks (each counts as one test), the Go tests, the set-up, vitest's unit and e2e projects. All of
 * them run, whatever fails; the last line sums up: `N passed, N failed`.
 */
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { ensureEngines } from '../src/setup/engines.ts'
import { SetupError } from '../src/setup/setup-error.ts'
import type { Tally, VitestReport } from './tally.ts'
import { add, judgeSkips, nothing, one, tallyGo, tallyVitest } from './tally.ts'

const top = resolve(import.meta.dirname, '..')
const env = {
  ...process.env,
  PATH: `${join(top, 'node_modules', '.bin')}:${process.env.PATH ?? ''}`,
  NODE_DISABLE_COMPILE_CACHE: '1', // npm and others would leave one in the temporary folder
}

/** As the set-up builds (src/setup/go-build.ts), so that the packages are compiled once: a minute saved when cold. */
const goEnv = { ...env, CGO_ENABLED: '0', GOFLAGS: `${process.env.GOFLAGS ?? ''} -trimpath`.trim() }

/** Full names of tests that may be skipped, each with its reason. */
const allowedSkips: ReadonlyMap<string, string> = new Map()

// Bounds, several times what each took on 2 busy cores; a step over its bound is ended and has failed.
const checkMinutesMax = 10
const goMinutesMax = 20
const unitMinutesMax = 15
const e2eMinutesMax = 90
const mutationMinutesMax = 10

interface Ended {
  readonly exitCode: number | null
  readonly stdout: string
}

/** Runs to the end, its output shown as it comes; with `keep`, standard output is collected instead. */
function run(
  argv: readonly string[],
  minutesMax: number,
  { cwd = top, keep = false, childEnv = env } = {},
): Promise<Ended> {
  const [file = '', ...args] = argv
  return new Promise((settle) => {
    const signal = AbortSignal.timeout(minutesMax * 60_000)
    const child = spawn(file, args, {
      cwd,
      env: childEnv,
      signal,
      stdio: ['ignore', keep ? 'pipe' : 'inherit', 'inherit'],
    })
    const parts: Buffer[] = []
    child.stdout?.on('data', (part: Buffer) => parts.push(part))
    child.once('error', (error) => {
      process.stderr.write(`${argv.join(' ')}: ${error.message}\n`)
      settle({ exitCode: null, stdout: Buffer.concat(parts).toString() })
    })
    child.once('close', (exitCode) => settle({ exitCode, stdout: Buffer.concat(parts).toString() }))
  })
}

async function check(name: string): Promise<Tally> {
  const { exitCode } = await run(['npm', 'run', '--silent', name], checkMinutesMax)
  return one(`npm run ${name}`, exitCode === 0)
}

const inEngines = { cwd: join(top, 'engines'), childEnv: goEnv }

async function goVet(): Promise<Tally> {
  const { exitCode } = await run(['go', 'vet', './...'], goMinutesMax, inEngines)
  return one('go vet', exitCode === 0)
}

async function goTest(): Promise<Tally> {
  const argv = ['go', 'test', '-json', './...']
  const { exitCode, stdout } = await run(argv, goMinutesMax, { ...inEngines, keep: true })
  const tally = tallyGo(stdout, exitCode)
  if (tally.failed.length > 0) process.stderr.write(`${goOutput(stdout)}\n`)
  return tally
}

/** The text that `go test` would have shown without -json. */
function goOutput(stdout: string): string {
  const events = stdout.split('\n').filter((line) => line.startsWith('{'))
  return events.map((line) => (JSON.parse(line) as { Output?: string }).Output ?? '').join('')
}

/** Made before the tests that need it, so that no test's own time limit has to hold a build. */
async function setUp(): Promise<Tally> {
  try {
    await ensureEngines({ progress: ({ id, message }) => process.stderr.write(`${id}: ${message}\n`) })
    return one('set-up', true)
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    process.stderr.write(`${error.message}\n${error.hint}\n${error.logPath ?? ''}\n`)
    return one('set-up', false)
  }
}

async function vitest(project: string, minutesMax: number): Promise<Tally> {
  const dir = await mkdtemp(join(tmpdir(), 'squall-tests-'))
  try {
    const file = join(dir, 'report.json')
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
    const { exitCode } = await run(['vitest', 'run', '--project', project, ...reporters], minutesMax)
    const text = await readFile(file, 'utf8').catch(() => undefined)
    return tallyVitest(project, text === undefined ? undefined : (JSON.parse(text) as VitestReport), exitCode)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/**
 * Files by which verdicts stand, and the small tests that hold them alone: what they catch depends on no clock, so that
 * it is the same each time (docs/mutation.md).
 */
const sampled = ['measure/samples', 'measure/second-marks', 'measure/recovery-clock', 'judge/comparison-limits']
const sampledBy = [...sampled, 'measure/arrivals']

async function mutationSample(): Promise<Tally> {
  const only = sampled.map((name) => `src/${name}.ts`).join()
  const tests = sampledBy.map((name) => `src/${name}.test.ts`).join()
  const argv = ['node', 'tests/mutation/run.ts', '--only', only, '--tests', tests]
  const { exitCode } = await run(argv, mutationMinutesMax)
  return one('npm run mutation, a sample: nine of ten changes are noticed', exitCode === 0)
}

function indented(text: string): string {
  return text === '' ? '' : `${text.replaceAll(/^/gm, '    ')}\n`
}

const steps: readonly (readonly [name: string, act: () => Promise<Tally>])[] = [
  ['typecheck', () => check('typecheck')],
  ['lint', () => check('lint')],
  ['unused', () => check('unused')],
  ['go vet', goVet],
  ['go test', goTest],
  ['set-up', setUp],
  ['unit tests', () => vitest('unit', unitMinutesMax)],
  ['mutation sample', mutationSample],
  ['e2e tests', () => vitest('e2e', e2eMinutesMax)],
]

let sum = nothing
for (const [name, act] of steps) {
  process.stdout.write(`\n== ${name}\n`)
  const tally = judgeSkips(await act(), allowedSkips)
  process.stdout.write(`== ${name}: ${tally.passed} passed, ${tally.failed.length} failed\n`)
  sum = add(sum, tally)
}

process.stdout.write('\n')
for (const name of sum.skipped)
  process.stdout.write(`SKIPPED ${name}: ${allowedSkips.get(name) ?? 'no reason given'}\n`)
for (const name of sum.failed) process.stdout.write(`FAILED ${name}\n${indented(sum.why.get(name) ?? '')}`)
process.stdout.write(`${sum.passed} passed, ${sum.failed.length} failed\n`)
process.exitCode = sum.failed.length === 0 && sum.passed > 0 ? 0 : 1
