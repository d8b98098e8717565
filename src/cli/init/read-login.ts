import { isHeaderName, isOwnHeader } from '../../plan/sections/external.ts'
import { isVariableName } from '../../plan/sections/variable.ts'

/** What an address should not hold, as it is recorded. */
const secretKey = /key(?!word)|token|secret|password/i

/** The key of the address's query that looks like a login; null: none does. */
export function secretKeyOf(url: URL): string | null {
  return [...url.searchParams.keys()].find((key) => secretKey.test(key)) ?? null
}

/** `--header NAME=VARIABLE`, by the plan's rules. What is none of them is not repeated: it may be the secret. */
export function readHeaders(texts: readonly string[], problems: string[]): Readonly<Record<string, string>> {
  const headers: (readonly [name: string, variable: string])[] = []
  for (const text of texts) {
    const [name = '', variable = ''] = text.split(/=(.*)/s, 2)
    const shown = isHeaderName(name) ? name : 'a value'
    if (shown !== name || variable === '')
      problems.push(`--header: got ${shown}; expected a header and a variable, such as X-Team=TEAM`)
    else if (isOwnHeader(name)) problems.push(`--header: got ${name}; expected another header: Squall sets it itself`)
    else if (!isVariableName(variable))
      problems.push(`--header ${name}: got a value; expected the name of the variable that holds it`)
    headers.push([name, variable])
  }
  return Object.fromEntries(headers)
}

export function checkAuthEnv(authEnv: string | undefined, problems: string[]): void {
  if (authEnv === undefined || isVariableName(authEnv)) return
  problems.push('--auth-env: got a value; expected the name of the variable that holds the token')
}
