/** Reads Prometheus text exposition, as far as samples go: comments, types, timestamps and exemplars are passed over. */

export interface MetricSample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export type Metrics = ReadonlyMap<string, readonly MetricSample[]>

/** Name, labels, value; then a time, and an exemplar, as OpenMetrics writes behind buckets and counters. */
const line =
  /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?[ \t]+([^ \t]+)(?:[ \t]+-?[\d.]+(?:[eE][+-]?\d+)?)?(?:[ \t]+# .*)?$/
const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g
const escapes: Readonly<Record<string, string>> = { '\\n': '\n', '\\"': '"', '\\\\': '\\' }

function parseValue(text: string): number {
  if (text === '+Inf' || text === 'Inf') return Number.POSITIVE_INFINITY
  if (text === '-Inf') return Number.NEGATIVE_INFINITY
  return Number(text)
}

function parseLabels(text: string | undefined): Record<string, string> {
  const labels: Record<string, string> = {}
  if (!text) return labels
  for (const match of text.matchAll(label)) {
    const [, name, value] = match
    if (name !== undefined && value !== undefined)
      labels[name] = value.replace(/\\[n"\\]/g, (escaped) => escapes[escaped] ?? escaped)
  }
  return labels
}

/**
 * Parses exposition text (Prometheus text format 0.0.4; OpenMetrics' `# EOF` is a comment here).
 * Only metrics in `wanted` are kept, so that a large page costs little.
 */
export function parseMetrics(text: string, wanted: ReadonlySet<string>): Metrics {
  const metrics = new Map<string, MetricSample[]>()
  for (const raw of text.split('\n')) {
    if (raw === '' || raw.charCodeAt(0) === 35) continue
    const nameEnd = raw.search(/[{ \t]/)
    if (nameEnd < 0 || !wanted.has(raw.slice(0, nameEnd))) continue
    const match = line.exec(raw.trimEnd())
    if (!match?.[1] || match[3] === undefined) continue
    const value = parseValue(match[3])
    const samples = metrics.get(match[1]) ?? []
    samples.push({ labels: parseLabels(match[2]), value })
    metrics.set(match[1], samples)
  }
  return metrics
}
