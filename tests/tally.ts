import { stripVTControlCharacters } from 'node:util'

/** What a step of the test run found. */
export interface Tally {
  readonly passed: number
  /** Names, so that the end of a long log still says which. */
  readonly failed: readonly string[]
  readonly skipped: readonly string[]
  /** What failed tests said, by name, cut to what fits the end of a log: the only part that some logs keep. */
  readonly why: ReadonlyMap<string, string>
}

export const nothing: Tally = { passed: 0, failed: [], skipped: [], why: new Map() }

export function add(a: Tally, b: Tally): Tally {
  return {
    passed: a.passed + b.passed,
    failed: [...a.failed, ...b.failed],
    skipped: [...a.skipped, ...b.skipped],
    why: new Map([...a.why, ...b.why]),
  }
}

export function one(name: string, isPassed: boolean): Tally {
  return isPassed ? { ...nothing, passed: 1 } : { ...nothing, failed: [name] }
}

/** The parts we read of what vitest's JSON reporter writes. */
export interface VitestReport {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly failureMessages?: readonly string[]
    }[]
  }[]
}

/**
 * Counts vitest's report. A file that could not be loaded has no tests in it and is itself a failure; so is an exit
 * code that no failed test explains (an error outside any test). No report at all: the run broke.
 */
export function tallyVitest(project: string, report: VitestReport | undefined, exitCode: number | null): Tally {
  if (!report) return { ...nothing, failed: [`${project}: vitest ended (${exitCode}) without a report`] }
  let sum = nothing
  for (const file of report.testResults) {
    for (const { fullName, status, failureMessages = [] } of file.assertionResults) {
      if (status === 'passed') sum = add(sum, one(fullName, true))
      else if (status === 'failed')
        sum = add(sum, { ...one(fullName, false), why: new Map([[fullName, gist(failureMessages)]]) })
      else sum = add(sum, { ...nothing, skipped: [fullName] })
    }
    const isUnexplained = file.status === 'failed' && file.assertionResults.every(({ status }) => status !== 'failed')
    if (isUnexplained) sum = add(sum, one(`${file.name}: the file itself`, false))
  }
  return explain(sum, `${project}: vitest`, exitCode)
}

const gistLinesMax = 40

/** The last lines of what was said, without the stack's: what a command printed last is what it found. */
function gist(messages: readonly string[]): string {
  const lines = messages.flatMap((message) => stripVTControlCharacters(message).split('\n'))
  return lines
    .filter((line) => line.trim() !== '' && !/^\s+at /.test(line))
    .slice(-gistLinesMax)
    .join('\n')
}

/**
 * Counts the lines of `go test -json`; a package fails by itself when it does not build. A test with subtests is told
 * by them, unless it failed while they did not.
 */
export function tallyGo(output: string, exitCode: number | null): Tally {
  const ended = new Map<string, string>()
  for (const event of output.split('\n').map(parseGoEvent)) {
    const isEnd = event?.action === 'pass' || event?.action === 'fail' || event?.action === 'skip'
    if (event?.test && isEnd) ended.set(`go ${event.package} ${event.test}`, event.action)
  }
  let sum = nothing
  for (const [name, action] of ended) {
    const below = [...ended].filter(([other]) => other.startsWith(`${name}/`))
    if (below.length > 0 && (action !== 'fail' || below.some(([, its]) => its === 'fail'))) continue
    sum = add(sum, action === 'skip' ? { ...nothing, skipped: [name] } : one(name, action === 'pass'))
  }
  return explain(sum, 'go test', exitCode)
}

function explain(sum: Tally, what: string, exitCode: number | null): Tally {
  const isExplained = exitCode === 0 || sum.failed.length > 0
  return isExplained ? sum : add(sum, one(`${what} ended with ${exitCode ?? 'a signal'}, and no test failed`, false))
}

interface GoEvent {
  readonly action: string
  readonly package: string
  readonly test: string | undefined
}

function parseGoEvent(line: string): GoEvent | undefined {
  if (!line.startsWith('{')) return undefined
  const value: unknown = JSON.parse(line)
  if (typeof value !== 'object' || value === null || !('Action' in value)) return undefined
  return {
    action: String(value.Action),
    package: 'Package' in value ? String(value.Package) : '',
    test: 'Test' in value ? String(value.Test) : undefined,
  }
}

/** Skipped tests that no reason excuses count as failed: a suite that skips itself must not look green. */
export function judgeSkips(tally: Tally, allowed: ReadonlyMap<string, string>): Tally {
  const unexcused = tally.skipped.filter((name) => !allowed.has(name))
  return { ...tally, failed: [...tally.failed, ...unexcused.map((name) => `${name} (skipped)`)] }
}
