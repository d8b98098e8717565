import { execFile } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'

/** prlimit(1) does one system call a process; hundreds of backends take a second. */
const prlimitMsMax = 4_000

/** A soft limit as prlimit takes it: a number, or `unlimited`; null: not told here, or the process has ended. */
export function readSoftLimit(pid: number, name: 'Max open files' | 'Max data size'): string | null {
  try {
    const limits = readFileSync(`/proc/${pid}/limits`, 'utf8').split('\n')
    return (
      limits
        .find((line) => line.startsWith(name))
        ?.slice(name.length)
        .trim()
        .split(/\s+/)[0] ?? null
    )
  } catch {
    return null
  }
}

/**
 * Sets one soft limit alone, which whoever owns the processes may raise again. Done as the owner of the first: root may
 * not have the right to another account's limits (CAP_SYS_RESOURCE). Rejects with what prlimit says of one that it could
 * not set; of several, one that has ended meanwhile is no error.
 */
export async function setSoftLimit(pids: readonly number[], name: 'nofile' | 'data', soft: string): Promise<void> {
  const [first] = pids
  if (first === undefined) return
  const { uid, gid } = statSync(`/proc/${first}`)
  const owner = process.getuid?.() === 0 ? { uid, gid } : {}
  // One that is about to end is still there, and can be set no more: it is looked at again.
  const script = `for pid; do
    prlimit --pid "$pid" "$0" || { sleep 0.02; [ ! -e "/proc/$pid" ]; } || grep -q '^State:[[:space:]]*[ZX]' "/proc/$pid/status" || failed=1
  done; [ -z "$failed" ]`
  const argv = ['-c', script, `--${name}=${soft}:`, ...pids.map(String)]
  await new Promise<void>((resolve, reject) => {
    execFile('sh', argv, { timeout: prlimitMsMax, ...owner }, (error, _, stderr) => {
      const why = stderr.trim() || error?.message
      if (error === null) resolve()
      else reject(new Error(`prlimit (util-linux) could not set ${name} of ${pids.join(', ')}: ${why}`))
    })
  })
}
