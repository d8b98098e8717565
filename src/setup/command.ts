import { spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Account } from './places.ts'

export interface CommandOptions {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  /** The command and all it started are ended after this long. */
  readonly timeoutMs: number
  /** Who runs it; undefined: we. */
  readonly account?: Account | undefined
  /** What it reads from its standard input, which is empty otherwise: the way in for what must not be seen in `ps`. */
  readonly input?: string
  /** Where its whole output goes when it fails. */
  readonly logPath?: string
  readonly signal?: AbortSignal | undefined
}

export type CommandResult =
  | { readonly ok: true; readonly stdout: string; readonly output: string }
  | {
      readonly ok: false
      /** Why, in a few words: `exit code 1`, `not found`, `no end within 60 s`. */
      readonly why: string
      readonly isMissing: boolean
      readonly isAborted: boolean
      readonly stdout: string
      readonly output: string
    }

/** Runs one program with its arguments, no shell syntax in them; never rejects. Tests give another one. */
export type RunCommand = (argv: readonly string[], options: CommandOptions) => Promise<CommandResult>

/** Exit code by which a POSIX shell says that there is no such program. */
const notFoundCode = 127

export const runCommand: RunCommand = async (argv, options) => {
  // Loaded here: a start with everything in place needs no command and saves the 20 ms.
  const { $ } = await import('zx/core')
  const account = options.account
  const asAccount: typeof spawn = ((file: string, args: string[], spawnOptions: object) =>
    spawn(file, args, account ? { ...spawnOptions, uid: account.uid, gid: account.gid } : spawnOptions)) as typeof spawn
  const result = await $({
    cwd: options.cwd ?? '/',
    env: { ...process.env, ...options.env },
    timeout: options.timeoutMs,
    ...(options.signal ? { signal: options.signal } : {}),
    nothrow: true,
    quiet: true,
    // Every system has this shell; `exec` makes way for the program, so that a signal reaches it and not the shell.
    shell: '/bin/sh',
    prefix: 'exec ',
    postfix: '',
    quote: quoteForShell,
    ...(options.input === undefined ? { stdio: ['ignore', 'pipe', 'pipe'] } : { input: options.input }),
    spawn: asAccount,
    // A process group of its own, ended as a whole: `go build` and pip start others.
    detached: true,
    kill: endGroup,
  })`${argv}`
  const output = `${result.stdout}${result.stderr}`
  if (result.exitCode === 0) return { ok: true, stdout: result.stdout, output }
  if (options.logPath) await keepLog(options.logPath, `$ ${argv.join(' ')}\n${output}\n${result.cause ?? ''}\n`)
  const isAborted = options.signal?.aborted === true
  const isMissing = result.exitCode === notFoundCode
  return { ok: false, why: tellWhy(), isMissing, isAborted, stdout: result.stdout, output }

  function tellWhy(): string {
    if (isAborted) return 'interrupted'
    if (isMissing) return 'not found'
    if (result.signal) return `no end within ${options.timeoutMs / 1000} s, or ended from outside (${result.signal})`
    return result.exitCode === null ? `cannot be started (${result.message})` : `exit code ${result.exitCode}`
  }
}

async function endGroup(pid: number | `${number}`, signal?: NodeJS.Signals | null): Promise<void> {
  try {
    process.kill(-Number(pid), signal ?? 'SIGTERM')
  } catch {
    // It has ended by itself meanwhile.
  }
}

/** POSIX quoting; zx's own writes $'…', which dash does not know. */
function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

async function keepLog(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}

/** The last lines of an output that say something, for an error message. */
export function lastWords(output: string, lines = 5): string {
  return output.trimEnd().split('\n').slice(-lines).join('\n')
}
