import type { CallSeries } from '../../../src/domain/series.ts'
import type { Finding, Report } from '../../../src/domain/verdict.ts'
import { callSeries, generateCalls, randomOf } from './calls.ts'
import { exhaustedPool } from './cases.ts'
import { counted, finding, measurementsOf, toolRows } from './measured.ts'
import { header, injection, resourceSeries, type Sample, type StagedFault, sampled, tools, windowsOf } from './stage.ts'

/** Samples that are not golden: as large as a gate, as large as can be, and as hostile as can be. */

const manyTools = Array.from({ length: 54 }, (_, index) => `${tools[index % tools.length]}_${index}`)

/** A gate of five minutes with 54 tools, 1 s buckets and two faults. */
export function fiveMinuteGate(): Sample {
  const durationS = 300
  const faults: StagedFault[] = [
    { id: 'slow-db', fault: 'latency', startS: 60, endS: 80, settledS: 83 },
    { id: 'hole', fault: 'black-hole', startS: 140, endS: 150, settledS: 168 },
  ]
  const calls = generateCalls({
    seed: 3,
    durationS,
    tools: manyTools,
    rate: () => 250,
    behaviour: (t) => ({ medianMs: t >= 60 && t < 80 ? 190 : 20, spread: 0.7, failRatio: 0.01, failure: 'tool_error' }),
  })
  const windows = windowsOf(durationS, faults)
  const base = exhaustedPool().report
  const perTool = manyTools.map((tool) =>
    finding(
      `each-${tool}`,
      'tool.error_ratio',
      'steady.clear',
      counted(0.01, 'ratio'),
      { max: 0.05, unit: 'ratio' },
      'Each tool by itself.',
      { judged: false, where: { tool } },
    ),
  )
  const report: Report = {
    ...base,
    run: header({ durationS }),
    windows,
    injections: faults.map(injection),
    findings: [...base.findings, ...perTool],
    measurements: measurementsOf(calls, windows),
    tools: toolRows(calls, manyTools),
  }
  const resources = resourceSeries({ durationS, poolMax: 100, databaseMax: 130, wanted: (t) => 20 + 10 * Math.sin(t) })
  return { report, series: { ...resources, calls: callSeries(calls, durationS, 1_000) } }
}

/** An hour with a million calls, every row of the heat map in use in every second: more than any real run. */
function denseHour(): CallSeries {
  const count = 3_600
  const random = randomOf(1)
  const line = () => Array.from({ length: count }, () => Math.round(random() * 10_000) / 100)
  const rows = Array.from({ length: 52 }, () => Array.from({ length: count }, () => Math.floor(random() * 6)))
  const failed = Array.from({ length: count }, () => Math.floor(random() * 3))
  const intended = failed.map((own, bucket) => own + rows.reduce((sum, row) => sum + (row[bucket] ?? 0), 0))
  const classes = ['ok', 'timeout', 'transport', 'tool_error', 'application_error', 'wrong_answer', 'unsent'] as const
  return {
    buckets: { startUs: 0, bucketUs: 1_000_000, count },
    intended,
    byOutcome: Object.fromEntries(
      classes.map((outcome) => [outcome, Array.from({ length: count }, () => Math.floor(random() * 9))]),
    ),
    p50Ms: line(),
    p95Ms: line(),
    p99Ms: line(),
    heat: { rowLowMs: rows.map((_, row) => Number((0.1 * 10 ** (row / 10)).toPrecision(6))), calls: rows, failed },
  }
}

function repeated<T>(times: number, make: (index: number) => T): T[] {
  return Array.from({ length: times }, (_, index) => make(index))
}

/** More of everything than the page may show, with long names. */
export function largest(): Sample {
  const durationS = 3_600
  const base = exhaustedPool().report
  const first = base.findings.find((entry) => entry.verdict === 'fail')
  if (first === undefined) throw new Error('the sample has no finding')
  const random = randomOf(9)
  const long = 'x'.repeat(190)
  const fault = (index: number): StagedFault => ({
    id: `fault-${index}`,
    fault: 'latency',
    startS: 60 + index * 10,
    endS: 66 + index * 10,
    settledS: 68 + index * 10,
  })
  const faults = repeated(300, fault)
  const findings = repeated(2_000, (index): Finding => ({ ...first, id: `${long}${index}`, why: long + long }))
  const report: Report = {
    ...base,
    run: header({ durationS }),
    windows: windowsOf(durationS, faults),
    injections: faults.map(injection),
    findings,
    notAssessed: repeated(1_000, (index) => ({ id: `n${index}`, measure: long, window: long, why: long })),
    advice: repeated(1_000, () => ({ id: long, severity: 'warning' as const, path: long, why: long })),
    measurements: repeated(5_000, (index) => ({ ...(base.measurements[0] ?? never()), id: `${long}${index}` })),
    tools: repeated(1_000, (index) => ({ ...(base.tools[0] ?? never()), tool: `${long}${index}` })),
    errors: { rows: repeated(20, (calls) => ({ outcome: 'timeout', text: long, calls })), omitted: 9_999 },
  }
  const rough = () => sampled(durationS, 250, () => Math.floor(random() * 100))
  const series = {
    startUs: 0,
    endUs: durationS * 1_000_000,
    calls: denseHour(),
    pool: { used: rough(), pending: rough(), max: 100, usedHighWater: rough() },
    databaseConnections: rough(),
    databaseMax: 130,
    processes: repeated(30, (index) => ({ process: `${long}${index}`, cpu: rough(), rssMiB: rough() })),
  }
  return { report, series }
}

/** The same hour with a report of ordinary length. */
export function hourOfAMillionCalls(): Sample {
  const { report } = fiveMinuteGate()
  const { series } = largest()
  return {
    report: { ...report, run: header({ durationS: 3_600 }) },
    series: { ...series, processes: series.processes.slice(0, 4) },
  }
}

function never(): never {
  throw new Error('the sample this is made from has become empty')
}

/** Every string of the report that is not one of our own words, replaced by a hostile one. */
export function hostile(text: string): Sample {
  const { report, series } = exhaustedPool()
  const evidence = [{ file: text, sha256: text }]
  const changed: Report = {
    ...report,
    run: {
      ...report.run,
      id: text,
      plan: text,
      startedAt: text,
      workload: text,
      target: text,
      ended: text,
      versions: { [text]: text },
      environment: { [text]: text },
    },
    summary: text,
    windows: report.windows.map((window) => ({ ...window, id: text, fault: text })),
    injections: report.injections.map((entry) => ({ ...entry, id: text, fault: text, on: text, notes: [text] })),
    findings: report.findings.map((entry) => ({
      ...entry,
      id: text,
      measure: text,
      window: text,
      why: text,
      hint: text,
      where: { tool: text },
      evidence,
      measured: { ...entry.measured, method: text },
    })),
    notAssessed: [{ id: text, measure: text, window: text, why: text }],
    advice: [{ id: text, severity: 'warning', path: text, why: text }],
    measurements: report.measurements.map((row) => ({ ...row, id: text, window: text, method: text })),
    tools: report.tools.map((row) => ({ ...row, tool: text, errors: { [text]: 3 } })),
    errors: { rows: [{ outcome: text, text, calls: 3 }], omitted: 1 },
  }
  return {
    report: changed,
    series: { ...series, processes: series.processes.map((own) => ({ ...own, process: text })) },
  }
}

/** What a name or an error has been seen or feared to hold. */
export const hostileTexts: readonly (readonly [what: string, text: string])[] = [
  ['a script', '<script>alert(1)</script>'],
  ['the end of our data', '</script><img src=x onerror=alert(1)>'],
  ['the end of our style', '</style><style>*{display:none}</style>'],
  ['an attribute', `" onload="alert(1)" x='`],
  ['an entity', '&lt;script&gt;&#x3c;'],
  ['XML', ']]><!ENTITY x SYSTEM "file:///etc/passwd">'],
  ['Markdown', '[x](javascript:alert(1)) `` | **b** @team https://example.invalid ![i](http://example.invalid/i)'],
  ['a line of a table', '\n| a | b |\n# heading\n- item'],
  ['an exposition', 'a"} 1\n# EOF\nevil{b="\\'],
  ['control characters', 'a\u0000b\u001b[31mc\u2028d\u202ee'],
  ['half a character', 'a\ud800b'],
  ['CSS', '";}*{background:url(http://example.invalid)}\\'],
  ['a prototype', '__proto__'],
]
