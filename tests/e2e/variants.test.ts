import { describe, expect, it } from 'vitest'
import type { Defect } from './variants/defects.ts'
import { drillOfVariant, gateVariant } from './variants/gate-variant.ts'
import { foundBy } from './variants/plans.ts'

// All defects, and the healthy server on every plan: `npm run soak`.
const some: readonly Exclude<Defect, 'none'>[] = ['query-limit-only', 'no-error-handler', 'lying-ready']

describe('a planted defect', () => {
  it.each(some)('%s is found, and named by what it does to users', async (defect) => {
    const [plan, id, says] = foundBy[defect]
    const { exitCode, report, wrong } = await gateVariant(plan, defect)
    expect(exitCode, wrong.join('\n')).toBe(1)
    const finding = report.findings.find((one) => one.id === id)
    expect(finding, wrong.join('\n')).toMatchObject({ verdict: 'fail', judged: true })
    expect(finding?.why).toMatch(says)
  })

  it.each(['hole', 'terminated'] as const)('is not seen in the healthy server under %s', async (plan) => {
    const { exitCode, wrong, healthyExitCode } = await gateVariant(plan, 'none')
    expect([exitCode, wrong]).toEqual([healthyExitCode, []])
  })

  it('waits on silent sockets: the drill failover hides it, host-lost shows it', async () => {
    const rtoOf = async (drill: 'failover' | 'host-lost') =>
      (await drillOfVariant(drill, 'connect-limit-only')).report.findings.find(({ id }) => id === 'rto')
    expect(await rtoOf('failover')).toMatchObject({ verdict: 'pass', judged: true })
    expect(await rtoOf('host-lost')).toMatchObject({ verdict: 'fail', judged: true })
  })
})
