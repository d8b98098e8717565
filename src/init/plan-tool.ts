import type { JsonObject } from '../domain/json.ts'
import type { TriedTool } from './trials.ts'

/** Users read more than they write, about three to one (scenarios/customer-success.ts). */
const readWeight = 3
const writeWeight = 1

/** What a plan says of a tool. */
export function toolEntry(tried: TriedTool): JsonObject {
  const { tool } = tried
  if (tried.state === 'usable') {
    const weight = tool.annotations.readOnlyHint === true ? readWeight : writeWeight
    const { sets, from } = tried
    return { weight, ...argumentsOf(sets), ...(from === null ? {} : { from: { ...from } }) }
  }
  if (tried.state === 'not_allowed' || tried.state === 'not_tried') {
    return { weight: 0, ...argumentsOf(tried.sets.slice(0, 1)) }
  }
  return { weight: 0, ...argumentsOf(tried.sent === null ? [] : [tried.sent]) }
}

function argumentsOf(sets: readonly JsonObject[]): JsonObject {
  const isNothing = sets.every((set) => Object.keys(set).length === 0)
  return isNothing ? {} : { arguments: sets }
}

const errorRule = 'failed: {at: /error, present: true}'

/** Why a tool is off, and the one line that turns it on; null: there is nothing to say. */
export function toolComment(tried: TriedTool): string | null {
  switch (tried.state) {
    case 'usable':
      if (tried.saidError !== undefined)
        return `counts as working, though its trial answered with an error: ${oneLine(tried.saidError)}. If that is a failure:  ${errorRule}`
      return tried.note === null ? null : `works; its trial was told: ${oneLine(tried.note)}`
    case 'not_allowed':
      return `off: ${oneLine(tried.why)}, and was not called. To turn it on:  weight: 1`
    case 'not_tried':
      return `off: not tried, ${oneLine(tried.why)}. To turn it on:  weight: 1`
    case 'failing':
      return `off: its trial failed, ${oneLine(tried.why)}. When it works:  weight: 1`
    case 'needs_arguments':
      return `off: needs arguments from you (${oneLine(tried.why)}). To turn it on:  ${onLine(tried)}`
  }
}

/** The entry in one line, with a gap for each argument that has to be found. */
function onLine({ tool }: TriedTool): string {
  const { required } = tool.inputSchema
  const names = Array.isArray(required) ? required.filter((name): name is string => typeof name === 'string') : []
  const gaps = names.slice(0, 8).map((name) => `${oneLine(name, 60)}: …`)
  return `{weight: ${readWeight}, arguments: {${gaps.join(', ')}}}`
}

/** A server's words in a comment: one line, without what moves a terminal's cursor or turns text around. */
export function oneLine(text: string, charactersMax = 200): string {
  const plain = text.replaceAll(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()
  return plain.length <= charactersMax ? plain : `${plain.slice(0, charactersMax)}…`
}
