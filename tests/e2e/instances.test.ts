import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { InjectionRecord, Report } from '../../src/domain/verdict.ts'
import { type RunFolder, readRunFolder } from '../../src/record/reader.ts'
import { expectNoMiss } from './expect-no-miss.ts'
import { SquallProcess } from './squall-process.ts'

const instances = ['server-1', 'server-2', 'server-3']

function injection(report: Report, id: string): InjectionRecord {
  const found = report.injections.find((one) => one.id === id)
  if (found === undefined) throw new Error(`no injection ${id}`)
  return found
}

/** Which of the probes failed between the sight of the fault and its heal. */
function hurtBy(report: Report, { probe }: RunFolder, id: string, names: readonly string[]): readonly string[] {
  const { observedUs, healedUs } = injection(report, id)
  const within = (probe?.rows ?? []).filter(
    ({ askedUs, endedUs }) => askedUs > (observedUs ?? Number.NaN) && (endedUs ?? 0) < (healedUs ?? Number.NaN),
  )
  return names.filter((name) => within.some((row) => row.probe === name && !row.ok))
}

describe('a server with three instances', () => {
  it('goes on when one of them dies, and each fault hurts those that it is on, and no other', async () => {
    using squall = new SquallProcess(['gate', 'tests/e2e/plans/instances.yaml', '--out', '{out}'])
    const exitCode = await squall.exitCode()
    const report = squall.report()
    expectNoMiss(squall, report, exitCode)
    const folder = readRunFolder(squall.out)

    // Each has a process, a log, and rows of its own.
    const started = (folder.timeline?.rows ?? []).filter(({ kind }) => kind === 'process').map(({ id }) => id)
    expect(started).toEqual(expect.arrayContaining([...instances, 'balancer']))
    expect(readdirSync(join(squall.out, 'logs'))).toEqual(expect.arrayContaining(instances.map((id) => `${id}.log`)))
    const told = (rows: readonly { readonly instance: string | null }[] = []) =>
      [...new Set(rows.map(({ instance }) => instance))].sort()
    expect([told(folder.pool?.rows), told(folder.balancer?.rows)]).toEqual([instances, instances])
    const exits = (folder.timeline?.rows ?? []).filter(({ kind }) => kind === 'exit')
    expect(exits.map(({ id, data }) => [id, data.planned])).toEqual([['server-2', true]])

    expect(injection(report, 'dead')).toMatchObject({ on: 'server', instance: 2 })
    const ready = instances.map((id) => `ready.${id}`)
    expect(hurtBy(report, folder, 'dead', ready)).toEqual(['ready.server-2'])
    const links = ['db-1', 'db-2', 'db-3']
    expect(hurtBy(report, folder, 'cut-off', links)).toEqual(['db-1'])
    expect(hurtBy(report, folder, 'all-cut-off', links)).toEqual(links)
    for (const { id, observedUs, healVerifiedUs } of report.injections)
      expect([id, observedUs === null, healVerifiedUs === null]).toEqual([id, false, false])
  })

  it('is kept and ended as a whole by up and down', async () => {
    using up = new SquallProcess(['up', 'tests/e2e/plans/instances.yaml', '--json'])
    expect(await up.exitCode(), up.stderr).toBe(0)
    const { id, urls } = JSON.parse(up.stdout) as { id: string; urls: Record<string, string> }
    try {
      const names = ['metrics server-1', 'metrics server-3', 'link db-2', 'proxy db-2', 'link front', 'balancer']
      expect(Object.keys(urls)).toEqual(expect.arrayContaining(names))
      const answer = (await (await fetch(urls.balancer ?? '')).json()) as { isUp: boolean }[]
      expect(answer.map(({ isUp }) => isUp)).toEqual([true, true, true])
    } finally {
      using down = new SquallProcess(['down', id])
      expect(await down.exitCode(), down.stderr).toBe(0)
    }
    await expect(fetch(urls.balancer ?? '')).rejects.toThrow()
  })
})
