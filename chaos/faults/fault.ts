import type { FaultDescription } from '../../src/domain/catalogue.ts'
import type { LinkControl, LinkSample } from '../../src/domain/link.ts'

export type FaultParameters = Readonly<Record<string, number | string | boolean>>

/**
 * A kind of harm to a link. `apply` and `heal` return when the proxy has said yes; whether the harm is really there,
 * or really gone, is told by `isAffected` from samples of Squall's own connections, never from the proxy's answer.
 * The undo needs no code here: for every fault of a link it is "no toxic, enabled", which the keeper holds.
 */
export interface LinkFault extends FaultDescription {
  readonly on: 'link'
  apply(link: LinkControl, parameters: FaultParameters): Promise<void>
  heal(link: LinkControl, parameters: FaultParameters): Promise<void>
  /** Does this sample, asked while the fault was on, show the harm? The same rule decides that the harm is gone. */
  isAffected(sample: LinkSample, parameters: FaultParameters): boolean
}

/** A parameter that the plan's check has let through as a number. */
export function numberOf(parameters: FaultParameters, name: string): number {
  const value = parameters[name]
  if (typeof value !== 'number') throw new TypeError(`parameter ${name}: expected a number, received ${String(value)}`)
  return value
}
