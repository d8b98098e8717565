import type { Plan } from '../domain/plan.ts'
import { nextDueMs } from '../domain/schedule.ts'
import type { Finding, Report } from '../domain/verdict.ts'
import { type EvidenceFile, evidenceFormat, type People } from '../record/evidence-file.ts'
import { type FileDigest, kindOf } from '../record/inventory.ts'
import type { RunFolder } from '../record/reader.ts'
import { fingerprint } from './fingerprint.ts'
import { recoveryTable, timelineOf } from './recovery-table.ts'

/** What is read back of it, and as much beside that as readers want. */
type Written = Omit<EvidenceFile, 'run'> & { readonly run: EvidenceFile['run'] & Record<string, unknown> } & Record<
    string,
    unknown
  >

export interface EvidenceSource {
  readonly folder: RunFolder
  readonly report: Report
  readonly files: readonly FileDigest[]
  /** Names of the reports among them. */
  readonly derived: ReadonlySet<string>
  /** The Squall that judges. */
  readonly squall: string
  /** What people wrote into an earlier one; null: this is the first. */
  readonly people: People | null
}

/**
 * evidence.json as text: what an auditor asks of a run (SOC 2 A1.3, ISO 22301 8.5, DORA art. 11, NIST 800-34), and the
 * digest of every file that it rests on. Pure, and the same for the same folder.
 */
export function renderEvidence(source: EvidenceSource): string {
  const { folder, report, files, derived } = source
  const { run } = folder
  const { plan } = run
  const evidence = {
    format: evidenceFormat,
    run: { id: run.id, startedAt: run.startedAt, durationS: report.run.durationS, ended: report.run.ended },
    drill: plan.drill === null ? null : { ...plan.drill, ...dueAgain(plan.drill, run.startedAt) },
    squall: { recorded: run.versions.squall ?? null, judged: source.squall },
    verdict: report.verdict,
    exitCode: report.exitCode,
    summary: report.summary,
    previous: previousOf(folder),
    plan: { name: plan.name, version: fingerprint(plan), seed: run.seed, quick: plan.quick },
    scope: { tested: testedIn(plan, run.target), exclusions: report.notAssessed },
    hypothesis: run.drillScript?.hypothesis ?? hypothesisOf(plan, report),
    steps: run.drillScript?.steps ?? [],
    scenario: plan.faults,
    criteria: plan.objectives,
    environment: run.environment,
    versions: run.versions,
    configuration: fingerprint({ stack: plan.stack, versions: run.versions, environment: run.environment }),
    commit: run.commit,
    load: { planned: { ...plan.load, users: report.run.users }, delivered: report.load },
    timeline: timelineOf(folder, report),
    recovery: recoveryTable(report),
    results: report.findings.map((finding) => resultOf(finding, report)),
    deviations: deviationsOf(folder, report),
    people: source.people ?? emptyPeople(report),
    files: files.map(({ file, bytes, sha256 }) => ({ file, kind: kindOf(file, derived), bytes, sha256 })),
  } satisfies Written
  return `${JSON.stringify(evidence, null, 2)}\n`
}

function previousOf({ run }: RunFolder): EvidenceFile['previous'] {
  if (run.previousDrill === null) return null
  const { id, folder, evidenceSha256 } = run.previousDrill
  return { runId: id, sha256: evidenceSha256, folder }
}

function dueAgain({ every }: NonNullable<Plan['drill']>, startedAt: string): { dueAgain: string | null } {
  const startedMs = Date.parse(startedAt)
  if (every === null || Number.isNaN(startedMs)) return { dueAgain: null }
  return { dueAgain: new Date(nextDueMs(startedMs, every)).toISOString() }
}

function testedIn({ stack }: Plan, target: string): Record<string, unknown> {
  const nodes = Object.values(stack.nodes).map(({ id, role, instances, follows }) => ({ id, role, instances, follows }))
  return { target, kind: stack.kind, preset: stack.preset, nodes, links: Object.values(stack.links) }
}

function hypothesisOf({ faults, load }: Plan, { run, findings }: Report): string {
  const judged = findings.filter((finding) => finding.judged).length
  const harm =
    faults.length === 0
      ? 'Without a fault'
      : `While ${faults.map(({ id }) => id).join(', ')} ${faults.length === 1 ? 'acts' : 'act'}`
  return `${harm}, under ${run.users} users of ${load.workload}, all ${judged} judged findings are within their bounds.`
}

/** Target and achieved side by side, with how it was measured and how finely. */
function resultOf(finding: Finding, { windows, injections }: Report): Record<string, unknown> {
  const { id, measure, window, where, bound, measured, verdict, reason, judged, why, evidence } = finding
  const fault = windows.find((candidate) => candidate.id === window)?.fault ?? null
  const resolutionUs = injections.find((injection) => injection.id === fault)?.resolutionUs ?? null
  const about = { id, measure, window, where, judged }
  return { ...about, target: bound, achieved: measured, resolutionUs, verdict, reason, why, evidence }
}

/** All that did not go as planned, or that somebody should look at. */
function deviationsOf({ run, timeline }: RunFolder, report: Report): Record<string, unknown> {
  const unknown = report.findings.filter(({ verdict }) => verdict === 'unknown')
  const said = (timeline?.rows ?? []).filter(({ kind }) => kind === 'note')
  return {
    ended: report.run.ended === 'planned' ? null : report.run.ended,
    unknown: unknown.map(({ id, reason, why }) => ({ id, reason, why })),
    notes: [
      ...said.map(({ tUs, id, data }) => ({ tUs, about: id, text: String(data.text ?? '') })),
      ...report.injections.flatMap(({ id, notes }) => notes.map((text) => ({ tUs: null, about: id, text }))),
    ],
    advice: run.advice,
  }
}

/** The places that people fill: nobody but they knows. One for each finding that somebody has to do something about. */
function emptyPeople({ findings }: Report): People {
  const open = findings.filter(({ judged, verdict }) => judged && verdict !== 'pass')
  return {
    participants: [],
    approvals: [],
    findings: open.map(({ id }) => ({ id, owner: null, due: null })),
    rollbackVerifiedBy: null,
    signOff: null,
    nextDate: null,
  }
}
