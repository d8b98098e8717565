import type { PoolField, PoolMap } from '../domain/plan.ts'
import type { MetricSample, Metrics } from './metrics-text.ts'
import { PoolReading } from './pool.ts'
import { type MetricSource, namesOf, parseSource, samplesOf } from './selector.ts'

/** A server that has a pool for each of its tenants, say: nobody reads a report of so many. */
const poolsMax = 32

/** What one page tells of one pool; `pool` is null where the page tells of one. */
export interface PoolCells {
  readonly pool: string | null
  readonly cells: readonly unknown[]
}

type Labels = readonly (readonly [label: string, value: string])[]

interface KnownPool {
  readonly labels: Labels
  readonly reading: PoolReading
}

/** Of a histogram and of high-water marks: their labels tell no pools apart. */
const ownLabels = ['le', 'second']
/** By the first of these that is told, pools are told apart. */
const identifying: readonly PoolField[] = ['used', 'pending', 'max', 'idle']
/** Told once for all pools, they would count once for each. */
const counted: readonly PoolField[] = ['timeouts', 'wait', 'saturatedSeconds', 'saturatedLongestSeconds']
/** Told once for all pools, they are of none. */
const marked: readonly PoolField[] = ['usedHighWater', 'pendingHighWater']

/** Turns one scrape after another into rows: one for each pool that the page tells of, since a full one hides in a sum. */
export class PagePools {
  readonly #map: PoolMap
  readonly #sources: ReadonlyMap<PoolField, MetricSource>
  /** Chosen by the mapping, so that what they tell apart is no pool. */
  readonly #chosen: ReadonlySet<string>
  readonly #known = new Map<string, KnownPool>()
  /** By which those known differ. */
  #labels: ReadonlySet<string> = new Set()
  readonly wanted: ReadonlySet<string>

  constructor(map: PoolMap) {
    this.#map = map
    this.#sources = new Map(Object.entries(map).map(([field, text]) => [field as PoolField, parseSource(text)]))
    const chosen = [...this.#sources.values()].flatMap((source) =>
      source.kind === 'number'
        ? []
        : source.selectors.flatMap(({ labels }) => labels.filter(({ isWanted }) => isWanted)),
    )
    this.#chosen = new Set([...ownLabels, ...chosen.map(({ name }) => name)])
    this.wanted = new PoolReading(map).wanted
  }

  /**
   * Of each pool that this page or one before it told of.
   * @throws Error where the mapping does not say which of several pools is meant
   */
  read(metrics: Metrics): readonly PoolCells[] {
    for (const labels of this.#poolsOn(metrics)) {
      const key = JSON.stringify(labels)
      if (!this.#known.has(key)) this.#known.set(key, { labels, reading: new PoolReading(this.#map) })
    }
    const known = [...this.#known.values()]
    if (known.length > poolsMax)
      throw new Error(
        tooMany(
          known.map(({ labels }) => labels),
          'more than a report can tell',
        ),
      )
    return known.map(({ labels, reading }, at) => ({
      pool: known.length === 1 ? null : labels.map(([, value]) => value).join(','),
      cells: reading.cells(this.#ofPool(metrics, labels, at === 0)),
    }))
  }

  /** By their labels. One pool: one without any. A page that tells of none leaves those that are known. */
  #poolsOn(metrics: Metrics): readonly Labels[] {
    const told = (field: PoolField): readonly MetricSample[] => {
      const source = this.#sources.get(field)
      return source === undefined ? [] : samplesOf(metrics, source)
    }
    const own = identifying.map(told).find((samples) => samples.length > 0) ?? []
    if (own.length === 0) return this.#known.size === 0 ? [[]] : []
    const labels = this.#differing(own, told('max'))
    if (labels.some((label) => !this.#labels.has(label))) {
      this.#labels = new Set(labels)
      this.#known.clear()
    }
    const pools = own.map((sample) => labels.map((label) => [label, sample.labels[label] ?? ''] as const))
    const distinct = [...new Map(pools.map((pool) => [JSON.stringify(pool), pool])).values()]
    if (distinct.length > 1 && this.#sources.get('max')?.kind === 'number')
      throw new Error(tooMany(distinct, 'one size'))
    return distinct
  }

  /** The labels by which pools differ, on this page or on one before it. A size that lacks one is of all that it tells apart. */
  #differing(own: readonly MetricSample[], sizes: readonly MetricSample[]): readonly string[] {
    const all = [...own, ...sizes]
    return labelsOf(own).filter((label) => {
      const values = all.map(({ labels }) => labels[label])
      const isOfAll = values.every((value) => value !== undefined)
      return isOfAll && !this.#chosen.has(label) && (this.#labels.has(label) || new Set(values).size > 1)
    })
  }

  #ofPool(metrics: Metrics, pool: Labels, isFirst: boolean): Metrics {
    if (pool.length === 0) return metrics
    const once = this.#namesOf(counted)
    const never = this.#namesOf(marked)
    return new Map(
      [...metrics].map(([name, samples]) => [
        name,
        samples.filter(({ labels }) => {
          const isOfAll = pool.every(([label]) => labels[label] === undefined)
          if (isOfAll && this.#known.size > 1 && (never.has(name) || (once.has(name) && !isFirst))) return false
          return pool.every(([label, value]) => labels[label] === undefined || labels[label] === value)
        }),
      ]),
    )
  }

  #namesOf(fields: readonly PoolField[]): ReadonlySet<string> {
    const names = fields.flatMap((field) => {
      const source = this.#sources.get(field)
      return source === undefined ? [] : namesOf(source, ['', '_bucket', '_sum', '_count'])
    })
    return new Set(names)
  }
}

function labelsOf(samples: readonly MetricSample[]): readonly string[] {
  return [...new Set(samples.flatMap(({ labels }) => Object.keys(labels)))].sort()
}

function tooMany(pools: readonly Labels[], than: string): string {
  const texts = pools.slice(0, 3).map((labels) => labels.map(([label, value]) => `${label}="${value}"`).join(','))
  const more = pools.length > texts.length ? ', …' : ''
  return `${pools.length} pools on the page (${texts.join(' ')}${more}), and ${than}: choose one by its label in the mapping`
}
