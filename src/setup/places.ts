import { lstatSync, readFileSync, statfsSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { freeMemoryBytes } from './free-memory.ts'

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
  /** The same as `cacheDir`, for what PostgreSQL itself must read: it differs only for root. */
  readonly postgresCacheDir: string
  /** Where databases that go with their run have their data; PostgreSQL's account can reach it. */
  readonly dataDir: string
  /** Whether that is memory: then no disk takes part in what is measured. */
  readonly isDataInMemory: boolean
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
  /** A file system in memory, with the bytes that fit into it and into the machine's free memory; undefined: none. */
  readonly memory: () => { readonly dir: string; readonly roomBytes: number } | undefined
  /** Whether a folder, there or not, lies in memory. */
  readonly isMemory: (dir: string) => boolean
  /** False for what is there and is no folder that we alone may change. */
  readonly isOurs: (dir: string) => boolean
}

/**
 * A run's database is 0.3 GB with its data and up to 1 GB of write-ahead log (`max_wal_size`); a drill has three. What
 * is left over is for the generator and the system under test.
 */
const memoryRoomBytesMin = 6 * 2 ** 30

/** What statfs(2) says of a tmpfs. */
const tmpfsMagic = 0x01021994
const memoryFileSystem = '/dev/shm'

const thisMachine: Machine = {
  env: process.env,
  home: homedir(),
  uid: process.getuid?.(),
  passwd: () => readFileSync('/etc/passwd', 'utf8'),
  isOpenToAll: (dir) => {
    const stat = statSync(dir, { throwIfNoEntry: false })
    return stat === undefined || (stat.mode & 0o001) !== 0
  },
  memory: () => {
    try {
      const { type, bavail, bsize } = statfsSync(memoryFileSystem)
      if (type !== tmpfsMagic) return undefined
      return { dir: memoryFileSystem, roomBytes: Math.min(bavail * bsize, freeMemoryBytes()) }
    } catch {
      return undefined
    }
  },
  isMemory: (dir) => {
    try {
      return statfsSync(dir).type === tmpfsMagic
    } catch {
      return false
    }
  },
  isOurs: (dir) => {
    try {
      // Not followed: in a folder that everybody may write to, a link may lead anywhere.
      const stat = lstatSync(dir, { throwIfNoEntry: false })
      if (stat === undefined) return true
      return stat.isDirectory() && stat.uid === process.getuid?.() && (stat.mode & 0o022) === 0
    } catch {
      return false
    }
  },
}

/**
 * Decides where things lie: $SQUALL_CACHE and $SQUALL_STATE, else the XDG base directories, else ~/.cache and
 * ~/.local/state. PostgreSQL refuses to run as root, so root runs it as `postgres`, else `nobody`; where that account
 * cannot get into a folder (/root is closed), PostgreSQL's part lies in /var/cache/squall and /var/lib/squall. The data
 * of a run's databases lies in $SQUALL_DATA, else in memory where there is room, else with the state
 * (docs/decisions/0005-data-in-memory.md).
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
    ...dataPlace(isRoot && !isReachable(stateDir, machine) ? '/var/lib/squall' : stateDir, machine),
    postgresAccount: isRoot ? (findAccount(machine.passwd(), 'postgres') ?? nobody(machine)) : undefined,
  }
}

function dataPlace(diskDir: string, machine: Machine): Pick<Places, 'dataDir' | 'isDataInMemory'> {
  const wanted = machine.env.SQUALL_DATA
  // A folder of ours within it: its modes are ours to set.
  if (wanted)
    return { dataDir: join(resolve(wanted), 'squall-data'), isDataInMemory: machine.isMemory(resolve(wanted)) }
  const memory = machine.memory()
  if (memory !== undefined && memory.roomBytes >= memoryRoomBytesMin) {
    // In a folder that everybody may write to, hence one for each account.
    const dataDir = join(memory.dir, `squall-${machine.uid ?? 'data'}`)
    if (machine.isOurs(dataDir)) return { dataDir, isDataInMemory: true }
  }
  return { dataDir: join(diskDir, 'data'), isDataInMemory: false }
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
