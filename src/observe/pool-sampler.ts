import type { Clock } from '../domain/clock.ts'
import type { PoolMap } from '../domain/plan.ts'
import type { StreamWriter } from '../record/writer.ts'
import { type Sampler, sampleEvery } from './every.ts'
import { readMetricsPage } from './metrics-page.ts'
import { parseMetrics } from './metrics-text.ts'
import { PagePools, type PoolCells } from './page-pools.ts'
import { describeFetchError } from './pool.ts'

/** A scrape that has not answered by then is a gap: half of the 2 s that judge/ lets a sampler be silent. */
const scrapeTimeoutMs = 1_000

interface PoolPageSpec {
  readonly clock: Clock
  readonly metricsUrl: string
  /** Of the server in the plan. */
  readonly node: string
  /** Whose pool it is, where a server has several instances. */
  readonly instance: string | null
  readonly map: PoolMap
}

interface Scrape {
  readonly askedUs: number
  readonly answeredUs: number
  readonly error: string | null
  readonly pools: readonly PoolCells[]
}

/** Where one server, or one of its instances, tells of its pools. */
export class PoolPage {
  readonly spec: PoolPageSpec
  readonly #pools: PagePools
  /** What was read before there was a stream to write it to. */
  #early: Scrape | null = null

  constructor(spec: PoolPageSpec) {
    this.spec = spec
    this.#pools = new PagePools(spec.map)
  }

  /** Before any user comes: what is in use then is not in use because of the load. */
  async readEarly(): Promise<void> {
    this.#early = await this.#scrape()
  }

  sample(t0Us: number, everyMs: number, writer: StreamWriter, onError: (error: unknown) => void): Sampler {
    const write = (scrape: Scrape) => {
      for (const cells of this.#rowsOf(scrape, t0Us)) writer.row(cells)
    }
    if (this.#early?.error === null) write(this.#early)
    return sampleEvery(this.spec.clock, everyMs, async () => write(await this.#scrape()), onError)
  }

  async #scrape(): Promise<Scrape> {
    const { clock, metricsUrl } = this.spec
    const askedUs = clock.monotonicUs()
    let [error, pools]: [string | null, readonly PoolCells[]] = [null, []]
    try {
      const text = await readMetricsPage(metricsUrl, scrapeTimeoutMs)
      pools = this.#pools.read(parseMetrics(text, this.#pools.wanted))
    } catch (cause) {
      error = describeFetchError(cause, scrapeTimeoutMs)
    }
    return { askedUs, answeredUs: clock.monotonicUs(), error, pools }
  }

  #rowsOf({ askedUs, answeredUs, error, pools }: Scrape, t0Us: number): readonly (readonly unknown[])[] {
    const { node, instance } = this.spec
    const times = [answeredUs - t0Us, answeredUs - askedUs, error]
    if (error !== null) return [[...times, ...missing, instance]]
    return pools.map(({ pool, cells }) => [
      ...times,
      ...cells,
      pool === null ? instance : `${instance ?? node}/${pool}`,
    ])
  }
}

const missing: readonly null[] = Array.from({ length: 12 }, () => null)
