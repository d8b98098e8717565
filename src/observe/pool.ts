import type { Clock } from '../domain/clock.ts'
import type { PoolField } from '../domain/plan.ts'
import type { StreamWriter } from '../record/writer.ts'
import { type Sampler, sampleEvery } from './every.ts'
import { type MetricSample, type Metrics, parseMetrics } from './metrics-text.ts'

export type PoolMap = Readonly<Partial<Record<PoolField, string>>>

export interface PoolSamplerSpec {
  readonly clock: Clock
  readonly t0Us: number
  readonly everyMs: number
  readonly metricsUrl: string
  /** Whose pool it is, where a server has several instances. */
  readonly instance: string | null
  readonly map: PoolMap
  readonly writer: StreamWriter
  readonly onError: (error: unknown) => void
}

/** A scrape that has not answered by then is a gap: half of the 2 s that judge/ lets a sampler be silent. */
const scrapeTimeoutMs = 1_000

/**
 * `name` or `name{label="value"}`: which of a metric's samples a field of the plan's map means.
 * Several samples that fit (one a data source, say) add up; histograms keep their samples apart.
 */
interface Selector {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
}

function parseSelector(text: string): Selector {
  const [name = text, rest] = text.split('{', 2)
  const labels: Record<string, string> = {}
  for (const match of (rest ?? '').matchAll(/([a-zA-Z_]\w*)="([^"]*)"/g))
    if (match[1]) labels[match[1]] = match[2] ?? ''
  return { name: name.trim(), labels }
}

function fitting(metrics: Metrics, selector: Selector, suffix = ''): readonly MetricSample[] {
  const samples = metrics.get(selector.name + suffix) ?? []
  return samples.filter((sample) =>
    Object.entries(selector.labels).every(([name, value]) => sample.labels[name] === value),
  )
}

function total(samples: readonly MetricSample[]): number | null {
  if (samples.length === 0) return null
  return samples.reduce((sum, sample) => sum + sample.value, 0)
}

type Marks = readonly (readonly [second: number, peak: number])[]
type Wait = readonly [count: number, sumS: number, buckets: readonly number[]]

/** Turns one scrape after another into rows; keeps only what changed of the parts that repeat. */
export class PoolReading {
  readonly #selectors: Partial<Record<PoolField, Selector>> = {}
  readonly #known = { usedHighWater: new Map<number, number>(), pendingHighWater: new Map<number, number>() }
  #lastWait = ''
  #boundsS: readonly number[] | null = null
  readonly wanted: ReadonlySet<string>

  constructor(map: PoolMap) {
    const wanted = new Set<string>()
    for (const [field, text] of Object.entries(map) as [PoolField, string][]) {
      const selector = parseSelector(text)
      this.#selectors[field] = selector
      wanted.add(selector.name)
      if (field === 'wait') for (const suffix of ['_bucket', '_sum', '_count']) wanted.add(selector.name + suffix)
    }
    this.wanted = wanted
  }

  /** Upper bounds of the wait histogram in seconds, once a scrape has shown them; the last is Infinity. */
  get waitBoundsS(): readonly number[] | null {
    return this.#boundsS
  }

  cells(metrics: Metrics): readonly unknown[] {
    const gauge = (field: PoolField) => {
      const selector = this.#selectors[field]
      return selector ? total(fitting(metrics, selector)) : null
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
      this.#wait(metrics),
    ]
  }

  #marks(metrics: Metrics, field: 'usedHighWater' | 'pendingHighWater'): Marks | null {
    const selector = this.#selectors[field]
    if (!selector) return null
    const samples = fitting(metrics, selector)
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
    const selector = this.#selectors.wait
    if (!selector) return null
    const count = total(fitting(metrics, selector, '_count'))
    const sumS = total(fitting(metrics, selector, '_sum'))
    const byBound = new Map<number, number>()
    for (const { labels, value } of fitting(metrics, selector, '_bucket')) {
      const bound = labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le)
      if (!Number.isNaN(bound)) byBound.set(bound, (byBound.get(bound) ?? 0) + value)
    }
    if (count === null || sumS === null || byBound.size === 0) return null
    const buckets = [...byBound].sort((a, b) => a[0] - b[0])
    this.#boundsS ??= buckets.map(([bound]) => bound)
    const wait: Wait = [count, sumS, buckets.map(([, value]) => value)]
    const text = JSON.stringify(wait)
    if (text === this.#lastWait) return null
    this.#lastWait = text
    return wait
  }
}

async function scrape(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(scrapeTimeoutMs), redirect: 'error' })
  if (!response.ok) {
    await response.body?.cancel()
    throw new Error(`HTTP ${response.status}`)
  }
  return await response.text()
}

/** Asks once, to learn the histogram's bounds for the stream's header and whether the pool can be seen at all. */
export async function readPoolOnce(url: string, map: PoolMap): Promise<PoolReading | null> {
  const reading = new PoolReading(map)
  try {
    reading.cells(parseMetrics(await scrape(url), reading.wanted))
    return reading
  } catch {
    return null
  }
}

const missing: readonly null[] = Array.from({ length: 11 }, () => null)

export function samplePool(spec: PoolSamplerSpec): Sampler {
  const reading = new PoolReading(spec.map)
  const sample = async () => {
    const askedUs = spec.clock.monotonicUs()
    let error: string | null = null
    let cells: readonly unknown[] = missing
    try {
      const text = await scrape(spec.metricsUrl)
      cells = reading.cells(parseMetrics(text, reading.wanted))
    } catch (cause) {
      error = describeFetchError(cause, scrapeTimeoutMs)
    }
    const nowUs = spec.clock.monotonicUs()
    spec.writer.row([nowUs - spec.t0Us, nowUs - askedUs, error, ...cells, spec.instance])
  }
  return sampleEvery(spec.clock, spec.everyMs, sample, spec.onError)
}

/** fetch hides what happened in `cause`; of a time limit it does not say how long it was. */
export function describeFetchError(error: unknown, limitMs: number): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return `no answer within ${limitMs} ms`
  const cause = error.cause instanceof Error ? error.cause : error
  const code = (cause as { code?: unknown }).code
  return typeof code === 'string' ? code : cause.message
}
