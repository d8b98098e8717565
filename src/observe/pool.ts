import type { PoolField, PoolMap } from '../domain/plan.ts'
import { McpClientError } from '../mcp-client/client-error.ts'
import type { Metrics } from './metrics-text.ts'
import { type MetricSource, namesOf, parseSource, samplesOf, totalOf } from './selector.ts'

type Marks = readonly (readonly [second: number, peak: number])[]
type Wait = readonly [count: number, sumS: number, buckets: readonly number[]]

/** Turns one scrape after another into what is told of one pool; keeps only what changed of the parts that repeat. */
export class PoolReading {
  readonly #sources: Partial<Record<PoolField, MetricSource>> = {}
  readonly #known = { usedHighWater: new Map<number, number>(), pendingHighWater: new Map<number, number>() }
  #lastWait = ''
  #lastBounds = ''
  #boundsS: readonly number[] | null = null
  readonly wanted: ReadonlySet<string>

  constructor(map: PoolMap) {
    const wanted = new Set<string>()
    for (const [field, text] of Object.entries(map) as [PoolField, string][]) {
      const source = parseSource(text)
      this.#sources[field] = source
      const suffixes = field === 'wait' ? ['_bucket', '_sum', '_count'] : ['']
      for (const name of namesOf(source, suffixes)) wanted.add(name)
    }
    this.wanted = wanted
  }

  /** Upper bounds of the wait histogram in seconds, once a scrape has shown them; the last is Infinity. */
  get waitBoundsS(): readonly number[] | null {
    return this.#boundsS
  }

  /** By the columns of the pool's stream, from `used` on, but for whose it is. */
  cells(metrics: Metrics): readonly unknown[] {
    const wait = this.#wait(metrics)
    const gauge = (field: PoolField) => {
      const source = this.#sources[field]
      return source ? totalOf(metrics, source) : null
    }
    return [
      gauge('used'),
      gauge('idle'),
      gauge('max'),
      gauge('pending'),
      gauge('timeouts'),
      gauge('saturatedSeconds'),
      gauge('saturatedLongestSeconds'),
      gauge('uptimeSeconds'),
      this.#marks(metrics, 'usedHighWater'),
      this.#marks(metrics, 'pendingHighWater'),
      wait,
      this.#newBounds(),
    ]
  }

  #marks(metrics: Metrics, field: 'usedHighWater' | 'pendingHighWater'): Marks | null {
    const source = this.#sources[field]
    if (!source) return null
    const samples = samplesOf(metrics, source)
    if (samples.length === 0) return null
    const known = this.#known[field]
    const changed: [number, number][] = []
    for (const { labels, value } of samples) {
      const second = Number(labels.second)
      if (!Number.isFinite(second) || known.get(second) === value) continue
      known.set(second, value)
      changed.push([second, value])
    }
    // A mark is told for the last 10 seconds only, so older ones need not be remembered.
    for (const second of known.keys()) if (known.size > 32) known.delete(second)
    return changed.sort((a, b) => a[0] - b[0])
  }

  #wait(metrics: Metrics): Wait | null {
    const { wait: source } = this.#sources
    if (!source) return null
    const count = totalOf(metrics, source, '_count')
    const sumS = totalOf(metrics, source, '_sum')
    const byBound = new Map<number, number>()
    for (const { labels, value } of samplesOf(metrics, source, '_bucket')) {
      const bound = labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le)
      if (!Number.isNaN(bound)) byBound.set(bound, (byBound.get(bound) ?? 0) + value)
    }
    if (count === null || sumS === null || byBound.size === 0) return null
    const buckets = [...byBound].sort((a, b) => a[0] - b[0])
    this.#boundsS = buckets.map(([bound]) => bound)
    const wait: Wait = [count, sumS, buckets.map(([, value]) => value)]
    const text = JSON.stringify([wait, this.#boundsS])
    if (text === this.#lastWait) return null
    this.#lastWait = text
    return wait
  }

  /** The bounds of the histogram, where they are not those of the row before; the last is null, as JSON has no Infinity. */
  #newBounds(): readonly (number | null)[] | null {
    const bounds = this.#boundsS?.map((bound) => (Number.isFinite(bound) ? bound : null)) ?? null
    const text = JSON.stringify(bounds)
    if (bounds === null || text === this.#lastBounds) return null
    this.#lastBounds = text
    return bounds
  }
}

/** fetch hides what happened in `cause`; of a time limit it does not say how long it was. */
export function describeFetchError(error: unknown, limitMs: number): string {
  if (!(error instanceof Error)) return String(error)
  if (error instanceof McpClientError && error.kind !== 'timeout') return error.message
  if (error.name === 'TimeoutError' || error instanceof McpClientError) return `no answer within ${limitMs} ms`
  const cause = error.cause instanceof Error ? error.cause : error
  const code = (cause as { code?: unknown }).code
  return typeof code === 'string' ? code : cause.message
}
