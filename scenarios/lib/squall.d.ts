/** The generator's own k6 module, written in Go in engines/squall. Reading a property costs 1.6 µs: bind to locals. */
declare module 'k6/x/squall' {
  import type { Options } from 'k6/options'

  interface Squall {
    /** Names of the tools, in the order of the numbers that next() gives. */
    readonly tools: readonly string[]
    /** Limit of a call, all its requests together. Requests end by it without being told. */
    readonly callTimeoutMs: number
    /** k6's options for this run. */
    options(): Options
    /** Makes this script the user of its number, and waits for its turn to open a session. Gives the number. */
    join(): number
    /** Where the calls go. Known after join(). */
    target(): string
    /** Which era users speak, `modern` or `legacy`; empty: each finds out. Known after join(). */
    era(): string
    /** What each request carries beside its own headers, secrets among it. Known after join(). */
    headers(): Record<string, string>
    /** Says that the user has its session, then waits for the run's t0. False: there will be no run. */
    ready(): boolean
    /** Says that the user makes no further call, and waits until nobody does, then for its turn. False: there is no time. */
    leave(): boolean
    /** Gives the turn of leave() back. */
    left(): void
    /** Says that the user could not open a session, then waits as ready() does: its calls ask for one. False where nobody has one. */
    failed(reason: string): boolean
    /** Waits for the user's next slot. Gives the number of its tool, or -1 when the user is done. */
    next(): number
    /** The slot's call is one of the tool of that number, in place of the one that next() gave. Before begin(). */
    instead(tool: number): void
    /** The call is sent from now on. */
    begin(): void
    /** ms until the open call has reached its limit, or the run's end cuts it: for what cannot be cut from outside. At least 1. */
    remainingMs(): number
    /** The system told the user to wait so many ms before its next call: what comes due meanwhile is unsent. Waits. */
    rest(ms: number): void
    /** The call's outcome is known: a name from src/domain/outcome.ts, and a text for what is not right. */
    end(outcome: string, detail?: string): void
    /**
     * After `end`: whether what that call was answered is to be told by `answered`. So of the first answers of a tool, then of
     * one a second.
     */
    sampled(): boolean
    /** What was asked, and what was answered: digests alone are kept. */
    answered(asked: string, answer: string): void
    /** A number in [0, 1) that depends on the run's seed, the user and the slot alone. */
    random(): number
  }
  const squall: Squall
  export default squall
}
