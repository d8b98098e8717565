import type { Json, JsonObject } from '../../domain/json.ts'
import { complain, type Read } from '../shape.ts'
import type { Tree } from '../tree.ts'

/** What a plan hands on as it is. */
export const json: Read<Json> = ({ tree }) => asJson(tree)

export const jsonObject: Read<JsonObject> = (spot, problems) =>
  spot.tree.kind === 'map' ? (asJson(spot.tree) as JsonObject) : complain(spot, problems, 'a map')

function asJson(tree: Tree): Json {
  if (tree.kind === 'scalar') return tree.value
  if (tree.kind === 'list') return tree.items.map(asJson)
  return Object.fromEntries([...tree.entries].map(([key, value]) => [key, asJson(value)]))
}
