import { createContext, runInContext } from 'node:vm'

/**
 * What `run` returns, or null where it takes longer than `msMax` or throws: it is stopped wherever it is, in a regular
 * expression too. For what is the server's own, and may never end. It must not wait: only what is synchronous is bounded.
 */
export function withinTime<T>(msMax: number, run: () => T): T | null {
  try {
    return runInContext('run()', createContext({ run }), { timeout: msMax }) as T
  } catch {
    return null
  }
}
