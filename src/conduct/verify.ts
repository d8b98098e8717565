import type { Clock } from '../domain/clock.ts'
import type { ConductedHooks } from './stack-view.ts'

export interface Verified {
  readonly isOk: boolean
  readonly tookUs: number
  /** How it failed; null: it did not. */
  readonly why: string | null
}

/** The users' own word on whether all is well again. Never rejects. */
export async function verifyBy(hooks: ConductedHooks, node: string, clock: Clock): Promise<Verified> {
  const fromUs = clock.monotonicUs()
  let why: string | null = null
  try {
    await hooks.on(node).run('verify')
  } catch (error) {
    why = error instanceof Error ? error.message : String(error)
  }
  return { isOk: why === null, tookUs: clock.monotonicUs() - fromUs, why }
}
