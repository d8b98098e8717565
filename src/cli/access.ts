import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { NodeSpec, Problem, StackPlan } from '../domain/plan.ts'
import type { McpAccess } from '../mcp-client/access.ts'

/** A way in, or why there is none. */
export type Access =
  | { readonly access: McpAccess; readonly problems: null }
  | { readonly access: null; readonly problems: readonly Problem[] }

/** As much of a plan as says how one comes in. */
export interface AccessPlan {
  readonly stack: Pick<StackPlan, 'allowHosts'> & {
    readonly nodes: Readonly<Record<string, Pick<NodeSpec, 'id' | 'role' | 'headers' | 'caFile'>>>
  }
}

/**
 * What the plan only names: values of headers from the environment, certificates from their file. `folder`: that relative
 * paths count from. Nobody else reads them, so that they come into no record.
 */
export function readAccess(
  { stack }: AccessPlan,
  environment: Readonly<Record<string, string | undefined>>,
  folder: string,
): Access {
  const problems: Problem[] = []
  const headers: Record<string, string> = {}
  const server = Object.values(stack.nodes).find(({ role }) => role === 'mcp')
  const at = `stack.nodes.${server?.id ?? 'server'}`
  const wrong = (path: string, received: string, expected: string): void => {
    problems.push({ path: `${at}.${path}`, received, expected, file: null, line: null })
  }
  for (const [name, { env, prefix }] of Object.entries(server?.headers ?? {})) {
    const value = environment[env]?.trim() ?? ''
    // Somebody may have given the secret itself in place of the name.
    if (!/^[A-Za-z_]\w*$/.test(env))
      wrong(`headers.${name}`, 'something else', 'the name of an environment variable, which holds the value')
    else if (value === '') wrong(`headers.${name}`, `no value in ${env}`, `the environment variable ${env} to hold it`)
    // Only its name: the value is a secret.
    else if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
      wrong(`headers.${name}`, env, `one line without control characters`)
    else headers[name] = prefix + value
  }
  const caPem = server?.caFile === undefined ? null : readPem(resolve(folder, server.caFile), wrong)
  if (problems.length > 0) return { access: null, problems }
  return { access: { headers, caPem, allowHosts: stack.allowHosts }, problems: null }
}

function readPem(file: string, wrong: (path: string, received: string, expected: string) => void): string | null {
  try {
    const text = readFileSync(file, 'utf8')
    if (text.includes('-----BEGIN CERTIFICATE-----')) return text
    wrong('tls.ca', file, 'a file with certificates as PEM')
  } catch (error) {
    wrong('tls.ca', file, `a file that can be read: ${error instanceof Error ? error.message : String(error)}`)
  }
  return null
}

/** For who was told 401 or 403. `naming`: what names the variable with the token, a flag or a key of the plan. */
export function loginHint({ headers }: Pick<McpAccess, 'headers'>, naming: string): string {
  const sent = Object.keys(headers)
  return sent.length === 0
    ? `name the variable that holds the token: ${naming}`
    : `it was sent ${sent.join(', ')}, and does not let that in: look at what the variables hold (${naming})`
}
