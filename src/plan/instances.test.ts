import { describe, expect, it } from 'vitest'
import { targetIdsOf } from '../domain/instances.ts'
import { loadSample, samplePlan, sampleWith } from './sample-plan.ts'

const three = sampleWith('server: {role: mcp}', 'server: {role: mcp, instances: 3}')
const gone = 'fault: down, on: db'

function problemsOf(text: string): readonly string[] {
  return loadSample(text).problems.map(({ path, received, expected }) => `${path}: ${received}; ${expected}`)
}

describe('a server with several instances', () => {
  it('is harmed as a whole, or one of it alone', () => {
    const { plan, problems } = loadSample(three.replace(gone, `${gone}, instance: 3`))
    expect(problems).toEqual([])
    expect(plan?.stack.nodes.server?.instances).toBe(3)
    expect(plan?.faults.map(({ instance }) => instance)).toEqual([undefined, 3])
    expect(plan?.faults.map((fault) => targetIdsOf(plan.stack, fault))).toEqual([['db-1', 'db-2', 'db-3'], ['db-3']])
  })

  it('has as many connections as all its pools together', () => {
    expect(loadSample(three).advice.find(({ id }) => id === 'pool-exceeds-slots')?.why).toMatch(/3 x \(50 \+ 50\)/)
  })

  it.each([
    ['more instances than a machine has room for', 'instances: 3', 'instances: 6', 'stack.nodes.server.instances'],
    ['none at all', 'instances: 3', 'instances: 0', 'stack.nodes.server.instances'],
    ['one beyond the last', gone, `${gone}, instance: 4`, 'faults[1].instance'],
    ['one before the first', gone, `${gone}, instance: 0`, 'faults[1].instance'],
    ['one of a database', gone, 'fault: crash, on: primary, instance: 1', 'faults[1].instance'],
    ['a fault named as an instance is', 'id: gone', 'id: server-2', 'faults[1].id'],
    ['an objective named as the link of one is', 'id: p95', 'id: db-3', 'objectives[0].id'],
    ['a balancer of its own', 'id: gone', 'id: balancer', 'faults[1].id'],
  ])('refuses %s', (_, piece, replacement, path) => {
    const found = problemsOf(three.replace(piece, () => replacement))
    expect(found.map((text) => text.split(':')[0])).toEqual([path])
  })

  it('says how many there are, and where there is one only', () => {
    expect(problemsOf(three.replace(gone, `${gone}, instance: 4`))).toEqual([
      'faults[1].instance: 4; a whole number in 1..3',
    ])
    expect(problemsOf(samplePlan.replace(gone, `${gone}, instance: 1`))).toEqual([
      'faults[1].instance: 1; nothing: there is one db; a server with `instances`, and links from it, have more',
    ])
  })

  it('refuses the instances alone when both they and what acts on them are wrong', () => {
    expect(problemsOf(three.replace('instances: 3', 'instances: 9').replace(gone, `${gone}, instance: 2`))).toEqual([
      'stack.nodes.server.instances: 9; a whole number in 1..5',
    ])
  })

  it('leaves ids of instances to them when a fault comes several times', () => {
    const text = three
      .replace('id: gone', 'id: db')
      .replace('at: 55 s}, for: 20 s', 'at: 40 s, every: 20 s, times: 2}, for: 9 s')
    expect(problemsOf(text).join()).toMatch(/leaves db-1 free/)
  })
})

describe('two faults at one time', () => {
  const at = (first: string, second: string) =>
    problemsOf(
      three
        .replace('fault: latency, on: db', `fault: latency, on: db${first}`)
        .replace(`${gone}, start: {phase: steady, at: 55 s}`, `${gone}${second}, start: {phase: steady, at: 20 s}`),
    )
  it.each([
    ['on one instance each', ', instance: 1', ', instance: 2', 0],
    ['on one and the same', ', instance: 1', ', instance: 1', 1],
    ['on one and on all', ', instance: 1', '', 1],
  ])('%s', (_, first, second, count) => {
    expect(at(first, second)).toHaveLength(count)
  })
})
