import { dirname, resolve } from 'node:path'
import type { Catalogue, RowFile } from '../domain/catalogue.ts'
import { readRowFile } from '../load/rows/read-file.ts'
import { shortest } from '../plan/folder.ts'

/** Files of arguments count from the plan's file that names them, as its `extends` and its workload do. */
export function rowFilesFrom(workingFolder: string): Catalogue['rowFile'] {
  return (written, from): RowFile => {
    const near = from === null ? workingFolder : dirname(resolve(workingFolder, from))
    const path = resolve(near, written)
    const file = shortest(path, workingFolder)
    try {
      return { file, ...readRowFile(path) }
    } catch (error) {
      return { file, problem: problemOf(error) }
    }
  }
}

function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return 'code' in error && error.code === 'ENOENT' ? 'there is none' : error.message
}
