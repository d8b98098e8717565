import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundleSpoken } from './bundle.ts'
import { LoadError } from './load-error.ts'
import { loadExport, loadSpoken, protocolOf, readWordsOf } from './spoken.ts'
import { workloadFile } from './workload.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'squall-spoken-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let count = 0
function file(text: string): string {
  count += 1
  const path = join(folder, `workload-${count}.ts`)
  writeFileSync(path, text)
  return path
}

const shop = `
const paths: readonly string[] = ['/a', '/b']
export default {
  name: 'shop', protocol: 'http',
  requests: [
    { name: 'look', weight: 3, request: (random) => ({ method: 'GET', path: random.pick(paths) }) },
    { name: 'buy', weight: 1, request: () => ({ method: 'POST', path: '/buy' }) },
  ],
}`

describe('a workload of somebody', () => {
  test('its calls have their own weights, or those of the plan', async () => {
    const path = file(shop)
    expect((await loadSpoken(path, {})).calls).toEqual([
      { name: 'look', weight: 3 },
      { name: 'buy', weight: 1 },
    ])
    const { calls } = await loadSpoken(path, { requests: { buy: { weight: 9 } } })
    expect(calls).toContainEqual({ name: 'buy', weight: 9 })
  })

  test.each([
    ['nothing', 'export const a = 1', 'it exports no object by default'],
    ['an empty one', 'export default {}', 'it has no name; it has no list of tools'],
    ['a protocol that nobody speaks', `export default { name: 'a', protocol: 'grpc' }`, 'its protocol is "grpc"'],
    ['calls under the wrong key', `export default { name: 'a', protocol: 'http', tools: [] }`, 'no list of requests'],
    [
      'SQL that does not say whose connections',
      `export default { name: 'a', protocol: 'sql', statements: [{ name: 'b', weight: 1, sql: 'select 1' }] }`,
      'connections is undefined, not held or each-call',
    ],
    [
      'a call that lacks all',
      `export default { name: 'a', protocol: 'http', requests: [{}] }`,
      'requests[0] has no name; requests[0].weight is no number of at least 0; requests[0].request is no function',
    ],
    ['what k6 has not', `import fs from 'node:fs'\nexport default { name: String(fs) }`, 'cannot be imported'],
    ['what is no TypeScript', 'export default {', 'cannot be imported'],
  ])('%s is told as what is missing', async (_, text, says) => {
    const failure = await loadExport(file(text)).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(LoadError)
    expect(String(failure)).toContain(says)
    expect(failure).toMatchObject({ exitCode: 64 })
  })
})

describe('workloads whose calls stand in the plan', () => {
  test.each([
    ['http-api', 'http', { requests: { home: { path: '/', weight: 2 } } }, 'home'],
    ['database-direct', 'sql', { statements: { one: { sql: 'select 1', weight: 2 } } }, 'one'],
  ] as const)('%s speaks %s, reads its words, and compiles for k6 with them', async (name, protocol, words, call) => {
    const path = workloadFile(name)
    const workload = await loadExport(path)
    expect(protocolOf(workload)).toBe(protocol)
    expect(readWordsOf(workload)?.(words)).toEqual(new Map([[call, 2]]))
    const script = join(folder, `${name}.js`)
    await bundleSpoken(path, protocol, words, script)
    const text = readFileSync(script, 'utf8')
    expect(text).toContain(protocol === 'sql' ? 'k6/x/sql' : 'k6/http')
    expect(text).not.toContain(protocol === 'sql' ? 'initialize' : 'k6/x/sql')
    expect(text.length).toBeLessThan(40_000)
  })
})
