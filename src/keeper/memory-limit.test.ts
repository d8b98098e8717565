import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { giveMemoryBack, limitMemory, readMemoryLimit } from './memory-limit.ts'
import { readProcess } from './process-table.ts'

/** Its children come and go all the time, as a database's backends do. */
const restless = 'i=0; while [ $i -lt 20000 ]; do true & true & /bin/true & wait; i=$((i+1)); done'

it('limits a process whose children come and go, and gives back what it had', async () => {
  const child = spawn('sh', ['-c', restless], { detached: true })
  try {
    await once(child, 'spawn')
    const root = readProcess(child.pid ?? 0)
    if (root === undefined) throw new Error('it has ended')
    const before = readMemoryLimit(root.pid)
    if (before === null) throw new Error('the system does not tell')
    // Of a race, some: with a wrong one about every seventh failed.
    for (let turn = 1; turn <= 40; turn += 1) {
      const soft = String(2 ** 30 + turn)
      await limitMemory(root, soft)
      expect(readMemoryLimit(root.pid)).toBe(soft)
    }
    await giveMemoryBack(root, before)
    expect(readMemoryLimit(root.pid)).toBe(before)
  } finally {
    process.kill(-(child.pid ?? 0), 'SIGKILL')
  }
})

it('does nothing to one that has ended', async () => {
  const ended = { pid: 4_194_304, startTicks: '1' }
  await limitMemory(ended, '1048576')
  await giveMemoryBack(ended, 'unlimited')
})
