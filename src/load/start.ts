import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable, Writable } from 'node:stream'
import type { Clock } from '../domain/clock.ts'
import type { McpTarget } from '../mcp-client/target.ts'
import type { Collection, EndReason, GeneratorEvent } from './events.ts'
import { readEvent } from './events.ts'
import type { GeneratorConfig } from './generator-config.ts'
import { LoadError } from './load-error.ts'

export interface LoadSpec {
  /** Our own k6, built from engines/. */
  readonly k6Path: string
  /** What bundleWorkload made. */
  readonly scriptPath: string
  readonly config: GeneratorConfig
  /** Where the configuration is written for k6; its folder stands in for k6's home, so that no settings of the user's act. */
  readonly configPath: string
  /** k6's own words go here. */
  readonly logPath: string
  /** At most so many processors at once for k6, its garbage collector included. At least 1. */
  readonly processorsMax: number
  /** Added to k6's environment: the run's mark, by which its keeper finds k6 even before it has adopted it. */
  readonly env: Readonly<Record<string, string>>
  /** Certificates to trust in place of the machine's, a PEM file; absent: the machine's. */
  readonly caFile?: string
  readonly clock: Pick<Clock, 'sleep'>
}

export interface LoadEnd {
  /** Rows in the calls stream; null when the generator died without closing it. */
  readonly rows: number | null
  /** `died`: the generator ended without closing its stream. */
  readonly reason: EndReason | 'died'
  /** null when a signal ended it. */
  readonly exitCode: number | null
}

export interface ReadyLoad {
  readonly users: number
  /** Of them, those who have no session yet: their calls ask for one, and fail as long as it is refused. */
  readonly without: number
  /** What the first of them was told; null: all have one. */
  readonly why: string | null
}

export interface StartedLoad extends AsyncDisposable {
  readonly pid: number
  /** Every user has asked for its session. Rejects with a LoadError where nobody can have one. */
  readonly ready: Promise<ReadyLoad>
  /** The generator's process has ended. Never rejects. */
  readonly ended: Promise<LoadEnd>
  /**
   * The system is up at this URL: users may open their sessions. Once; not where the configuration names a target. `how`
   * goes through the pipe alone, since it may hold secrets.
   */
  open(target: string, how?: Pick<McpTarget, 'era' | 'headers'>): void
  /** Sets the run's t0, absolute CLOCK_MONOTONIC in µs; it may lie a little ahead. Once, after `ready`. */
  go(t0Us: number): void
  /** Told of each collection of its garbage in the load, once it is over. One listener. */
  onCollected(listener: (collection: Collection) => void): void
  /** Ends the load now as its plan would: nothing new starts, open calls get their drain. */
  stop(): void
}

/** k6 starts a thousand users in under 2 s; a minute more than the sessions' own limit means that it hangs. */
const startupMarginMs = 60_000
/** After its pipe has closed, k6 ends within milliseconds; what takes longer is killed. */
const abortGraceMs = 5_000

/** Starts a generator. Its release is disposal, which ends the process if it still runs. */
export async function startLoad(spec: LoadSpec): Promise<StartedLoad> {
  writeFileSync(spec.configPath, JSON.stringify(spec.config))
  const child = await spawnK6(spec)
  const [, , , commandPipe, eventPipe] = child.stdio
  if (child.pid === undefined || !(commandPipe instanceof Writable) || !(eventPipe instanceof Readable)) {
    throw new LoadError('generator', 'k6 was started without its pipes', spec.k6Path)
  }
  const commands: Writable = commandPipe
  commands.on('error', ignoreBrokenPipe)
  const ear = listen(child, eventPipe, spec)
  const send = (command: object) => {
    if (!commands.destroyed) commands.write(`${JSON.stringify(command)}\n`)
  }
  return {
    pid: child.pid,
    ready: ear.ready,
    ended: ear.ended,
    open: (target, how) => {
      ear.opened(target)
      send({ open: target, era: how?.era ?? '', headers: how?.headers ?? {} })
    },
    go: (t0Us) => send({ t0Us: Math.round(t0Us) }),
    onCollected: ear.onCollected,
    stop: () => send({ stop: true }),
    [Symbol.asyncDispose]: async () => {
      commands.destroy()
      const limit = new AbortController()
      const killed = spec.clock.sleep(abortGraceMs, limit.signal).then(() => {
        if (!limit.signal.aborted) child.kill('SIGKILL')
      })
      await ear.ended
      limit.abort()
      await killed
    },
  }
}

/** A generator that died has closed its end; what became of it is told by `ended`. */
function ignoreBrokenPipe(): void {}

async function spawnK6(spec: LoadSpec): Promise<ChildProcess> {
  const home = dirname(spec.configPath)
  const log = openSync(spec.logPath, 'a')
  try {
    const child = spawn(spec.k6Path, [...k6Arguments, spec.scriptPath], {
      cwd: home,
      env: environmentOf(spec),
      stdio: ['ignore', log, log, 'pipe', 'pipe'],
      // A session of its own: Ctrl-C is the harness's to act on, and the kernel shares the processor out by sessions.
      detached: true,
    })
    await once(child, 'spawn')
    return child
  } catch (cause) {
    throw new LoadError('generator', `k6 cannot be started: ${String(cause)}`, spec.k6Path, { cause })
  } finally {
    closeSync(log)
  }
}

/** Nothing else is passed on: K6_* variables would change the load, proxies would stand between us and the target. */
export function environmentOf(spec: LoadSpec): NodeJS.ProcessEnv {
  const home = dirname(spec.configPath)
  return {
    ...spec.env,
    // Go adds what it finds in the folder: none, as in ours there are no certificates.
    ...(spec.caFile === undefined ? {} : { SSL_CERT_FILE: resolve(spec.caFile), SSL_CERT_DIR: home }),
    PATH: process.env.PATH,
    HOME: home,
    XDG_CONFIG_HOME: home,
    SQUALL_LOAD: spec.configPath,
    GOMAXPROCS: String(spec.processorsMax),
    K6_AUTO_EXTENSION_RESOLUTION: 'false',
  }
}

/** k6 judges nothing, calls nobody, serves nothing: its thresholds pass on no data, and its summary costs memory. */
const k6Arguments = [
  'run',
  '--quiet',
  '--no-color',
  '--no-usage-report',
  '--no-thresholds',
  '--summary-mode=disabled',
  '--address=',
  '--out=squall',
]

/** Turns the generator's events and its exit into the two promises. */
function listen(child: ChildProcess, eventPipe: Readable, spec: LoadSpec) {
  const ready = Promise.withResolvers<ReadyLoad>()
  const ended = Promise.withResolvers<LoadEnd>()
  // A caller that only waits for the end must not be killed by a rejection that it does not look at.
  ready.promise.catch(() => undefined)
  const heard: Heard = { target: spec.config.target, failures: [], sessions: 0, onCollected: () => undefined }
  const limit = new AbortController()
  const lines = createInterface({ input: eventPipe })
  lines.on('line', (line) => {
    const event = readEvent(line)
    if (event?.kind === 'ready') {
      limit.abort()
      ready.resolve({ users: event.users, without: event.without, why: heard.failures[0] ?? null })
    }
    if (event?.kind === 'sessions') heard.sessions = event.count
    if (event?.kind === 'sessionFailed') heard.failures.push(`user ${event.user}: ${event.error}`)
    if (event?.kind === 'collected') heard.onCollected(event)
    if (event?.kind === 'end') heard.end = event
  })
  const exited = Promise.all([once(child, 'exit'), once(lines, 'close')]).then(([[exitCode]]) => {
    limit.abort()
    ready.reject(whyNotReady(heard, exitCode, spec))
    const { rows, reason } = heard.end ?? { rows: null, reason: 'died' as const }
    ended.resolve({ rows, reason, exitCode })
  })
  const broken = (cause: unknown) => {
    ready.reject(cause)
    ended.resolve({ rows: null, reason: 'died', exitCode: null })
  }
  const watch = async (): Promise<void> => {
    await spec.clock.sleep(spec.config.barrierTimeoutMs + startupMarginMs, limit.signal)
    if (limit.signal.aborted) return
    child.kill('SIGKILL')
    const hint = `see ${spec.logPath}`
    ready.reject(new LoadError('generator', `k6 was not ready ${startupMarginMs} ms after its own limit`, hint))
  }
  const opened = (target: string): void => {
    heard.target = target
    watch().catch(broken)
  }
  exited.catch(broken)
  if (spec.config.target !== '') opened(spec.config.target)
  const onCollected: StartedLoad['onCollected'] = (listener) => {
    heard.onCollected = listener
  }
  return { ready: ready.promise, ended: ended.promise, opened, onCollected }
}

interface Heard {
  target: string
  end?: GeneratorEvent & { kind: 'end' }
  readonly failures: string[]
  sessions: number
  onCollected: (collection: Collection) => void
}

function whyNotReady(heard: Heard, exitCode: number | null, spec: LoadSpec): LoadError {
  const [first] = heard.failures
  if (first !== undefined) {
    const isDatabase = heard.target.startsWith('postgres')
    const place = isDatabase ? new URL(heard.target).host : heard.target
    const message = `users could not open a ${isDatabase ? 'connection' : 'session'} at ${place}; first ${first}`
    const question = isDatabase ? 'is it a database that takes this login?' : 'is it an MCP server?'
    return new LoadError('sessions', message, `${question} ${heard.failures.length} failures told`)
  }
  const end = exitCode === null ? 'was killed' : `ended with ${exitCode}`
  const message = `k6 ${end} before all users were ready: ${lastWords(spec.logPath)}`
  return new LoadError('generator', message, `see ${spec.logPath}`)
}

/** The messages at the end of k6's log, each without its stack; k6 tells problems of a script only there. */
function lastWords(logPath: string): string {
  const log = readFileSync(logPath, 'utf8').trimEnd()
  const messages = Array.from(log.matchAll(/ msg=("(?:[^"\\]|\\.)*"|\S+)/g), ([, quoted = '']) => messageOf(quoted))
  // A crash of k6 itself is no message: then the raw end of the log says most.
  return messages.slice(-3).join(' | ') || log.slice(-1_000) || 'it said nothing'
}

function messageOf(quoted: string): string {
  if (!quoted.startsWith('"')) return quoted
  try {
    const text: unknown = JSON.parse(quoted)
    return (
      String(text)
        .split('\n\tat ')[0]
        ?.replace(/^Error: /, '') ?? quoted
    )
  } catch {
    return quoted // Go escapes some bytes in ways that JSON does not know
  }
}
