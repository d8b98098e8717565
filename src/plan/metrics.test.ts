import { describe, expect, it } from 'vitest'
import { loadSample, sampleWith } from './sample-plan.ts'

const withMetrics = (metrics: string, more = '') =>
  sampleWith('server: {role: mcp}', `server: {role: mcp, metrics: ${metrics}${more}}`)

const unobserved = (metrics: string) => withMetrics(metrics).replace('observe:\n  pool: {node: server}\n', '')

const poolOf = (text: string) => {
  const { plan, problems } = loadSample(text)
  expect(problems).toEqual([])
  return plan?.observe.pool
}

describe('metrics of the server', () => {
  it('are named by a ready mapping, on the server itself at /metrics', () => {
    expect(poolOf(unobserved('{mapping: counted}'))).toEqual({
      node: 'server',
      path: '/metrics',
      everyMs: 250,
      map: { used: 'in_use', max: 'limit' },
    })
  })

  it('are an exporter of its own, asked as often as observe.pool says', () => {
    const text = withMetrics('{url: "http://127.0.0.1:9127/metrics", mapping: counted}').replace(
      'pool: {node: server}',
      'pool: {node: server, every: 100 ms}',
    )
    expect(poolOf(text)).toMatchObject({ url: 'http://127.0.0.1:9127/metrics', everyMs: 100 })
  })

  it.each([
    ['names of its own, and nothing else', '{used: busy}', { used: 'busy' }],
    ['a number that no metric tells', '{from: counted, max: 4}', { used: 'in_use', max: '4' }],
    ['one name in place of a ready one', '{from: counted, used: busy}', { used: 'busy', max: 'limit' }],
  ])('map: %s', (_reason, mapping, map) => {
    expect(poolOf(unobserved(`{mapping: ${mapping}}`))?.map).toEqual(map)
  })

  it('are the reference server’s without a mapping', () => {
    expect(poolOf(unobserved('{path: /internal}'))).toMatchObject({
      path: '/internal',
      map: { used: 'database_connections_active' },
    })
  })

  it.each([
    ['{mapping: nothing}', '', 'stack.nodes.server.metrics.mapping', /a mapping: counted/],
    ['{mapping: {from: nothing}}', '', 'stack.nodes.server.metrics.mapping.from', /a mapping: counted/],
    ['{mapping: {busy: x}}', '', 'stack.nodes.server.metrics.mapping.busy', /a known key: used/],
    ['{mapping: {max: -1}}', '', 'stack.nodes.server.metrics.mapping.max', /a text/],
    ['{path: /m, url: "http://127.0.0.1/m"}', '', 'stack.nodes.server.metrics', /one of path/],
    ['{url: "http://me:word@127.0.0.1/m"}', '', 'stack.nodes.server.metrics.url', /without a login/],
    ['{url: "file:///etc/passwd"}', '', 'stack.nodes.server.metrics.url', /http/],
    ['{url: "http://metrics.test/m"}', '', 'stack.nodes.server.metrics.url', /this machine/],
    ['{url: "http://127.0.0.1/m"}', ', instances: 2', 'stack.nodes.server.metrics.url', /each of several/],
  ])('%s%s is refused', (metrics, more, path, expected) => {
    expect(loadSample(withMetrics(metrics, more)).problems.map((problem) => [problem.path, problem.expected])).toEqual([
      [path, expect.stringMatching(expected)],
    ])
  })

  it('are said in one place', () => {
    const text = withMetrics('{mapping: counted}').replace(
      'pool: {node: server}',
      'pool: {node: server, path: /other, map: {used: busy}}',
    )
    expect(loadSample(text).problems.map(({ path, expected }) => [path, expected])).toEqual([
      ['observe.pool.path', 'nothing: stack.nodes.server.metrics says it'],
      ['observe.pool.map', 'nothing: stack.nodes.server.metrics says it'],
    ])
  })
})
