import { type Finding, type Report, worst } from '../../src/domain/verdict.ts'
import { exitCodes } from '../e2e/stalls.ts'
import { quantileOf, type Served } from './served.ts'
import type { Known, Truth } from './truth.ts'

/** See MachineWatch. */
interface Machine {
  readonly latenessMs: (p: number) => number
}

/**
 * All that a report says and should not, and the other way round. `machine`: how late it was;
 * `isHeldUp`: whether a stall of this machine explains a finding (stalls.ts), which counts only where it was not foreseen.
 */
export function judgeTruth(
  truth: Truth,
  exitCode: number | null,
  report: Report,
  served: readonly Served[],
  machine: Machine,
  isHeldUp: (finding: Finding) => boolean,
): readonly string[] {
  const { expected } = truth
  const asked = new Set(truth.objectives.map(({ id }) => id))
  const ran = [exitCode, report.verdict].join(' ')
  const heldUp = new Set(
    report.findings.filter((each) => !isForeseen(truth, each) && isHeldUp(each)).map(({ id }) => id),
  )
  // What was held up makes its run another one: that run's end follows from its findings.
  const all = worst(report.findings.filter(({ judged }) => judged).map(({ verdict }) => verdict))
  const end = heldUp.size > 0 ? { exitCode: exitCodes[all], verdict: all } : expected
  const wanted = [end.exitCode, end.verdict].join(' ')
  return [
    ...(ran === wanted ? [] : [`the run: ${ran}, wanted ${wanted}: ${report.summary}`]),
    ...report.notAssessed.filter(({ id }) => asked.has(id)).map(({ id, why }) => `${id}: not assessed: ${why}`),
    ...wrongVerdicts(truth, report, heldUp),
    ...Object.entries(expected.known ?? {}).flatMap(([id, known]) => {
      if (heldUp.has(id)) return []
      const finding = report.findings.find((each) => each.id === id)
      return finding === undefined
        ? [`${id}: there is no such finding`]
        : wrongNumber(finding, known, truth, served, machine)
    }),
    ...Object.entries(expected.told ?? {}).flatMap(([id, says]) => {
      if (heldUp.has(id)) return []
      const { why = '', hint = '' } = report.findings.find((each) => each.id === id) ?? {}
      return says.test(`${why} ${hint}`) ? [] : [`${id}: does not say ${says}: ${why} ${hint}`]
    }),
  ]
}

const passes = ['pass', 'within_bound'] as const

function isForeseen({ expected }: Truth, { id, judged, verdict, reason }: Finding): boolean {
  const [foreseen, why] = expected.findings[id] ?? passes
  return !judged || (verdict === foreseen && reason === why)
}

function wrongVerdicts(truth: Truth, { findings }: Report, heldUp: ReadonlySet<string>): readonly string[] {
  const { objectives, expected } = truth
  const ids = new Set([...findings.map(({ id }) => id), ...objectives.map(({ id }) => id)])
  return [...ids, ...Object.keys(expected.findings).filter((id) => !ids.has(id))].flatMap((id) => {
    const finding = findings.find((each) => each.id === id)
    if (heldUp.has(id) || (finding !== undefined && isForeseen(truth, finding))) return []
    const [verdict, reason] = expected.findings[id] ?? passes
    return [`${id}: ${finding?.verdict} ${finding?.reason}, wanted ${verdict} ${reason}: ${finding?.why}`]
  })
}

function wrongNumber(
  { id, measured }: Finding,
  known: Known,
  truth: Truth,
  served: readonly Served[],
  machine: Machine,
): readonly string[] {
  const { value } = measured
  if (typeof value !== 'number') return [`${id}: no value`]
  const complain = (what: string) => [`${id}: measured ${value} ${measured.unit}, ${what}`]
  if (known.kind === 'value') {
    const room = measured.unit === 'ms' && known.within > 0 ? roomMs(machine, 0.99) : 0
    const isRight = Math.abs(value - known.value) <= known.within + room
    return isRight ? [] : complain(`wanted ${known.value} within ${known.within} + ${room.toFixed(0)}: ${known.why}`)
  }
  if (known.kind === 'waits-p95') {
    const waits = served.map(({ waitedUs }) => waitedUs / 1_000)
    const p95 = quantileOf(waits, 0.95)
    const { low = Number.NaN, high = Number.NaN } = measured.interval ?? {}
    return low <= p95 && p95 <= high ? [] : complain(`${low} to ${high}: the server counted a p95 of ${p95} ms`)
  }
  const own = callsOf(known.tool, known.phase, truth, served)
  if (known.kind === 'rate') {
    const perS = own.length / (truth.phases.find(({ id: phase }) => phase === known.phase)?.s ?? Number.NaN)
    return Math.abs(value - perS) <= 2 ? [] : complain(`the server counted ${perS.toFixed(1)} a second`)
  }
  if (known.kind === 'wrong-ratio') {
    const ratio = own.filter(({ says }) => says !== 'right').length / own.length
    return Math.abs(value - ratio) * own.length <= 2
      ? []
      : complain(`the server counted ${ratio} of ${own.length} calls`)
  }
  const p95 = quantileOf(
    own.map(({ tookMs }) => tookMs),
    0.95,
  )
  const isNear = Math.abs(value - p95) <= Math.max(2, 0.02 * p95) + roomMs(machine, 0.95)
  const late = `; the machine was ${machine.latenessMs(0.95).toFixed(1)} ms late`
  return isNear ? [] : complain(`the server counted a p95 of ${p95.toFixed(2)} ms in ${own.length} calls${late}`)
}

/** Sent, received, answered, received: on a machine that is late at each, two counts of a quantile differ by as much. */
function roomMs(machine: Machine, p: number): number {
  const lateMs = machine.latenessMs(p)
  return lateMs > idleMachineMs ? Math.min(roomMsMax, wakingsOfACall * lateMs) : 0
}

/** Below it a timer's own grain is seen, and no neighbour. */
const idleMachineMs = 2
const wakingsOfACall = 3
/** A machine that is later than that tells nothing, and the run must be taken again. */
const roomMsMax = 50

/** The calls that it served of a tool in a phase; `run`: in all of them. */
function callsOf(tool: string, during: string, { phases }: Truth, served: readonly Served[]): readonly Served[] {
  const at = phases.findIndex(({ id }) => id === during)
  const startS = phases.slice(0, Math.max(0, at)).reduce((sum, { s }) => sum + s, 0)
  const endS = at < 0 ? Number.POSITIVE_INFINITY : startS + (phases[at]?.s ?? 0)
  return served.filter(
    (call) => call.tool === tool && call.receivedMs >= startS * 1_000 && call.receivedMs < endS * 1_000,
  )
}
