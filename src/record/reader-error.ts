/** `not_a_run`: no run.json, or not one. `newer_format`: written by a newer Squall. `damaged`: a file contradicts itself. */
export type RunFolderErrorKind = 'not_a_run' | 'newer_format' | 'damaged'

/** A run folder that cannot be judged at all. A stream that was merely cut is no error: it makes findings unknown. */
export class RunFolderError extends Error {
  readonly kind: RunFolderErrorKind
  readonly hint: string
  /** Bad usage: the folder that was named cannot be read. */
  readonly exitCode = 64

  constructor(kind: RunFolderErrorKind, message: string, hint: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'RunFolderError'
    this.kind = kind
    this.hint = hint
  }
}
