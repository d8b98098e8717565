import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { NodeSpec, Plan } from '../domain/plan.ts'
import { readAccess } from './access.ts'

const folder = mkdtempSync(join(tmpdir(), 'squall-access-'))
afterAll(() => rmSync(folder, { recursive: true }))

const planOf = (server: Partial<NodeSpec>): Pick<Plan, 'stack'> =>
  ({ stack: { allowHosts: ['mcp.test'], nodes: { theirs: { id: 'theirs', role: 'mcp', ...server } } } }) as never

const headers = { Authorization: { env: 'TOKEN', prefix: 'Bearer ' }, 'X-Key': { env: 'KEY', prefix: '' } }

test('headers come from the environment, behind what the plan puts before them', () => {
  expect(readAccess(planOf({ headers }), { TOKEN: 't0ps3cret\n', KEY: 'k' }, folder).access).toEqual({
    headers: { Authorization: 'Bearer t0ps3cret', 'X-Key': 'k' },
    caPem: null,
    allowHosts: ['mcp.test'],
  })
})

test('all that is missing is told at once, by its name', () => {
  const { problems } = readAccess(planOf({ headers, caFile: 'none.pem' }), { KEY: 'two\nlines' }, folder)
  expect(problems?.map(({ path, received }) => [path, received])).toEqual([
    ['stack.nodes.theirs.headers.Authorization', 'no value in TOKEN'],
    ['stack.nodes.theirs.headers.X-Key', 'KEY'],
    ['stack.nodes.theirs.tls.ca', join(folder, 'none.pem')],
  ])
})

test('certificates come from their file, which must hold some', () => {
  const pem = '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n'
  writeFileSync(join(folder, 'ca.pem'), pem)
  writeFileSync(join(folder, 'key.pem'), '-----BEGIN PRIVATE KEY-----')
  expect(readAccess(planOf({ caFile: 'ca.pem' }), {}, folder).access?.caPem).toBe(pem)
  expect(readAccess(planOf({ caFile: 'key.pem' }), {}, folder).problems).toHaveLength(1)
})

test('a secret in place of the name of its variable is not told', () => {
  const given = {
    Authorization: { env: 'eyJ.t0p-S3CRET', prefix: 'Bearer ' },
    'X-Key': { env: 'two words', prefix: '' },
  }
  for (const environment of [{}, { 'eyJ.t0p-S3CRET': 'a\nb' }]) {
    const { problems } = readAccess(planOf({ headers: given }), environment, folder)
    expect(problems).toHaveLength(2)
    expect(JSON.stringify(problems)).not.toMatch(/S3CRET|two words/)
    expect(problems?.[0]?.expected).toContain('the name of an environment variable')
  }
})
