import type { ParameterDescription } from '../../src/domain/catalogue.ts'
import type { LinkControl, ToxicSpec } from '../../src/domain/link.ts'
import type { ProbeConnection } from '../../src/domain/probe-sample.ts'
import { type FaultParameters, numberOf, textOf } from './fault.ts'

/** What all faults that are toxics of Toxiproxy have in common: whom they hit, and which way. */

export const share: ParameterDescription = {
  kind: 'ratio',
  unit: 'ratio',
  min: 0.05,
  max: 1,
  default: 1,
  why: 'of the connections; each one draws anew. Below 0.05 our own samples would take seconds to be hit',
}

export function direction(usual: 'downstream' | 'upstream' | 'both', why: string): ParameterDescription {
  return { kind: 'choice', unit: '', choices: ['downstream', 'upstream', 'both'], default: usual, why }
}

export function streamsOf(parameters: FaultParameters): readonly ToxicSpec['stream'][] {
  const chosen = textOf(parameters, 'direction')
  return chosen === 'both' ? ['upstream', 'downstream'] : [chosen === 'upstream' ? 'upstream' : 'downstream']
}

/** One toxic a direction, named after the fault, so that heal finds them. */
export async function addToxics(
  link: LinkControl,
  name: string,
  type: ToxicSpec['type'],
  parameters: FaultParameters,
  attributes: ToxicSpec['attributes'],
): Promise<void> {
  const toxicity = numberOf(parameters, 'share')
  for (const stream of streamsOf(parameters))
    await link.addToxic({ name: `squall-${name}-${stream}`, type, stream, toxicity, attributes })
}

export async function removeToxics(link: LinkControl, name: string, parameters: FaultParameters): Promise<void> {
  for (const stream of streamsOf(parameters)) await link.removeToxic(`squall-${name}-${stream}`)
}

/** A long-lived connection draws once and may be spared for good: of a share, the fresh ones tell. */
export function seenByShare(parameters: FaultParameters): readonly ProbeConnection[] {
  return numberOf(parameters, 'share') < 1 ? ['fresh'] : ['long', 'fresh']
}

/** So many spared samples in a row that chance would give them once in a hundred: (1 - share)^n <= 0.01. */
export function trustedSamples(parameters: FaultParameters): number {
  const spared = 1 - numberOf(parameters, 'share')
  if (spared <= 0) return 1
  // 1 - 0.99 is a hair over 0.01 in binary: that must not cost a sample more.
  return Math.ceil(Math.log(0.01) / Math.log(spared) - 1e-9)
}
