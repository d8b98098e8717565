/** How every error of the harness looks to a person, and which exit code it stands for. */
export interface Told {
  readonly text: string
  readonly exitCode: number
}

interface Known {
  readonly message: string
  readonly hint?: string
  readonly logPath?: string
  readonly exitCode: number
}

function isKnown(error: unknown): error is Known {
  return error instanceof Error && 'exitCode' in error && typeof error.exitCode === 'number'
}

/** A text without control characters, by which a server whose words are in it could move the terminal; lines and tabs stay. */
export function plainText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')
}

/** One message: the cause, the hint, the place of the log. An error that is none of ours is a defect, told with its stack. */
export function tellError(error: unknown): Told {
  if (!isKnown(error)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { text: plainText(`squall: a defect of Squall itself:\n${text}\n`), exitCode: 3 }
  }
  const lines = [`squall: ${error.message}`]
  if (error.hint) lines.push(`  hint: ${error.hint}`)
  if (error.logPath) lines.push(`  log:  ${error.logPath}`)
  return { text: plainText(`${lines.join('\n')}\n`), exitCode: error.exitCode }
}
