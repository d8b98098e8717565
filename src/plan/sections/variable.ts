import { textOf } from '../known.ts'
import { object, type Read, required } from '../shape.ts'

export function isVariableName(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text)
}

/** The name of an environment variable that holds a secret. */
export const variable: Read<string> = (spot, problems) => {
  const name = textOf(spot.tree)
  if (name !== null && isVariableName(name)) return name
  // Not quoted: it may be the secret itself.
  problems.add(spot.tree.place, spot.path, 'a value', 'the name of an environment variable, such as MCP_TOKEN')
  return undefined
}

/** `{env: NAME}` in the place of a secret. */
export const fromVariable: Read<{ readonly env: string }> = (spot, problems) => {
  if (spot.tree.kind === 'map') return object({ env: required(variable) })(spot, problems)
  problems.add(spot.tree.place, spot.path, 'a value', 'keys: env, the variable that holds it: a plan holds no secrets')
  return undefined
}
