import type { write } from 'node:fs'
import { expect, it } from 'vitest'
import { BackgroundFile } from './background-file.ts'

/** A disk that takes a text only when it is told to. */
function slowDisk() {
  const written: string[] = []
  const waiting: (() => void)[] = []
  const writer = ((_descriptor: number, text: string, done: () => void) => {
    waiting.push(() => {
      written.push(text)
      done()
    })
  }) as unknown as typeof write
  const goOn = async () => {
    waiting.shift()?.()
    await new Promise(setImmediate)
  }
  return { written, writer, goOn }
}

it('keeps the order, and nobody waits for the disk', async () => {
  const { written, writer, goOn } = slowDisk()
  const file = new BackgroundFile(2, writer)
  for (const line of ['a', 'b', 'c']) file.add(line)
  expect(written).toEqual([])
  await goOn()
  await goOn()
  expect(written).toEqual(['a', 'bc'])
  file.add('d')
  const flushed = file.flushed()
  await goOn()
  await flushed
  expect(written).toEqual(['a', 'bc', 'd'])
})

it('keeps no more than it may while the disk stands still', async () => {
  const { written, writer, goOn } = slowDisk()
  const file = new BackgroundFile(2, writer)
  for (let line = 0; line < 10_000; line += 1) file.add('x')
  await goOn()
  await goOn()
  expect(written.join('').length).toBeLessThanOrEqual(201)
  expect(written.join('').length).toBeGreaterThan(100)
})
