import type { PoolSeries, ProcessSeries, Series } from '../../../src/domain/series.ts'
import { count, quantity } from '../../text/numbers.ts'
import { foreign, foreignLabel, html, type Markup } from '../markup.ts'
import { type Figure, overText } from './frame.ts'
import { peakOf, sampledPanel, sampledTable } from './sampled.ts'
import type { TimeScale } from './scale.ts'

/** Processes drawn at most, busiest first; the rest are named in words. */
export const processesMax = 8
const processPx = 64

function poolHeading(pool: PoolSeries): Markup {
  const used = peakOf(pool.used, pool.usedHighWater)
  if (used === null) return html`The pool was not seen`
  const of = pool.max === null ? '' : ` of ${count(pool.max)}`
  const whose = pool.instance === undefined ? null : html` of ${foreign(pool.instance)}, the fullest instance,`
  const pending = peakOf(pool.pending)
  const waited = pending === null ? 'callers waiting were not seen' : `at most ${count(pending)} callers waited at once`
  return html`Up to ${count(used)}${of} pool connections${whose} were in use; ${waited}`
}

export function poolFigure(pool: PoolSeries | null, scale: TimeScale): Figure | null {
  if (pool === null) return null
  const limit = pool.max === null ? null : { value: pool.max, label: `pool maximum ${count(pool.max)}` }
  const used = sampledPanel(
    {
      name: 'Connections of the pool in use over time',
      heightPx: 130,
      samples: pool.used,
      colour: 'p95',
      limit,
      marks: pool.usedHighWater,
      atLeast: 1,
      format: count,
    },
    scale,
  )
  const pending = sampledPanel(
    {
      name: 'Callers waiting for a connection over time',
      heightPx: 80,
      samples: pool.pending,
      colour: 'fail',
      limit: null,
      marks: null,
      atLeast: 1,
      format: count,
    },
    scale,
  )
  const title = overText(4, 14, 'callers waiting', 'ink')
  return {
    id: 'pool',
    heading: poolHeading(pool),
    howToRead: html`Top: connections in use as sampled, and as short strokes the highest of each second by the system's own marks, which samples can miss. Below, on its own axis: callers waiting for a connection. Hatched: no sample for over 2 s.`,
    panels: [used, { ...pending, overlay: [pending.overlay, title] }],
    shaded: true,
    table: sampledTable(
      'Pool over time',
      [
        { head: 'in use, sampled', samples: pool.used, format: count },
        { head: 'in use, marked', samples: pool.usedHighWater, format: count },
        { head: 'waiting', samples: pool.pending, format: count },
      ],
      scale,
    ),
  }
}

export function connectionsFigure(series: Series, scale: TimeScale): Figure | null {
  const { databaseConnections: samples, databaseMax } = series
  if (samples === null) return null
  const peak = peakOf(samples)
  const of = databaseMax === null ? '' : ` of ${count(databaseMax)}`
  const limit = databaseMax === null ? null : { value: databaseMax, label: `max_connections ${count(databaseMax)}` }
  const sampled = {
    name: "Database connections of the system's own over time",
    heightPx: 110,
    samples,
    colour: 'p95' as const,
    limit,
    marks: null,
    atLeast: 1,
    format: count,
  }
  return {
    id: 'connections',
    heading:
      peak === null
        ? html`The database's connections were not seen`
        : html`The database held up to ${count(peak)}${of} connections`,
    howToRead: html`Connections of the system under test as the database counts them; Squall's own are left out. Hatched: no sample for over 2 s.`,
    panels: [sampledPanel(sampled, scale)],
    shaded: true,
    table: sampledTable('Database connections over time', [{ head: 'connections', samples, format: count }], scale),
  }
}

const cores = (value: number) => `${Number(value.toFixed(2))}`

function processHeading(processes: readonly ProcessSeries[]): Markup {
  const busiest = processes[0]
  const peak = busiest === undefined ? null : peakOf(busiest.cpu)
  if (busiest === undefined || peak === null) return html`The CPU of the processes was not seen`
  return html`Busiest process: ${foreign(busiest.process)}, up to ${cores(peak)} cores`
}

/** CPU by process, each on a panel of its own with one common axis, the harness's own parts among them. */
export function processFigure(all: readonly ProcessSeries[], scale: TimeScale): Figure | null {
  if (all.length === 0) return null
  const busiestFirst = all.toSorted((a, b) => (peakOf(b.cpu) ?? -1) - (peakOf(a.cpu) ?? -1))
  const shown = busiestFirst.slice(0, processesMax)
  const left = all.length - shown.length
  const highest = Math.max(0.1, ...shown.map((process) => peakOf(process.cpu) ?? 0))
  const panels = shown.map((process) => {
    const label = foreignLabel(process.process, 26)
    const sampled = {
      name: `CPU of ${foreignLabel(process.process, 200)} over time, in cores`,
      heightPx: processPx,
      samples: process.cpu,
      colour: 'p95' as const,
      limit: null,
      marks: null,
      atLeast: highest,
      format: cores,
    }
    const panel = sampledPanel(sampled, scale)
    const title = overText(4, 13, label, 'ink')
    const ends = panel.yLabels.filter((_, index) => index === 0 || index === panel.yLabels.length - 1)
    return { ...panel, yLabels: ends, overlay: [panel.overlay, title] }
  })
  const omitted = left > 0 ? html` ${left} less busy processes are not drawn.` : null
  const rss = shown.map((process) => {
    const peak = peakOf(process.rssMiB)
    return html`<tr><th scope="row">${foreign(process.process)}</th><td>${peakText(peakOf(process.cpu))}</td><td>${peak === null ? 'not seen' : `${quantity(Math.round(peak), 'count')} MiB`}</td></tr>`
  })
  return {
    id: 'cpu',
    heading: processHeading(shown),
    howToRead: html`CPU of each process in cores: 1 is one core fully used. All panels have one scale.${omitted}`,
    panels,
    shaded: true,
    table: html`<table><thead><tr><th scope="col">process</th><th scope="col">highest CPU, cores</th><th scope="col">highest memory</th></tr></thead><tbody>${rss}</tbody></table>`,
  }
}

function peakText(peak: number | null): string {
  return peak === null ? 'not seen' : cores(peak)
}
