import { readdirSync, readFileSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import type { LoadText } from './extends.ts'

/** The plans' names in a folder, sorted: its .yaml files. Empty for a folder that is not there. */
export function planNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.yaml'))
      .map((entry) => entry.name.slice(0, -'.yaml'.length))
      .sort()
  } catch {
    return []
  }
}

/** Finds plans by name in `folder`, or by a path: from the working folder, or from the file that extends it. */
export function planFolder(folder: string, workingFolder: string): LoadText {
  return (nameOrPath, from) => {
    const isPath = /[\\/]|\.ya?ml$/.test(nameOrPath)
    const near = from === null ? workingFolder : dirname(resolve(workingFolder, from))
    const path = isPath ? resolve(near, nameOrPath) : join(folder, `${nameOrPath}.yaml`)
    try {
      return { text: readFileSync(path, 'utf8'), file: shortest(path, workingFolder) }
    } catch {
      return { known: planNames(folder), ...(isPath ? { sought: path } : {}) }
    }
  }
}

/** As people would write it: relative when it lies below the working folder. */
export function shortest(path: string, workingFolder: string): string {
  const below = relative(workingFolder, path)
  return below.startsWith('..') || isAbsolute(below) ? path : below
}
