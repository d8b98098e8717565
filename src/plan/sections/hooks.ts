import { type HookName, type HookSpec, type HooksPlan, hookNames } from '../../domain/plan.ts'
import type { Known } from '../known.ts'
import { hookMsMax, hookMsMin } from '../limits.ts'
import type { Problems } from '../problems.ts'
import {
  anyText,
  complain,
  duration,
  joinPath,
  list,
  mapOf,
  object,
  optional,
  type Read,
  required,
  type Spot,
} from '../shape.ts'
import { child, showTree } from '../tree.ts'

const hookMsDefault = 30_000

const variables: Read<Readonly<Record<string, string>>> = mapOf((key) => (spot, problems) => {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) return complain(spot, problems, 'a name of letters, digits and _ as key')
  if (spot.tree.kind === 'scalar') return String(spot.tree.value)
  return complain(spot, problems, 'a text, a number, true or false')
})

const readHook: Read<HookSpec | null> = (spot, problems) => {
  const read = object({
    command: required(list(anyText, 1)),
    within: optional(duration(hookMsMin, hookMsMax), hookMsDefault),
    cwd: optional<string | null>(anyText, null),
    env: optional(variables, {}),
  })(spot, problems)
  if (read === undefined) return undefined
  const { within, ...kept } = read
  return { ...kept, withinMs: within }
}

const fields = {
  inject: optional(readHook, null),
  act: optional(readHook, null),
  verify: optional(readHook, null),
  heal: optional(readHook, null),
} satisfies Record<HookName, unknown>

/** `stack.hooks`: commands of the users' own platform. null: none. */
export const readHooks: Read<HooksPlan | null> = (spot, problems) => {
  const read = object(fields)(spot, problems)
  if (read === undefined) return undefined
  const given = hookNames.flatMap((name) => (read[name] === null ? [] : [[name, read[name]] as const]))
  return given.length === 0 ? null : Object.fromEntries(given)
}

/** One that nothing runs would prove nothing: whoever wrote it expects it to have acted. */
export function checkHooks(spot: Spot, problems: Problems): void {
  const act = child(child(spot.tree, 'hooks'), 'act')
  const policy = child(child(spot.tree, 'supervisor'), 'act')
  if (act !== null && policy === null) {
    const expected = 'nothing, or when it is to run: supervisor: {act: {after: 2 s}}'
    problems.add(act.place, joinPath(spot.path, 'hooks.act'), showTree(act), expected)
  }
  if (act === null && policy !== null) {
    const expected = 'nothing, or what is to be run: hooks: {act: {command: [my-fail-over, "{primary}"]}}'
    problems.add(policy.place, joinPath(spot.path, 'supervisor.act'), showTree(policy), expected)
  }
}

/** What a fault that is made and healed by hooks lacks; empty: nothing. */
export function hooksLacking({ hooks }: Known): readonly string[] {
  return (['inject', 'heal'] as const).filter((name) => !hooks.has(name)).map((name) => `stack.hooks.${name}`)
}
