import { readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

/** The numbers of an account; a process is started under them with child_process `uid` and `gid`. */
export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

export interface Places {
  /** Things that can be made again: built engines, downloads, logs of what made them. */
  readonly cacheDir: string
  /** Things that must outlive a run: what runs are open, how their faults are undone. */
  readonly stateDir: string
  /** The same two, for what PostgreSQL itself must read: they differ from the above only for root. */
  readonly postgresCacheDir: string
  readonly postgresStateDir: string
  /** Who PostgreSQL runs as; undefined: as whoever runs the harness. */
  readonly postgresAccount: Account | undefined
}

/** What is asked of the machine; tests give another one. */
export interface Machine {
  readonly env: NodeJS.ProcessEnv
  readonly home: string
  /** Undefined where the system has no such numbers. */
  readonly uid: number | undefined
  readonly passwd: () => string
  /** Whether any user may enter the folder; true for one that is not there yet (we make it so). */
  readonly isOpenToAll: (dir: string) => boolean
}

const thisMachine: Machine = {
  env: process.env,
  home: homedir(),
  uid: process.getuid?.(),
  passwd: () => readFileSync('/etc/passwd', 'utf8'),
  isOpenToAll: (dir) => {
    const stat = statSync(dir, { throwIfNoEntry: false })
    return stat === undefined || (stat.mode & 0o001) !== 0
  },
}

/**
 * Decides where things lie: $SQUALL_CACHE and $SQUALL_STATE, else the XDG base directories, else ~/.cache and
 * ~/.local/state. PostgreSQL refuses to run as root, so root runs it as `postgres`, else `nobody`; where that account
 * cannot get into a folder (/root is closed), PostgreSQL's part lies in /var/cache/squall and /var/lib/squall.
 */
export function findPlaces(machine: Machine = thisMachine): Places {
  const { env, home } = machine
  const cacheDir = resolve(env.SQUALL_CACHE ?? join(absoluteOr(env.XDG_CACHE_HOME, join(home, '.cache')), 'squall'))
  const stateDir = resolve(
    env.SQUALL_STATE ?? join(absoluteOr(env.XDG_STATE_HOME, join(home, '.local', 'state')), 'squall'),
  )
  const isRoot = machine.uid === 0
  return {
    cacheDir,
    stateDir,
    postgresCacheDir: isRoot && !isReachable(cacheDir, machine) ? '/var/cache/squall' : cacheDir,
    postgresStateDir: isRoot && !isReachable(stateDir, machine) ? '/var/lib/squall' : stateDir,
    postgresAccount: isRoot ? (findAccount(machine.passwd(), 'postgres') ?? nobody(machine)) : undefined,
  }
}

/** The XDG specification says that a relative path in these variables is to be ignored. */
function absoluteOr(value: string | undefined, fallback: string): string {
  return value?.startsWith('/') ? value : fallback
}

/** Whether every user can get to what lies in `dir`: each folder from the root on lets others through. */
export function isReachable(dir: string, machine: Machine = thisMachine): boolean {
  for (let at = dir; ; at = dirname(at)) {
    if (!machine.isOpenToAll(at)) return false
    if (at === dirname(at)) return true
  }
}

function nobody(machine: Machine): Account {
  // 65534 is what Linux itself calls overflowuid, the owner of what has none.
  return findAccount(machine.passwd(), 'nobody') ?? { name: 'nobody', uid: 65_534, gid: 65_534 }
}

function findAccount(passwd: string, name: string): Account | undefined {
  const row = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .find(([first]) => first === name)
  const [uid, gid] = [Number(row?.[2]), Number(row?.[3])]
  return Number.isInteger(uid) && Number.isInteger(gid) ? { name, uid, gid } : undefined
}
