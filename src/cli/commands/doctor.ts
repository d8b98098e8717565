import { Command } from 'commander'
import pc from 'picocolors'
import type { Check, CheckState, Leftover } from '../../setup/checkup.ts'
import { checkUp } from '../../setup/checkup.ts'
import type { Setting } from '../../setup/setting.ts'
import { settingOf } from '../../setup/setting.ts'

export interface DoctorParts {
  /** What dead runs left; none when not given. */
  readonly findLeftovers?: () => Promise<readonly Leftover[]>
  readonly setting?: Partial<Setting>
  readonly print?: (text: string) => void
}

/** `squall doctor`: exit code 0 when all that a run needs is there or is made by itself, 3 otherwise. */
export function doctorCommand(parts: DoctorParts = {}): Command {
  const print = parts.print ?? ((text: string) => process.stdout.write(text))
  return new Command('doctor')
    .description('check this machine: what is there, what is missing, and the command that installs it')
    .option('--json', 'print the result as JSON on stdout, nothing else there')
    .action(async (flags: { json?: boolean }) => {
      const checks = await checkUp(settingOf(parts.setting), parts.findLeftovers ?? (async () => []))
      const isReady = checks.every(({ state }) => state !== 'missing')
      print(
        flags.json
          ? `${JSON.stringify({ schemaVersion: 1, ready: isReady, checks }, null, 2)}\n`
          : render(checks, wantsColors()),
      )
      process.exitCode = isReady ? 0 : 3
    })
}

const marks = {
  ok: { mark: 'ok', color: 'green' },
  later: { mark: 'at first run', color: 'cyan' },
  warning: { mark: 'warning', color: 'yellow' },
  missing: { mark: 'MISSING', color: 'red' },
} as const satisfies Record<CheckState, unknown>

/** Asked here, since picocolors by itself colours whatever is written where CI is set, files too. */
function wantsColors(): boolean {
  return process.stdout.isTTY === true && !process.env.NO_COLOR && !process.argv.includes('--no-color')
}

/** A line a check, what to do below it, and the sum in the last line. */
export function render(checks: readonly Check[], isColored: boolean): string {
  const colors = pc.createColors(isColored)
  const idWidth = Math.max(...checks.map(({ id }) => id.length))
  const markWidth = Math.max(...Object.values(marks).map(({ mark }) => mark.length))
  const indent = ' '.repeat(idWidth + markWidth + 4)
  const lines = checks.flatMap(({ id, state, text, hint }) => {
    const { mark, color } = marks[state]
    const [first = '', ...rest] = text.split('\n')
    const head = `${id.padEnd(idWidth)}  ${colors[color](mark.padEnd(markWidth))}  ${first}`
    return [head, ...rest.map((line) => indent + line), ...(hint ? [`${indent}→ ${hint}`] : [])]
  })
  return `${[...lines, '', sum(checks)].join('\n')}\n`
}

function sum(checks: readonly Check[]): string {
  const count = (state: CheckState): number => checks.filter((check) => check.state === state).length
  const missing = count('missing')
  if (missing > 0) return `Not ready: ${missing} missing.`
  const warnings = count('warning')
  const later = count('later')
  const notes = [
    ...(later > 0 ? [`${later} made at the first run`] : []),
    ...(warnings > 0 ? [`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`] : []),
  ]
  return notes.length > 0 ? `Ready (${notes.join(', ')}).` : 'Ready.'
}
