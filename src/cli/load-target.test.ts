import { describe, expect, it } from 'vitest'
import type { DatabasePlace, Plan } from '../domain/plan.ts'
import { fakeCatalogue } from '../plan/fake-catalogue.ts'
import { loadPlan } from '../plan/load-plan.ts'
import { noOverrides } from '../plan/overrides.ts'
import { samplePlan, textsOf } from '../plan/sample-plan.ts'
import type { RunningLink, RunningNode, RunningStack } from '../stack/running-stack.ts'
import { loadTarget } from './load-target.ts'

const { plan: sample } = loadPlan({
  plan: 'a.yaml',
  loadText: textsOf({ 'a.yaml': samplePlan }),
  catalogue: fakeCatalogue,
  overrides: noOverrides,
})

function planOf(protocol: 'http' | 'sql', database?: DatabasePlace): Plan {
  if (sample === null) throw new Error('the sample is no plan')
  return { ...sample, load: { ...sample.load, protocol, ...(database === undefined ? {} : { database }) } }
}

const node = (id: string, port: number) =>
  ({ id, applicationUrl: `postgres://app:secret@127.0.0.1:${port}/shop` }) as RunningNode
const stack = {
  nodes: new Map([
    ['server', { id: 'server', applicationUrl: null } as RunningNode],
    ['primary', node('primary', 5001)],
    ['replica', node('replica', 5002)],
  ]),
  links: new Map([['db-1', { id: 'db-1', to: 'primary', host: '127.0.0.1', port: 6001 } as RunningLink]]),
  cluster: { primary: 'replica' },
} as unknown as RunningStack
const mcpUrl = 'http://127.0.0.1:8080/mcp'

describe('where the load goes', () => {
  it('is the origin of the server for HTTP', () => {
    expect(loadTarget(planOf('http'), stack, false, mcpUrl)).toEqual({
      url: 'http://127.0.0.1:8080',
      shown: 'http://127.0.0.1:8080',
    })
  })

  it.each<[string, DatabasePlace, string]>([
    ['by the link, of several instances the first one’s', { kind: 'link', link: 'db' }, '127.0.0.1:6001'],
    ['straight to whoever takes writes now', { kind: 'straight' }, '127.0.0.1:5002'],
    ['to a pooler', { kind: 'url', url: 'postgres://app@127.0.0.1:6432/shop', passwordEnv: 'HOME' }, '127.0.0.1:6432'],
  ])('is the database %s, and no record has the login', (_, place, host) => {
    const { url, shown } = loadTarget(planOf('sql', place), stack, false, mcpUrl)
    expect(new URL(url).host).toBe(host)
    expect(new URL(url).password).not.toBe('')
    expect(new URL(url).searchParams.get('default_query_exec_mode')).toBe('exec')
    expect(shown).toBe(`postgres://${host}/shop`)
  })

  it('leaves statements their names where the workload prepares them', () => {
    const { url } = loadTarget(planOf('sql', { kind: 'straight' }), stack, true, mcpUrl)
    expect(new URL(url).searchParams.has('default_query_exec_mode')).toBe(false)
  })
})
