import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, fstatSync, mkdirSync, openSync, readSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Clock } from '../domain/clock.ts'
import { endProcesses } from './ending.ts'
import { codeOf, messageOf } from './keeper-error.ts'
import { commandGraceMs, commandTailBytes, goneAfterKillMsMax } from './limits.ts'
import { readProcess } from './process-table.ts'
import type { HealHow, UndoSetting } from './undo-setting.ts'

/** A command of the users' own undoes what another one of theirs has done. It may be run more than once. */
export interface CommandUndo {
  readonly kind: 'command'
  readonly argv: readonly string[]
  readonly cwd: string
  /** Over the environment of whoever undoes. May hold a login: the state folder is ours alone. */
  readonly env: Readonly<Record<string, string>>
  /** One that has not ended by then is ended, and has undone nothing. */
  readonly withinMs: number
  /** Its stdout and stderr are appended here. */
  readonly logPath: string
}

/** Asked for once more while it is under way, it does not run twice side by side. */
const underWay = new Map<string, Promise<HealHow>>()

/** Rejects when it does not end with 0 in time. */
export function undoCommand(action: CommandUndo, { clock }: UndoSetting): Promise<HealHow> {
  const key = JSON.stringify(action)
  const running = underWay.get(key) ?? run(action, clock).finally(() => underWay.delete(key))
  underWay.set(key, running)
  return running
}

async function run({ argv, cwd, env, withinMs, logPath }: CommandUndo, clock: Clock): Promise<HealHow> {
  const [program = '', ...args] = argv
  mkdirSync(dirname(logPath), { recursive: true })
  const log = openSync(logPath, 'a+')
  try {
    // The leader of a group of its own: no terminal's signal reaches it, and ours reach all of it.
    const stdio = ['ignore', log, log] as const
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, detached: true, stdio: [...stdio] })
    await once(child, 'spawn').catch((error: unknown) => {
      throw new Error(`${program} cannot be started: ${codeOf(error) ?? messageOf(error)} (in ${cwd})`)
    })
    const why = await endOf(child, withinMs, clock)
    if (why === null) return 'undone'
    throw new Error(`${program}: ${why}; the end of ${logPath}: ${endOfText(log)}`)
  } finally {
    closeSync(log)
  }
}

/** null: it ended with 0. */
async function endOf(child: ChildProcess, withinMs: number, clock: Clock): Promise<string | null> {
  const over = new AbortController()
  const ended = new Promise<string | null>((resolve) => {
    child.once('exit', (code, signal) => resolve(code === 0 ? null : (signal ?? `code ${code}`)))
  })
  const late = clock.sleep(withinMs, over.signal).then(() => `no end within ${withinMs / 1_000} s`)
  const pid = child.pid ?? 0
  const mark = { pid, startTicks: readProcess(pid)?.startTicks ?? '', name: 'command', endSignal: 'SIGTERM' } as const
  const why = await Promise.race([ended, late])
  over.abort()
  if (why === null) return null
  await endProcesses([mark], { graceMs: commandGraceMs, markValue: null, clock })
  return why
}

function endOfText(file: number): string {
  const bytes = Buffer.alloc(commandTailBytes)
  const from = Math.max(0, fstatSync(file).size - commandTailBytes)
  const text = bytes.toString('utf8', 0, readSync(file, bytes, 0, commandTailBytes, from)).trimEnd()
  return text.split('\n').slice(-4).join(' | ') || '(nothing)'
}

/** How long it takes at most until it has ended, or was ended, ms. */
export function commandMsMax({ withinMs }: Pick<CommandUndo, 'withinMs'>): number {
  return withinMs + commandGraceMs + 2 * goneAfterKillMsMax
}

export function isCommandUndo(value: unknown): value is CommandUndo {
  if (typeof value !== 'object' || value === null || !('kind' in value) || value.kind !== 'command') return false
  const { argv, cwd, env, withinMs, logPath } = value as Partial<Record<keyof CommandUndo, unknown>>
  const isText = (one: unknown): boolean => typeof one === 'string'
  return (
    Array.isArray(argv) &&
    argv.length > 0 &&
    argv.every(isText) &&
    isText(cwd) &&
    isText(logPath) &&
    typeof env === 'object' &&
    env !== null &&
    Object.values(env).every(isText) &&
    Number.isSafeInteger(withinMs) &&
    Number(withinMs) > 0
  )
}
