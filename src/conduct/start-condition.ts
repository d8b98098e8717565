import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import type { Clock } from '../domain/clock.ts'
import type { StartCondition } from '../domain/plan.ts'
import { ReplayLag } from '../domain/replay.ts'
import { StreamFollower } from '../record/follow.ts'
import { databaseRow } from '../record/reader-rows.ts'

/** Looked at so often, ms. A fault is requested so much after its condition, and later after a long run: see look(). */
const lookEveryMs = 50
/** Bytes of a log read at one look; a text that stands across two looks is found as well. */
const logBytes = 1 << 16

/** Where it is seen that a condition has come: nothing is asked of the system under test for it. */
export interface ConditionFiles {
  readonly callsFile: string
  readonly databaseFile: string
  /** Of each instance that runs of it. */
  logFilesOf(node: string): readonly string[]
}

/** Whether the condition came before `untilUs` (absolute); false as well when `signal` aborts. */
export async function comes(
  condition: StartCondition,
  files: ConditionFiles,
  clock: Clock,
  untilUs: number,
  signal: AbortSignal,
): Promise<boolean> {
  using look = lookFor(condition, files)
  while (!signal.aborted) {
    if (look.hasCome()) return true
    if (clock.monotonicUs() >= untilUs) return false
    await clock.sleep(lookEveryMs, signal)
  }
  return false
}

interface Look extends Disposable {
  hasCome(): boolean
}

function lookFor(condition: StartCondition, files: ConditionFiles): Look {
  switch (condition.kind) {
    case 'calls':
      return countCalls(condition.count, files)
    case 'log':
      return findInLogs(condition, files)
    case 'lag':
      return readLag(condition.ms, files)
  }
}

function readLag(wantedMs: number, { databaseFile }: ConditionFiles): Look {
  const follower = new StreamFollower(databaseFile)
  const replay = new ReplayLag()
  let columns: readonly unknown[] = []
  let lagMs = 0
  return {
    // Rows from before the fault waited are read too: they tell since when the replica has been behind.
    hasCome() {
      for (const line of follower.look()) {
        if (isHeader(line)) columns = line.columns
        else if (Array.isArray(line)) lagMs = lagOf(line, columns, replay) ?? lagMs
      }
      return lagMs >= wantedMs
    },
    [Symbol.dispose]: () => follower.close(),
  }
}

/** ms that a replica is behind for sure; null where the row does not tell. */
function lagOf(line: readonly unknown[], columns: readonly unknown[], replay: ReplayLag): number | null {
  const row = databaseRow((name) => line[columns.indexOf(name)])
  if (row === null || row.error !== null || row.written === null) return null
  return replay.read({ ...row, serverId: row.startedAt, written: row.written })?.low ?? null
}

function countCalls(wanted: number, { callsFile }: ConditionFiles): Look {
  const follower = new StreamFollower(callsFile)
  let endedAt = -1
  let count = 0
  return {
    hasCome() {
      for (const line of follower.look()) {
        // A slot that was never sent has no end.
        if (Array.isArray(line)) count += typeof line[endedAt] === 'number' ? 1 : 0
        else if (isHeader(line)) endedAt = line.columns.indexOf('ended')
      }
      return count >= wanted
    },
    [Symbol.dispose]: () => follower.close(),
  }
}

function isHeader(line: unknown): line is { readonly columns: readonly unknown[] } {
  return typeof line === 'object' && line !== null && 'columns' in line && Array.isArray(line.columns)
}

function findInLogs({ node, text }: StartCondition & { kind: 'log' }, files: ConditionFiles): Look {
  const looks = files.logFilesOf(node).map((path) => findInLog(path, text))
  return {
    // Every log is read on, so that none is found to have said it long ago.
    hasCome: () => looks.map((look) => look.hasCome()).includes(true),
    [Symbol.dispose]: () => undefined,
  }
}

function findInLog(path: string, text: string): Pick<Look, 'hasCome'> {
  let position = sizeOf(path)
  let rest = ''
  return {
    hasCome() {
      const added = readFrom(path, position)
      position += added.length
      const seen = rest + added.toString('latin1')
      rest = seen.slice(-text.length * 4)
      return seen.includes(Buffer.from(text).toString('latin1'))
    },
  }
}

function sizeOf(path: string): number {
  return withFile(path, (file) => fstatSync(file).size) ?? 0
}

function readFrom(path: string, position: number): Buffer {
  const buffer = Buffer.allocUnsafe(logBytes)
  const bytes = withFile(path, (file) => readSync(file, buffer, 0, logBytes, position)) ?? 0
  return buffer.subarray(0, bytes)
}

/** undefined while there is no such file. */
function withFile<T>(path: string, work: (file: number) => T): T | undefined {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return undefined
  }
  try {
    return work(file)
  } finally {
    closeSync(file)
  }
}
