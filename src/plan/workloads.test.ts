import { describe, expect, it } from 'vitest'
import type { Catalogue } from '../domain/catalogue.ts'
import type { LoadText } from './extends.ts'
import { fakeCatalogue } from './fake-catalogue.ts'
import { loadPlan } from './load-plan.ts'
import { noOverrides } from './overrides.ts'
import { ownWorkload } from './own-workload.ts'
import { samplePlan } from './sample-plan.ts'

const catalogue: Catalogue = {
  ...fakeCatalogue,
  workloads: new Map([
    ...fakeCatalogue.workloads,
    [
      'listed',
      {
        name: 'listed',
        title: 'of the plan',
        tools: null,
        hasLedger: false,
        protocol: 'sql',
        fromPlan: (words) =>
          typeof words.calls === 'object' && words.calls !== null
            ? new Map(Object.keys(words.calls).map((name) => [name, 1]))
            : [{ path: 'calls.first', received: 'nothing', expected: 'a call' }],
      },
    ],
    [
      './broken.ts',
      { name: './broken.ts', title: '', tools: null, hasLedger: false, problem: 'a workload: it has no name' },
    ],
    [
      './shop.ts',
      {
        name: './shop.ts',
        title: '',
        tools: new Map([['look', 1]]),
        hasLedger: false,
        protocol: 'http',
        file: '/w/shop.ts',
      },
    ],
  ]),
}

function loadOf(load: string, objectives = '') {
  const own = samplePlan.slice(0, samplePlan.indexOf('load:'))
  const text = `${own}load:\n${load}\n  pace: 1 s\n  phases: [{id: steady, for: 20 s, users: 5}]\n${objectives}`
  return loadPlan({ plan: 'x', loadText: () => ({ text, file: 'x.yaml' }), catalogue, overrides: noOverrides })
}

const told = (found: ReturnType<typeof loadOf>) => found.problems.map(({ path, expected }) => `${path}: ${expected}`)

describe('a workload whose calls stand in the plan', () => {
  it('gets its words as they are, and its database by the link of the server', () => {
    const { plan, problems } = loadOf('  workload: listed\n  with: {calls: {a: 1, b: [x]}}')
    expect(problems).toEqual([])
    expect(plan?.load).toMatchObject({
      workload: 'listed',
      protocol: 'sql',
      with: { calls: { a: 1, b: ['x'] } },
      database: { kind: 'link', link: 'db' },
    })
  })

  it('tells its problems with their place in the plan', () => {
    const { problems } = loadOf('  workload: listed\n  with:\n    calls:')
    expect(problems).toContainEqual(expect.objectContaining({ path: 'load.with.calls.first', expected: 'a call' }))
    expect(problems.every(({ line }) => line !== null)).toBe(true)
  })

  it('needs words', () => {
    expect(told(loadOf('  workload: listed'))).toEqual([expect.stringMatching(/^load\.with: /)])
  })

  it('has calls that objectives may name', () => {
    const where = (tool: string) =>
      `objectives: [{id: p, measure: tool.latency.p95, during: steady, max: 1 s, where: {tool: ${tool}}}]`
    expect(told(loadOf('  workload: listed\n  with: {calls: {a: 1}}', where('a')))).toEqual([])
    expect(told(loadOf('  workload: listed\n  with: {calls: {a: 1}}', where('c')))).toHaveLength(1)
  })
})

describe('load.database', () => {
  const withDatabase = (database: string) =>
    loadOf(`  workload: listed\n  with: {calls: {a: 1}}\n  database: ${database}`)

  it.each([
    ['{through: db}', { kind: 'link', link: 'db' }],
    ['{straight: true}', { kind: 'straight' }],
    [
      '{url: "postgres://app@127.0.0.1:6432/app"}',
      { kind: 'url', url: 'postgres://app@127.0.0.1:6432/app', passwordEnv: null },
    ],
    [
      '{url: "postgres://app@localhost/app", password_env: PATH}',
      { kind: 'url', url: 'postgres://app@localhost/app', passwordEnv: 'PATH' },
    ],
  ])('%s', (text, expected) => {
    const { plan, problems } = withDatabase(text)
    expect(problems).toEqual([])
    expect(plan?.load.database).toEqual(expected)
  })

  it.each([
    ['nothing to choose', '{}', /\{through/],
    ['two ways', '{through: db, straight: true}', /\{through/],
    ['a link that there is not', '{through: cache}', /a link to a database/],
    ['a password in the plan', '{url: "postgres://app:secret@127.0.0.1/app"}', /without a password/],
    ['a host behind', '{url: "postgres://app@127.0.0.1/app?host=db.test"}', /before the question/],
    ['an address behind', '{url: "postgres://app@127.0.0.1/app?hostaddr=192.0.2.1"}', /before the question/],
    ['a port behind', '{url: "postgres://app@127.0.0.1/app?PORT=1"}', /before the question/],
    ['a service behind', '{url: "postgres://app@127.0.0.1/app?service=x"}', /before the question/],
    ['a file of services behind', '{url: "postgres://app@127.0.0.1/app?servicefile=x"}', /before the question/],
    ['a password behind', '{url: "postgres://app@127.0.0.1/app?password=secret"}', /without a password/],
    ['a file of passwords behind', '{url: "postgres://app@127.0.0.1/app?passfile=/secret"}', /without a password/],
    ['a % that begins no code', '{url: "postgres://a%E0@127.0.0.1/app"}', /%25/],
    [
      'a password where its variable belongs',
      '{url: "postgres://127.0.0.1/a", password_env: "se-secret"}',
      /the name of/,
    ],
    ['another machine', '{url: "postgres://app@db.example.org/app"}', /loopback/],
    ['another protocol', '{url: "mysql://127.0.0.1/app"}', /a URL such as postgres/],
    [
      'a variable that is not set',
      '{url: "postgres://127.0.0.1/a", password_env: SQUALL_NO_SUCH_VARIABLE}',
      /that is set/,
    ],
    ['a password for nobody', '{through: db, password_env: PATH}', /\{through/],
  ])('%s is refused', (_, text, says) => {
    const found = withDatabase(text)
    expect(told(found)).toEqual([expect.stringMatching(says)])
    expect(JSON.stringify(found.problems)).not.toContain('secret')
  })

  it('is for those that speak SQL', () => {
    expect(told(loadOf('  workload: customer-success\n  database: {straight: true}'))).toEqual([
      expect.stringMatching(/speaks SQL/),
    ])
  })
})

describe('a workload that is named by its path', () => {
  const plans: Readonly<Record<string, string>> = {
    'plans/a.yaml': 'extends: ./b.yaml\nload: {pace: 1 s}',
    './b.yaml': 'load: {workload: ../mine/shop.ts}',
    'c.yaml': 'load: {workload: echo}',
  }
  const loadText: LoadText = (name) => {
    const text = plans[name]
    return text === undefined ? { known: [] } : { text, file: name }
  }

  it('is found from the file that names it', () => {
    expect(ownWorkload('plans/a.yaml', loadText, noOverrides)).toEqual({ written: '../mine/shop.ts', from: './b.yaml' })
  })

  it('… or from where one is, when a flag names it', () => {
    const overrides = { ...noOverrides, set: ['load.workload=./shop.ts'] }
    expect(ownWorkload('c.yaml', loadText, overrides)).toEqual({ written: './shop.ts', from: null })
  })

  it('is none where it is a name, or there is no plan', () => {
    expect(ownWorkload('c.yaml', loadText, noOverrides)).toBeNull()
    expect(ownWorkload('d.yaml', loadText, noOverrides)).toBeNull()
  })

  it('stands in the plan with its place and what it speaks; its weights may be changed', () => {
    const { plan, problems } = loadOf('  workload: ./shop.ts\n  with: {requests: {look: {weight: 4}}}')
    expect(problems).toEqual([])
    expect(plan?.load).toMatchObject({
      file: '/w/shop.ts',
      protocol: 'http',
      with: { requests: { look: { weight: 4 } } },
    })
    expect(plan?.load).not.toHaveProperty('database')
  })

  it('says why it cannot be used', () => {
    expect(told(loadOf('  workload: ./broken.ts'))).toEqual(['load.workload: a workload: it has no name'])
  })
})
