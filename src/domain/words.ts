import type { JsonObject } from './json.ts'

/** What a workload's users speak. */
export type Protocol = 'mcp' | 'http' | 'sql'

/** What a plan calls the calls of a workload, under `load.with`. */
export const callsKey = { mcp: 'tools', http: 'requests', sql: 'statements' } as const satisfies Record<
  Protocol,
  string
>

/** What is wrong with a plan's words to a workload; `path` is below `load.with`, such as `requests.search.path`. */
export interface WordProblem {
  readonly path: string
  readonly received: string
  readonly expected: string
}

/** Reads `load.with` of a workload whose calls stand there: each call's relative share by its name, or all problems. */
export type ReadWords = (words: JsonObject) => ReadonlyMap<string, number> | readonly WordProblem[]
