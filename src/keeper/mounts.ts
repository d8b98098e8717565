import { readFileSync } from 'node:fs'

/** One line of the kernel's table of mounts (proc(5), mountinfo). */
export interface Mount {
  readonly path: string
  readonly type: string
  readonly source: string
  /** Of the file system itself, such as the controllers of a cgroup hierarchy. */
  readonly options: readonly string[]
}

/** In the order in which they were mounted; none where the kernel has no such table. */
export function readMounts(): readonly Mount[] {
  try {
    return parseMounts(readFileSync('/proc/self/mountinfo', 'utf8'))
  } catch {
    return []
  }
}

/** `36 35 98:0 /root /path rw,noatime master:1 - ext3 /dev/sda1 rw,errors=continue`; `\040` is a blank. */
export function parseMounts(table: string): readonly Mount[] {
  return table.split('\n').flatMap((line) => {
    const [before = '', after] = line.split(' - ')
    const path = before.split(' ')[4]
    const [type = '', source = '', options = ''] = after?.split(' ') ?? []
    return path === undefined || after === undefined
      ? []
      : [{ path: unescaped(path), type, source: unescaped(source), options: options.split(',') }]
  })
}

function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}
