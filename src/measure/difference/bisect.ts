/**
 * Where it stops to hold, between a `near` for which it holds and a `far` for which it does not: both, after so many
 * halvings of what lies between.
 */
export function bisect(
  { near, far }: { readonly near: number; readonly far: number },
  turns: number,
  holds: (value: number) => boolean,
): { readonly near: number; readonly far: number } {
  if (turns === 0) return { near, far }
  const middle = (near + far) / 2
  return bisect(holds(middle) ? { near: middle, far } : { near, far: middle }, turns - 1, holds)
}
