import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { arch, cpus, hostname, release, totalmem, type } from 'node:os'
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
