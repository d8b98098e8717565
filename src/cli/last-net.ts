import { graver } from './exit-code.ts'
import { tellError } from './problem.ts'

/** What the net needs of the process. */
export interface EndingProcess {
  on(event: 'uncaughtException' | 'unhandledRejection', listener: (error: unknown) => void): unknown
  exit(code: number): unknown
}

/**
 * A net under everything: Node would end with code 1, which reads as "a bound was missed". Nothing can be awaited any
 * more, so nothing is released here: the keeper sees its pipe close, heals and ends the stack by itself.
 */
export function spreadNet(process: EndingProcess, stderr: (text: string) => void): void {
  let isFalling = false
  const fall = (error: unknown): void => {
    // What goes wrong while we tell of the first must not lead us around in a circle.
    if (isFalling) return
    isFalling = true
    const told = tellError(error)
    try {
      stderr(told.text)
    } finally {
      process.exit(graver(told.exitCode, 3))
    }
  }
  process.on('uncaughtException', fall)
  process.on('unhandledRejection', fall)
}
