import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { lockPollMs, lockWaitMsMax, unownedLockPolls } from './limits.ts'
import type { Setting } from './setting.ts'
import { SetupError } from './setup-error.ts'

interface Owner {
  readonly pid: number
  /** Kernel's start time of that process, in ticks since boot: tells a reused number apart. Empty where not known. */
  readonly startTicks: string
  readonly host: string
  /** One a lock taken, so that two locks of one process differ. */
  readonly token: string
}

/**
 * Acts while holding a lock file that only one living process has. A lock whose owner has died is taken over. Rejects
 * with a SetupError `lock-timeout` after lockWaitMsMax, `interrupted` when the signal aborts. `tellWaiting` is called
 * once, if there is another owner to wait for.
 */
export async function withLock<T>(
  path: string,
  setting: Setting,
  act: () => Promise<T>,
  tellWaiting: () => void = () => undefined,
): Promise<T> {
  await mkdir(dirname(path), { recursive: true })
  const mine: Owner = {
    pid: process.pid,
    startTicks: startTicksOf(process.pid),
    host: hostname(),
    token: randomUUID(),
  }
  await acquire(path, mine, setting, tellWaiting)
  try {
    return await act()
  } finally {
    await rm(path, { force: true })
  }
}

async function acquire(path: string, mine: Owner, setting: Setting, tellWaiting: () => void): Promise<void> {
  let unownedSeen = 0
  for (let poll = 0; poll * lockPollMs <= lockWaitMsMax; poll += 1) {
    if (await createWhole(path, mine)) return
    if (poll === 1) tellWaiting() // the first poll may just have met the lock of one that has died
    const text = await textOf(path)
    const owner = parseOwner(text)
    unownedSeen = text !== undefined && owner === undefined ? unownedSeen + 1 : 0
    const isStale = owner ? !isAlive(owner) : unownedSeen > unownedLockPolls
    if (text !== undefined && isStale) await removeStale(path, text, mine)
    await setting.sleep(lockPollMs, setting.signal)
    if (setting.signal?.aborted) {
      throw new SetupError({ kind: 'interrupted', message: 'interrupted', hint: 'start it again' })
    }
  }
  throw new SetupError({
    kind: 'lock-timeout',
    message: `another process has held ${path} for ${lockWaitMsMax / 60_000} min: ${await textOf(path)}`,
    hint: `look whether that process is at work; if it is not, rm ${path}`,
  })
}

async function createWhole(path: string, owner: Owner): Promise<boolean> {
  try {
    await writeFile(path, JSON.stringify(owner), { flag: 'wx' })
    return true
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false
    throw error
  }
}

/**
 * Removes a dead process's lock, unless it has been replaced since. Two that saw the same dead owner must not both
 * remove: the second would remove the first one's new lock. So removing is itself done under a second file, which is
 * held for an instant; one found after a crash within that instant is removed by whoever meets it, a poll later.
 */
async function removeStale(path: string, staleText: string, mine: Owner): Promise<void> {
  const guard = `${path}.takeover`
  if (!(await createWhole(guard, mine))) {
    const holder = parseOwner(await textOf(guard))
    if (holder && !isAlive(holder)) await rm(guard, { force: true })
    return
  }
  try {
    if ((await textOf(path)) === staleText) await rm(path, { force: true })
  } finally {
    await rm(guard, { force: true })
  }
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined)
}

function parseOwner(text: string | undefined): Owner | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '')
    return isOwner(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isOwner(value: unknown): value is Owner {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    Number.isInteger(value.pid) &&
    'startTicks' in value &&
    typeof value.startTicks === 'string' &&
    'host' in value &&
    typeof value.host === 'string'
  )
}

/** An owner on another machine (a shared folder, another container) counts as alive: we cannot see it. */
function isAlive(owner: Owner): boolean {
  if (owner.host !== hostname()) return true
  try {
    process.kill(owner.pid, 0)
  } catch (error) {
    return isCode(error, 'EPERM')
  }
  return owner.startTicks === '' || owner.startTicks === startTicksOf(owner.pid)
}

/** Field 22 of /proc/PID/stat (proc(5)); the name before it may hold spaces and brackets. Empty elsewhere. */
function startTicksOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
