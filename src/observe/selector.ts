import type { MetricSample, Metrics } from './metrics-text.ts'

/** `name` or `name{label="value", other!="value"}`: which of a metric's samples are meant. */
interface Selector {
  readonly name: string
  readonly labels: readonly { readonly name: string; readonly value: string; readonly isWanted: boolean }[]
}

/** What a field of a pool's mapping stands for: a number, or the first of several selectors that has samples. */
export type MetricSource =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'metric'; readonly selectors: readonly Selector[] }

/** A metric's name cannot begin with a digit; alternatives are separated by ` | `. */
export function parseSource(text: string): MetricSource {
  if (/^\d+(\.\d+)?$/.test(text.trim())) return { kind: 'number', value: Number(text) }
  return { kind: 'metric', selectors: text.split(' | ').map(parseSelector) }
}

function parseSelector(text: string): Selector {
  const [name = text, rest] = text.split('{', 2)
  const labels = [...(rest ?? '').matchAll(/([a-zA-Z_]\w*)(!?=)"([^"]*)"/g)].map(([, label, sign, value]) => ({
    name: label ?? '',
    value: value ?? '',
    isWanted: sign === '=',
  }))
  return { name: name.trim(), labels }
}

/** Names of the metrics that may be asked for, each with the suffixes. */
export function namesOf(source: MetricSource, suffixes: readonly string[] = ['']): readonly string[] {
  if (source.kind === 'number') return []
  return source.selectors.flatMap(({ name }) => suffixes.map((suffix) => name + suffix))
}

/** Of the first selector that has any; with `suffix` behind its name, as the parts of a histogram have. */
export function samplesOf(metrics: Metrics, source: MetricSource, suffix = ''): readonly MetricSample[] {
  if (source.kind === 'number') return []
  for (const { name, labels } of source.selectors) {
    const samples = (metrics.get(name + suffix) ?? []).filter((sample) =>
      labels.every((label) => (sample.labels[label.name] === label.value) === label.isWanted),
    )
    if (samples.length > 0) return samples
  }
  return []
}

/** Several samples that fit (one a data source, say) add up. null: the page does not tell it. */
export function totalOf(metrics: Metrics, source: MetricSource, suffix = ''): number | null {
  if (source.kind === 'number') return source.value
  const samples = samplesOf(metrics, source, suffix)
  return samples.length === 0 ? null : samples.reduce((sum, sample) => sum + sample.value, 0)
}
