/** What is there, though the compiler cannot know it: an entry at a counted place. Throws where it is missing after all. */
export function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a value that is always there is missing')
  return value
}
