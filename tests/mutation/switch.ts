/** What the switched sources ask at each of their mutants: is this the one that is on? */
export class MutantSwitch {
  /** null: none. */
  on: number | null = null
  /** Mutants whose place was come by since this was last emptied. */
  readonly passed = new Set<number>()
  /** Asked so often since it was last set to 0. */
  asked = 0
  /** A mutant that makes a loop endless is caught by what it asks. */
  askedMax = Number.POSITIVE_INFINITY

  ask(id: number): boolean {
    this.asked += 1
    if (this.asked > this.askedMax) throw new Error('endless')
    if (this.on === null) this.passed.add(id)
    return this.on === id
  }
}
