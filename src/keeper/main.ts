/**
 * The keeper's own process: `node main.ts STATE_FOLDER [RUN_FOLDER]`. It reads requests from stdin, a pipe from the
 * harness, and answers on stdout. When the pipe closes, however the harness ended, it heals and ends all that it keeps;
 * told to detach, it goes on until SIGTERM.
 *
 * SIGTERM ends the run · SIGUSR2 heals its faults · SIGINT and SIGHUP mean the harness, not us.
 */
import { createInterface } from 'node:readline'
import { systemClock } from '../record/clock.ts'
import { joinCpuGroup } from './cpu-groups.ts'
import type { RunEnd } from './end-run.ts'
import { endProcesses, markOf } from './ending.ts'
import { Keeper } from './keeper.ts'
import { codeOf, KeeperError, messageOf } from './keeper-error.ts'
import { readProcess } from './process-table.ts'
import type { AnswerLine, FirstLine, KeeperEvent, KeeperFailure, RequestLine } from './protocol.ts'
import { keepGoing } from './waiting.ts'

function log(text: string): void {
  try {
    process.stderr.write(`${new Date(systemClock.wallUnixUs() / 1_000).toISOString()} keeper: ${text}\n`)
  } catch {
    // A log that cannot be written must not keep us from our work.
  }
}

/** The harness may be gone: then nobody listens, and that is no reason to stop. */
function say(line: AnswerLine | KeeperEvent | FirstLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

function asFailure(error: unknown): KeeperFailure {
  if (error instanceof KeeperError) {
    return { kind: error.kind, message: error.message, hint: error.hint, code: error.code }
  }
  return { kind: 'bad_request', message: messageOf(error), code: codeOf(error) }
}

function open(): Keeper {
  const [stateFolder, runFolder] = process.argv.slice(2)
  try {
    if (stateFolder === undefined) throw new Error('usage: main.ts STATE_FOLDER [RUN_FOLDER]')
    return new Keeper({ stateFolder, runFolder: runFolder ?? null, clock: systemClock, tell: say })
  } catch (error) {
    say({ failed: asFailure(error) })
    log(`gives up: ${messageOf(error)}`)
    return process.exit(1)
  }
}

function tellEnd(why: string, end: RunEnd): void {
  const healed = end.healed.map(({ id, how }) => `${id} ${how}`)
  log(
    `${why}: healed [${healed.join(', ')}], ended [${end.ended.ended.join(', ')}]` +
      `, killed ${end.ended.killedCount}, removed [${end.removed.join(', ')}]`,
  )
  for (const problem of end.problems) log(problem)
}

async function endAndExit(keeper: Keeper, why: string): Promise<void> {
  try {
    const end = await keeper.end()
    tellEnd(why, end)
    process.exit(end.problems.length === 0 ? 0 : 1)
  } catch (error) {
    // To try again would fail again. The state folder stays, so that `squall heal` can do what is left.
    log(`${why}: cannot end the run in order: ${messageOf(error)}; kills what bears its mark`)
    await killMarked()
    process.exit(1)
  }
}

/** The last resort: no fault is undone, no folder removed, but nothing runs on. */
async function killMarked(): Promise<void> {
  try {
    const markValue = markOf(process.argv[2] ?? '')
    const { left } = await endProcesses([], { graceMs: 0, markValue, clock: systemClock })
    for (const { pid } of left) log(`process ${pid} does not end`)
  } catch (error) {
    log(`cannot kill what is left: ${messageOf(error)}`)
  }
}

async function answer(keeper: Keeper, line: string): Promise<void> {
  const { id, request } = JSON.parse(line) as RequestLine
  try {
    say({ id, result: await keeper.handle(request) })
  } catch (error) {
    say({ id, error: asFailure(error) })
  }
  if (request.kind === 'endAll') await endAndExit(keeper, 'asked to end')
}

function main(): void {
  process.stdout.on('error', () => undefined)
  process.stderr.on('error', () => undefined)
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined)
  const keeper = open()
  // What we start inherits it.
  joinCpuGroup(keeper.record.runId, 'stack', process.pid)
  const endFor = (why: string): void => {
    void endAndExit(keeper, why)
  }
  process.on('SIGTERM', () => endFor('SIGTERM'))
  process.on('SIGUSR2', () => {
    void keeper.heal(null).then((healed) => log(`healed by hand: ${JSON.stringify(healed)}`))
  })
  // Whatever is wrong with us, what we keep must not outlive us.
  process.on('uncaughtException', (error) => endFor(`broken: ${error.stack ?? error.message}`))

  // Detached, and its processes ended: still it must be there for `down`.
  void keepGoing(systemClock)
  const lines = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })
  lines.on('line', (line) => {
    void answer(keeper, line)
  })
  lines.once('close', () => {
    if (keeper.record.isDetached) log('goes on without the harness')
    else endFor('the harness is gone')
  })
  const startTicks = readProcess(process.pid)?.startTicks ?? ''
  say({ ready: { pid: process.pid, startTicks, monotonicUs: systemClock.monotonicUs() } })
}

main()
