import { createHash } from 'node:crypto'

/** In [0, 1), by the seed and the name alone: a plan that gets another fault keeps the moments of those it has. */
export function draw(seed: number, name: string): number {
  return createHash('sha256').update(`${seed}/${name}`).digest().readUInt32BE() / 2 ** 32
}
