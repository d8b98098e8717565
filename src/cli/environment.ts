import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { arch, cpus, hostname, release, totalmem, type } from 'node:os'
import type { Commit } from '../record/reader.ts'
import { assets } from './assets.ts'

/** Tells runs of one machine from those of another, without telling which machine: a comparison needs no more. */
export function readEnvironment(): Record<string, string | number> {
  const processors = cpus()
  return {
    os: `${type()} ${release()}`,
    arch: arch(),
    cpu: processors[0]?.model ?? 'not told',
    cores: processors.length,
    memoryMiB: Math.round(totalmem() / 1_048_576),
    machine: createHash('sha256').update(hostname()).digest('hex').slice(0, 12),
    node: process.version,
  }
}

/** Changes with every start of the machine: streams of two boots do not share a clock (random(4)). */
export function readBootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
}

export function readVersion(): string {
  const { version } = JSON.parse(readFileSync(assets.packageFile, 'utf8')) as { version: string }
  return version
}

/** A large tree on a slow disk; without an answer by then the run has no commit, and goes on. */
const gitTimeoutMs = 5_000

/** The commit of the git tree that `folder` is in; null: in none, or git does not tell. */
export function readCommit(folder: string): Commit | null {
  const git = (...args: string[]): string | null => {
    // Looking must not lock the index under somebody who works there.
    const argv = ['--no-optional-locks', '-C', folder, ...args]
    const { status, stdout } = spawnSync('git', argv, { encoding: 'utf8', timeout: gitTimeoutMs })
    return status === 0 ? stdout.trim() : null
  }
  const sha = git('rev-parse', 'HEAD')
  const changes = sha === null ? null : git('status', '--porcelain', '--untracked-files=no')
  return sha === null || changes === null ? null : { sha, isChanged: changes !== '' }
}
