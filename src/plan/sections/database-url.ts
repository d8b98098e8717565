import { textOf } from '../known.ts'
import type { Read } from '../shape.ts'

/** In the query part they are taken over what the address says: another place, or a secret, or the file that holds one. */
const movers = ['host', 'hostaddr', 'port', 'service', 'servicefile']
const secrets = ['password', 'sslpassword', 'passfile']

/** How an address is written here, and where its password goes. */
export interface DatabaseUrlWords {
  readonly example: string
  readonly password: string
}

/** What is wrong with the address of a database; null: nothing is. Quotes nothing that may be a secret. */
export function databaseUrlProblem(
  text: string,
  words: DatabaseUrlWords,
): { readonly received: string; readonly expected: string } | null {
  const url = URL.parse(text)
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol) || url.hostname === '')
    return { received: 'a value', expected: words.example }
  const keys = [...url.searchParams.keys()].map((key) => key.toLowerCase())
  const moved = movers.find((key) => keys.includes(key))
  if (moved !== undefined)
    return { received: `?${moved}=`, expected: 'an address that says where it is before the question mark' }
  if (url.password !== '' || secrets.some((key) => keys.includes(key)))
    return { received: url.host, expected: `an address without a password: ${words.password}` }
  if (!isEncoded(url.username) || !isEncoded(url.pathname))
    return { received: url.host, expected: 'an address in which a % is written %25' }
  return null
}

/** Whether each % begins a code. */
export function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/** Addresses are recorded, in the plan and in the run folder: a password comes from the environment. */
export function databaseUrl(words: DatabaseUrlWords): Read<string> {
  return (spot, problems) => {
    const text = textOf(spot.tree) ?? ''
    const problem = databaseUrlProblem(text, words)
    if (problem === null) return new URL(text).href
    problems.add(spot.tree.place, spot.path, problem.received, problem.expected)
    return undefined
  }
}
