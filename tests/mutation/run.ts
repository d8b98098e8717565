/**
 * `npm run mutation -- --sample 200 --seed 7 --only src/measure/quantile.ts`: changes src/measure and src/judge in one
 * place at a time, and looks whether a test notices. Prints what no test noticed; ends with 1 below the share wanted.
 */
import { globSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { createVitest } from 'vitest/node'
import { randomOf } from '../../src/measure/testing/calm-run.ts'
import { Asking } from './asking.ts'
import { Exchange } from './exchange.ts'
import { type Mutant, mutantsOf, withSwitches } from './mutants.ts'

const caughtShareMin = 0.9
const top = resolve(import.meta.dirname, '../..')
const { values } = parseArgs({
  options: {
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    tests: { type: 'string' },
    out: { type: 'string' },
    survivors: { type: 'string' },
    'test-ms': { type: 'string', default: '1e9' },
    'tests-each': { type: 'string' },
  },
})

const sources = globSync('src/{measure,measure/difference,judge}/*.ts', { cwd: top })
  .filter((file) => !file.endsWith('.test.ts'))
  .sort()
// Cuts every file in turn: what it would catch, for a minute a mutant, smaller tests are to catch.
const tests = globSync('src/{measure,measure/difference,judge}/*.test.ts', { cwd: top })
  .filter((file) => !file.endsWith('cutting.test.ts') && isNamedBy(values.tests, file))
  .sort()
const texts = new Map<string, string>()
const all: Mutant[] = []
for (const file of sources) {
  const text = await readFile(join(top, file), 'utf8')
  texts.set(file, text)
  all.push(...mutantsOf(file, text, all.length))
}
const survived = values.survivors === undefined ? null : await survivorsOf(values.survivors)
const asked = all.filter((mutant) => isNamedBy(values.only, mutant.file) && survived?.has(placeOf(mutant)) !== false)
const chosen = sampleOf(asked, values.sample === undefined ? asked.length : Number(values.sample), Number(values.seed))

/** Whether a file is one of a flag's, which names parts of paths; all are where it is left out. */
function isNamedBy(parts: string | undefined, file: string): boolean {
  return parts === undefined || parts.split(',').some((part) => file.includes(part))
}

/** The places in a list that `--out` wrote of the same sources. */
async function survivorsOf(path: string): Promise<ReadonlySet<string>> {
  return new Set((JSON.parse(await readFile(path, 'utf8')) as readonly Mutant[]).map(placeOf))
}

function placeOf({ file, line, was, becomes }: Mutant): string {
  return [file, line, was, becomes].join('\n')
}

function sampleOf(mutants: readonly Mutant[], size: number, seed: number): readonly Mutant[] {
  const random = randomOf(seed)
  const drawn = mutants.map((mutant) => ({ mutant, at: random() })).sort((a, b) => a.at - b.at)
  return drawn.slice(0, size).map(({ mutant }) => mutant)
}

const folder = await mkdtemp(join(tmpdir(), 'squall-mutation-'))
process.env.SQUALL_MUTATION = folder
const exchange = new Exchange(folder)

const vitest = await createVitest(
  'test',
  {
    config: false,
    root: top,
    include: tests,
    runner: join(import.meta.dirname, 'runner.ts'),
    watch: false,
    // Its entries would outlive the mutants that are in them.
    fsModuleCache: false,
    pool: 'forks',
    maxWorkers: 2,
    reporters: [{}],
    testTimeout: 3_600_000,
  },
  {
    plugins: [
      {
        name: 'mutants',
        enforce: 'pre',
        transform(code: string, id: string) {
          const file = relative(top, id.split('?')[0] ?? id)
          const own = texts.has(file) ? all.filter((mutant) => mutant.file === file) : []
          return own.length === 0 ? null : { code: withSwitches(code, own), map: null }
        },
      },
    ],
  },
)

try {
  const asking = new Asking(vitest, exchange, await vitest.globTestSpecifications(), chosen)
  const ways = await asking.ways()
  await asking.ask(ways, { testMsMax: Number(values['test-ms']), testsMax: Number(values['tests-each'] ?? 1e9) })
  await asking.read(values['tests-each'] !== undefined)
  const passed = new Set([...ways, ...exchange.readings()].flatMap(({ mutants }) => mutants))
  const caught = exchange.caught()
  const survivors = chosen.filter(({ id }) => !caught.has(id)).sort((a, b) => a.id - b.id)
  for (const { id, file, line, was, becomes } of survivors) {
    const how = passed.has(id) ? '' : ' (no test comes by)'
    process.stdout.write(`${file}:${line}${how}\n    ${oneLine(was)}\n    ${oneLine(becomes)}\n`)
  }
  for (const [file, own] of Map.groupBy(chosen, (mutant) => mutant.file))
    process.stdout.write(`${file}: ${own.filter(({ id }) => caught.has(id)).length} of ${own.length}\n`)
  const count = chosen.length - survivors.length
  const share = count / chosen.length
  process.stdout.write(`${count} of ${chosen.length} mutants were caught: ${(100 * share).toFixed(1)} %\n`)
  if (values.out !== undefined) await writeFile(values.out, JSON.stringify(survivors, null, 2))
  process.exitCode = share >= caughtShareMin ? 0 : 1
} finally {
  await vitest.close()
  await rm(folder, { recursive: true, force: true })
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}
