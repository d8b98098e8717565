import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Of /proc and the like, where what is looked at may go meanwhile, or not be ours to see: then there is nothing in it. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

export function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

export function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
