import { describe, expect, it } from 'vitest'
import type { VitestReport } from '../tally.ts'
import { judgeSkips, tallyGo, tallyVitest } from '../tally.ts'

const file = (status: string, ...tests: [name: string, status: string][]) => ({
  name: 'a.test.ts',
  status,
  assertionResults: tests.map(([fullName, state]) => ({ fullName, status: state })),
})

describe('counting a test run', () => {
  it.each<[reason: string, VitestReport | undefined, exitCode: number | null, passed: number, failed: string[]]>([
    ['all passed', { testResults: [file('passed', ['a', 'passed'], ['b', 'passed'])] }, 0, 2, []],
    ['one failed', { testResults: [file('failed', ['a', 'passed'], ['b', 'failed'])] }, 1, 1, ['b']],
    ['a file that does not load', { testResults: [file('failed')] }, 1, 0, ['a.test.ts: the file itself']],
    ['vitest crashed', undefined, 139, 0, ['unit: vitest ended (139) without a report']],
    [
      'an error outside any test',
      { testResults: [file('passed', ['a', 'passed'])] },
      1,
      1,
      ['unit: vitest ended with 1, and no test failed'],
    ],
  ])('vitest: %s', (_reason, report, exitCode, passed, failed) => {
    expect(tallyVitest('unit', report, exitCode)).toMatchObject({ passed, failed })
  })

  it('keeps the last lines of what a failed test said, without colours and stack', () => {
    const said = ['\u001b[31mexpected 1 to be 0\u001b[39m', '', 'FAIL: the pool', '    at here (a.test.ts:1:1)'].join(
      '\n',
    )
    const failed = { fullName: 'b', status: 'failed', failureMessages: [said] }
    const report = { testResults: [{ ...file('failed'), assertionResults: [failed] }] }
    expect(tallyVitest('unit', report, 1).why).toEqual(new Map([['b', 'expected 1 to be 0\nFAIL: the pool']]))
  })

  it.each(['skipped', 'pending', 'todo'])('a test that is %s has failed, unless excused', (status) => {
    const tally = tallyVitest('unit', { testResults: [file('passed', ['a', status], ['b', 'passed'])] }, 0)
    expect(judgeSkips(tally, new Map())).toMatchObject({ passed: 1, failed: ['a (skipped)'] })
    expect(judgeSkips(tally, new Map([['a', 'needs what no runner has']]))).toMatchObject({ passed: 1, failed: [] })
  })

  const line = (action: string, test?: string) => JSON.stringify({ Action: action, Package: 'p', Test: test })

  it.each<[reason: string, lines: string[], exitCode: number, passed: number, failed: string[]]>([
    ['passed, the package itself not counted', [line('pass', 'A'), line('pass')], 0, 1, []],
    ['failed', [line('fail', 'A'), line('pass', 'B'), line('fail')], 1, 1, ['go p A']],
    ['subtests tell for their test', [line('pass', 'A/x'), line('fail', 'A/y'), line('fail', 'A')], 1, 1, ['go p A/y']],
    ['a test failed after its subtests passed', [line('pass', 'A/x'), line('fail', 'A')], 1, 1, ['go p A']],
    ['does not build', ['# p', line('fail')], 1, 0, ['go test ended with 1, and no test failed']],
    ['nothing to test', [line('skip')], 0, 0, []],
  ])('go: %s', (_reason, lines, exitCode, passed, failed) => {
    expect(tallyGo(lines.join('\n'), exitCode)).toMatchObject({ passed, failed, skipped: [] })
  })
})
