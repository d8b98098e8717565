import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { listOpenRuns } from '../../src/keeper/clear.ts'
import { readProcess, runningTrees } from '../../src/keeper/process-table.ts'
import { findPlaces } from '../../src/setup/places.ts'
import { rowsOf, type TimelineLine, timelineHas } from './drill.ts'
import { finding, SquallProcess } from './squall-process.ts'

const plan = 'tests/e2e/plans/hooked.yaml'

it("a platform of one's own breaks, acts, verifies and heals by the plan's commands, on the recovery clock", async () => {
  using squall = new SquallProcess(['gate', plan, '--out', '{out}'])
  await squall.exitCode()
  const report = squall.report()
  expect(finding(report, 'faults.observed.closed').verdict, squall.stderr).toBe('pass')
  expect(finding(report, 'rto').verdict).toBe('pass')
  expect(finding(report, 'hook.verify')).toMatchObject({ verdict: 'pass', measured: { value: true } })
  const rows = rowsOf<TimelineLine>(squall, 'timeline.ndjson')
  const brokenAt = rows.findIndex(
    ([, kind, id, { edge }]) => kind === 'injection' && id === 'closed' && edge === 'requested',
  )
  // A look that this machine held up tells of the server, or before, too.
  const steps = rows.slice(brokenAt).filter(([, kind, id]) => kind === 'supervisor' && id === 'primary')
  expect(steps.slice(0, 4).map(([, , , { step }]) => step)).toEqual(['detected', 'decided', 'acted', 'well'])
  expect(steps.filter(([, , , { step }]) => step === 'acted')).toHaveLength(1)
  const measured = (id: string): number =>
    Number(report.measurements.find((one) => one.id === id && one.window === 'closed')?.value)
  const parts = ['detect', 'decide', 'act', 'first_success', 'sustain'].map((part) => measured(`recovery.${part}`))
  expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(measured('recovery.rto_sustained'), 0)
  expect(measured('recovery.harness_share')).toBeCloseTo(measured('recovery.detect'), 0)
  expect(squall.text('logs/hook-inject.log')).toBe('inject: done\n')
})

it('a harness that is killed while the hook’s harm is on leaves its heal to the keeper', async () => {
  const set = ['--set', 'stack.supervisor=null', '--set', 'stack.hooks.act=null']
  using squall = new SquallProcess(['run', plan, '--out', '{out}', ...set])
  await timelineHas(squall, ([, kind, , { edge }]) => kind === 'injection' && edge === 'observed')
  const run = listOpenRuns(findPlaces().stateDir).find(({ record }) => record?.runFolder === squall.out)
  expect(run?.faults).toEqual(['closed'])
  expect(existsSync(join(squall.out, 'logs', 'hook-heal.log'))).toBe(false)
  // Not the launcher, whose end the harness would see and stop in order.
  const [, harness] = runningTrees([readProcess(squall.pid) ?? { pid: squall.pid, startTicks: '' }])
  if (harness === undefined) throw new Error('the launcher has started nothing')
  process.kill(harness.pid, 'SIGKILL')
  await expect.poll(() => existsSync(run?.stateFolder ?? ''), { timeout: 15_000 }).toBe(false)
  expect(squall.text('logs/hook-heal.log')).toBe('heal: done\n')
  // Told last.
  await expect.poll(() => squall.text('logs/keeper.log')).toMatch(/healed \[closed undone\]/)
})
