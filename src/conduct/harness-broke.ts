/** The harness itself failed: nothing of the system was learnt from here on. */
export class HarnessBroke extends Error {
  readonly kind = 'harness'
  readonly exitCode = 3
  readonly hint: string
  constructor(message: string, hint: string, options?: ErrorOptions) {
    super(message, options)
    this.hint = hint
  }

  static from(error: unknown): HarnessBroke {
    if (error instanceof HarnessBroke) return error
    const hint = error instanceof Error && 'hint' in error ? String(error.hint) : ''
    return new HarnessBroke(error instanceof Error ? error.message : String(error), hint, { cause: error })
  }
}
