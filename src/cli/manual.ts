import { createInterface } from 'node:readline'
import type { ManualMode } from '../conduct/conduct.ts'
import type { Plan } from '../domain/plan.ts'

/** Lines that a person types. */
export interface TypedLines extends Disposable {
  /** The next one that is typed from now on; null: none will come, or `signal` has aborted. What came before is let go. */
  next(signal: AbortSignal): Promise<string | null>
}

/** What is said where nobody could answer. */
export const needsTerminal =
  'mode manual: received no terminal on stdin, expected one, since each act is confirmed there; in mode automatic the drill runs by itself'

export function isManual({ drill }: Pick<Plan, 'drill'>): boolean {
  return drill?.mode === 'manual'
}

/** A person carries the drill out: sees its steps, and is asked before each act, one question at a time. */
export function manualMode(
  {
    title,
    steps,
  }: { readonly title: string; readonly steps: readonly { readonly kind: string; readonly text: string }[] },
  lines: TypedLines,
  say: (text: string) => void,
): ManualMode {
  let last: Promise<unknown> = Promise.resolve()
  const ask = async (act: string, signal: AbortSignal): Promise<boolean> => {
    if (signal.aborted) return false
    say(`press Enter to ${act}, s + Enter to skip it`)
    while (!signal.aborted) {
      const typed = await lines.next(signal)
      if (signal.aborted) break
      const word = typed?.trim().toLowerCase()
      if (word === '') return true
      if (word === undefined || word === 's') {
        say(word === undefined ? 'nobody can answer any more: skipped' : 'skipped')
        return false
      }
      say('Enter, or s + Enter')
    }
    say('the question is withdrawn: it answers again, or the run is at its end')
    return false
  }
  return {
    showSteps() {
      say(
        [`${title}: the harm is seen, the clock runs`, ...steps.map(({ kind, text }) => `  ${kind}: ${text}`)].join(
          '\n',
        ),
      )
    },
    confirm(act, signal) {
      const answer = last.then(() => ask(act, signal))
      last = answer
      return answer
    },
  }
}

/** Of the terminal on stdin, until disposed. */
export function terminalLines(): TypedLines {
  const reader = createInterface({ input: process.stdin })
  let isOver = false
  reader.once('close', () => {
    isOver = true
  })
  return {
    async next(signal) {
      if (isOver || signal.aborted) return null
      const { promise, resolve } = Promise.withResolvers<string | null>()
      const end = (): void => resolve(null)
      reader.once('line', resolve)
      reader.once('close', end)
      signal.addEventListener('abort', end, { once: true })
      try {
        return await promise
      } finally {
        reader.off('line', resolve)
        reader.off('close', end)
        signal.removeEventListener('abort', end)
      }
    },
    [Symbol.dispose]: () => reader.close(),
  }
}
