import { describe, expect, it } from 'vitest'
import { loadSample, sampleWith } from './sample-plan.ts'

const withServer = (server: string) => loadSample(sampleWith('server: {role: mcp}', `server: {role: mcp, ${server}}`))
const told = (server: string) => withServer(server).problems.map(({ path, expected }) => `${path}: ${expected}`)

describe('nodes.<id>.stdio', () => {
  it('is a command of its own, shared by all users unless the plan says otherwise', () => {
    const { plan, problems } = withServer('stdio: {command: [my-server, --stdio]}')
    expect(problems).toEqual([])
    expect(plan?.stack.nodes.server).toMatchObject({
      command: ['my-server', '--stdio'],
      stdio: { share: 'all', max: 50 },
      readyPath: null,
    })
  })

  it('says how many processes there may be', () => {
    const { plan } = withServer('stdio: {command: [a], share: user, max: 100}')
    expect(plan?.stack.nodes.server?.stdio).toEqual({ share: 'user', max: 100 })
  })

  it('is not there unless the plan has it', () => {
    expect(loadSample(sampleWith('name: sample', 'name: sample')).plan?.stack.nodes.server).not.toHaveProperty('stdio')
  })

  it.each([
    ['without a command', 'stdio: {share: all}', /stdio\.command: a value/],
    ['another way to share', 'stdio: {command: [a], share: some}', /stdio\.share: .*all, user/],
    ['two commands', 'command: [b], stdio: {command: [a]}', /server\.command: nothing/],
    ['a ready path', 'stdio: {command: [a]}, ready: {path: /ready}', /server\.ready: no path/],
    ['a number that bounds nothing', 'stdio: {command: [a], max: 9}', /stdio\.max: nothing/],
    ['fewer processes than users', 'stdio: {command: [a], share: user, max: 99}', /stdio\.max: at least 100,/],
    ['no process at all', 'stdio: {command: [a], share: user, max: 0}', /stdio\.max: a whole number/],
  ])('%s is refused', (_, server, says) => {
    expect(told(server)).toEqual([expect.stringMatching(says)])
  })
})
