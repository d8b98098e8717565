import type { Measured, Unit, Window, WindowKind } from '../domain/verdict.ts'
import { type Gate, gate, type Need, type Stretch, stretchOf } from './gates.ts'
import { none } from './measured.ts'
import type { RunView } from './run-view.ts'

/** One thing asked of a run. */
export interface Question {
  readonly view: RunView
  readonly window: Window
  /** The window, or what the measure looks at in its place. */
  readonly stretch: Stretch
  /** A tool's name; null: all calls. */
  readonly tool: string | null
  /** `tool.good_ratio` only: the longest latency that counts as good, ms. */
  readonly withinMs: number | null
}

export interface MeasureSpec {
  /** As in plans. */
  readonly id: string
  readonly title: string
  readonly unit: Unit
  /** Which bounds make sense. */
  readonly bounds: readonly ('max' | 'min' | 'is')[]
  /** Kinds of windows that it can be asked of. */
  readonly windows: readonly WindowKind[]
  /** Whether `where: {tool}` can be asked. */
  readonly perTool: boolean
  readonly needs: readonly Need[]
  /** Why this target can never answer it, with the line that would change that; null: it can. */
  readonly lacking?: (view: RunView) => string | null
  /** Another stretch than the window's own. A gate when there is none. */
  readonly stretch?: (view: RunView, window: Window) => Stretch | Gate
  /** With the evidence there, in full: the gates have been passed. */
  readonly compute: (question: Question) => Measured
}

export const allWindows: readonly WindowKind[] = ['run', 'phase', 'clear', 'injection', 'recovery']

export interface Asked {
  readonly window: Window
  readonly tool?: string | null
  readonly withinMs?: number | null
}

/** What never came, as far as a timeline tells that was cut, may have come. */
function timelineCut(view: RunView, missing: Gate): Gate | null {
  const { timeline } = view.folder
  if (view.end.reason !== 'cut') return null
  const how = timeline === null ? 'the run folder has none' : (timeline.state.cut ?? 'no end row')
  return { reason: 'stream_cut', why: `${missing.why} by a timeline that was cut: ${how}` }
}

/** The answer to a measure for a window: `none` with a reason where the evidence is missing. Pure. */
export function measure(view: RunView, spec: MeasureSpec, asked: Asked): Measured {
  const { window, tool = null, withinMs = null } = asked
  const stretch = spec.stretch === undefined ? stretchOf(view, window) : spec.stretch(view, window)
  const closed = 'reason' in stretch ? (timelineCut(view, stretch) ?? stretch) : gate(view, stretch, spec.needs)
  if (closed !== null) return none(closed.reason, closed.why, spec.unit, 0, 'no evidence')
  return spec.compute({ view, window, stretch: stretch as Stretch, tool, withinMs })
}
