import type { Finding, Measured, MeasurementRow, Report, Unit } from '../../src/domain/verdict.ts'
import { verdicts } from '../../src/domain/verdict.ts'
import { cut } from '../text/foreign.ts'

/** Samples of one family at most; a scraper's memory is somebody else's. */
export const samplesMax = 5_000

interface Sample {
  readonly suffix?: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

interface Family {
  readonly name: string
  readonly type: 'gauge' | 'info' | 'stateset'
  readonly unit?: string
  readonly help: string
  readonly samples: readonly Sample[]
}

const escaped = (text: string) => cut(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')

function line(family: Family, sample: Sample): string {
  const labels = Object.entries(sample.labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return `${family.name}${sample.suffix ?? ''}{${labels.join(',')}} ${sample.value}`
}

function familyText(family: Family): string[] {
  if (family.samples.length === 0) return []
  return [
    `# TYPE ${family.name} ${family.type}`,
    ...(family.unit === undefined ? [] : [`# UNIT ${family.name} ${family.unit}`]),
    `# HELP ${family.name} ${family.help}`,
    ...family.samples.slice(0, samplesMax).map((sample) => line(family, sample)),
  ]
}

/** OpenMetrics wants base units in names: milliseconds become seconds, a yes or no becomes 1 or 0. */
const unitSuffix: Readonly<Record<Unit, { suffix: string; unit: string | undefined; factor: number }>> = {
  ms: { suffix: '_seconds', unit: 'seconds', factor: 0.001 },
  s: { suffix: '_seconds', unit: 'seconds', factor: 1 },
  ratio: { suffix: '_ratio', unit: 'ratio', factor: 1 },
  count: { suffix: '', unit: undefined, factor: 1 },
  'calls/s': { suffix: '_calls_per_second', unit: 'calls_per_second', factor: 1 },
  bool: { suffix: '_yes', unit: undefined, factor: 1 },
}

interface Quantity {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number | boolean
  readonly unit: Unit
}

/** One family a unit, as all samples of a family share its unit. `12.3 ms` is written as 0.0123. */
function byUnit(name: string, help: string, quantities: readonly Quantity[]): Family[] {
  const families = new Map<string, { unit: string | undefined; samples: Sample[] }>()
  for (const { labels, value, unit } of quantities) {
    const { suffix, unit: baseUnit, factor } = unitSuffix[unit]
    const family = families.get(suffix) ?? { unit: baseUnit, samples: [] }
    const scaled = factor === 1 ? Number(value) : Number((Number(value) * factor).toPrecision(15))
    family.samples.push({ labels, value: scaled })
    families.set(suffix, family)
  }
  return [...families].map(([suffix, family]) => ({
    name: name + suffix,
    type: 'gauge' as const,
    ...(family.unit === undefined ? {} : { unit: family.unit }),
    help,
    samples: family.samples,
  }))
}

function findingLabels(finding: Finding): Record<string, string> {
  const tool = finding.where?.tool
  return {
    finding: finding.id,
    measure: finding.measure,
    window: finding.window,
    judged: finding.judged ? 'yes' : 'no',
    ...(tool === undefined ? {} : { tool }),
  }
}

/** `kind="at_least"` where the value is a lower limit; nothing at all where there is no value. */
function measuredQuantity(labels: Record<string, string>, measured: Measured | MeasurementRow): Quantity[] {
  if (measured.value === null) return []
  const kind = measured.kind === 'atLeast' ? 'at_least' : 'value'
  return [{ labels: { ...labels, kind }, value: measured.value, unit: measured.unit }]
}

function bounds(finding: Finding): Quantity[] {
  const { max, min, is, unit } = finding.bound
  const labels = findingLabels(finding)
  return [
    ...(max === undefined ? [] : [{ labels: { ...labels, bound: 'max' }, value: max, unit }]),
    ...(min === undefined ? [] : [{ labels: { ...labels, bound: 'min' }, value: min, unit }]),
    ...(is === undefined ? [] : [{ labels: { ...labels, bound: 'is' }, value: is, unit: 'bool' as const }]),
  ]
}

function states(family: string, labels: Record<string, string>, verdict: string): Sample[] {
  return verdicts.map((state) => ({ labels: { ...labels, [family]: state }, value: state === verdict ? 1 : 0 }))
}

function loadQuantities(report: Report): Quantity[] {
  const { load } = report
  const named: [string, number | null, Unit][] = [
    ['calls_intended', load.callsIntended, 'count'],
    ['calls_sent', load.callsSent, 'count'],
    ['users_peak', load.usersPeak, 'count'],
    ['rate', load.callsPerS, 'calls/s'],
  ]
  return named.flatMap(([what, value, unit]) => (value === null ? [] : [{ labels: { what }, value, unit }]))
}

/** metrics.prom: OpenMetrics text for GitLab's metrics report or a push gateway. No sample where there is no value. */
export function renderMetrics(report: Report): string {
  const { run, findings, measurements } = report
  const info = { run: run.id, plan: run.plan, target: run.target, started_at: run.startedAt, ended: run.ended }
  const families: Family[] = [
    { name: 'squall_run', type: 'info', help: 'The run.', samples: [{ suffix: '_info', labels: info, value: 1 }] },
    {
      name: 'squall_verdict',
      type: 'stateset',
      help: 'The verdict of the run.',
      samples: states('squall_verdict', {}, report.verdict),
    },
    {
      name: 'squall_finding_verdict',
      type: 'stateset',
      help: 'The verdict of each finding.',
      samples: findings.flatMap((finding) => states('squall_finding_verdict', findingLabels(finding), finding.verdict)),
    },
    ...byUnit(
      'squall_finding_measured',
      'What was measured for a finding; absent when nothing was.',
      findings.flatMap((finding) => measuredQuantity(findingLabels(finding), finding.measured)),
    ),
    ...byUnit('squall_finding_bound', 'The bound of a finding.', findings.flatMap(bounds)),
    ...byUnit(
      'squall_measurement',
      'A measurement in a window.',
      measurements.flatMap((row) => measuredQuantity({ measure: row.id, window: row.window }, row)),
    ),
    ...byUnit('squall_load', 'The load that was intended and delivered.', loadQuantities(report)),
  ]
  return `${[...families.flatMap(familyText), '# EOF'].join('\n')}\n`
}
