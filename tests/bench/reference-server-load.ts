import { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { McpClient } from '../../reference-server/testing/mcp-client.ts'
import workload from '../../scenarios/customer-success.ts'
import type { Json, Memory, Random, ToolUse } from '../../scenarios/lib/workload.ts'

export interface LoadResult {
  /** From the intended start to the answer, one a call that was answered, in ms. */
  readonly latenciesMs: readonly number[]
  readonly wrong: readonly string[]
  readonly failed: readonly string[]
  readonly expected: number
}

/** Mulberry32: a seeded generator of numbers in [0, 1). */
function seeded(seed: number): Random {
  let state = seed
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    next,
    int: (min, max) => min + Math.floor(next() * (max - min + 1)),
    pick<T>(items: readonly T[]): T {
      const item = items[Math.floor(next() * items.length)]
      if (item === undefined) throw new Error('nothing to pick from')
      return item
    },
  }
}

const totalWeight = workload.tools.reduce((sum, { weight }) => sum + weight, 0)

function drawTool(random: Random): ToolUse {
  let left = random.next() * totalWeight
  for (const use of workload.tools) {
    left -= use.weight
    if (left < 0) return use
  }
  throw new Error('weights do not add up')
}

/** As many users as asked for, their sessions open: `run` has each call about every `paceMs`, one at a time. */
export async function openUsers(
  url: string,
  count: number,
): Promise<{
  run(paceMs: number, forMs: number): Promise<LoadResult>
  close(): void
}> {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })
  const clients: McpClient[] = []
  for (let user = 0; user < count; user++) {
    const client = new McpClient(agent, url)
    await client.open()
    clients.push(client)
  }
  return {
    close: () => agent.destroy(),
    run: async (paceMs, forMs) => {
      const result = { latenciesMs: [], wrong: [], failed: [], expected: 0 }
      const endMs = performance.now() + forMs
      await Promise.all(clients.map((client, user) => oneUser(client, seeded(user), paceMs, endMs, result)))
      return result
    },
  }
}

interface Growing {
  readonly latenciesMs: number[]
  readonly wrong: string[]
  readonly failed: string[]
  expected: number
}

async function oneUser(client: McpClient, random: Random, paceMs: number, endMs: number, result: Growing) {
  const memory: Memory = {}
  let intendedMs = performance.now() + random.next() * paceMs
  while (intendedMs < endMs) {
    const nowMs = performance.now()
    if (intendedMs > nowMs) await sleep(intendedMs - nowMs)
    const use = drawTool(random)
    await oneCall(client, use, random, memory, result)
    result.latenciesMs.push(performance.now() - intendedMs)
    intendedMs = Math.max(intendedMs + (0.5 + random.next()) * paceMs, performance.now())
  }
}

async function oneCall(client: McpClient, use: ToolUse, random: Random, memory: Memory, result: Growing) {
  const args = use.arguments(random, memory)
  try {
    const { isError, structuredContent } = await client.call(use.name, args)
    const code = String(structuredContent.code)
    if (isError && use.expectedCodes?.includes(code) === true) result.expected += 1
    else if (isError) result.failed.push(`${use.name}: ${code}`)
    else {
      const check = use.check?.(structuredContent as { [key: string]: Json }, args, memory) ?? 'ok'
      if (typeof check !== 'string') result.wrong.push(check.wrong)
    }
  } catch (error) {
    result.failed.push(`${use.name}: ${String(error).slice(0, 100)}`)
  }
}
