import type { DatabaseCluster } from '../running-stack.ts'
import type { DatabasePlace, Followed } from './database.ts'
import { loopback } from './ports.ts'

/** What a fail-over does to processes; the stack gives it. */
export interface ClusterActs {
  promote(place: DatabasePlace): Promise<void>
  /** host:port. */
  switchRoute(upstream: string): Promise<void>
  /** Ends what still runs of it, clones it from that port, and starts it. */
  cloneAndStart(place: DatabasePlace, followedPort: number): Promise<void>
}

/** Who follows whom, as fail-overs and returns change it. */
export class LocalCluster implements DatabaseCluster {
  readonly #places: ReadonlyMap<string, DatabasePlace>
  readonly #acts: ClusterActs
  /** Where a replica of the plan finds its primary at first: through the proxy of their link, where there is one. */
  readonly #first: ReadonlyMap<string, Followed>
  #primary: string
  #promoting: Promise<void> | null = null

  constructor(
    places: readonly DatabasePlace[],
    primary: string,
    first: ReadonlyMap<string, Followed>,
    acts: ClusterActs,
  ) {
    this.#places = new Map(places.map((place) => [place.node.id, place]))
    this.#primary = primary
    this.#first = first
    this.#acts = acts
  }

  get primary(): string {
    return this.#primary
  }

  get followers(): readonly string[] {
    return [...this.#places.keys()].filter((id) => id !== this.#primary)
  }

  /** Whom a node follows when it is started now; null: it is the one that takes writes. */
  followedBy(id: string): Followed | null {
    if (id === this.#primary) return null
    const isAsPlanned = this.#first.has(id) && this.#place(id).node.follows === this.#primary
    const planned = isAsPlanned ? this.#first.get(id) : undefined
    return planned ?? { host: loopback, port: this.#place(this.#primary).port }
  }

  /** One that is asked for while another is under way waits for that one. */
  async promote(follower: string): Promise<void> {
    const place = this.#place(follower)
    if (follower === this.#primary) throw new Error(`${follower} takes writes already`)
    this.#promoting ??= this.#promoteOnce(place).finally(() => {
      this.#promoting = null
    })
    await this.#promoting
  }

  async #promoteOnce(place: DatabasePlace): Promise<void> {
    await this.#acts.promote(place)
    this.#primary = place.node.id
  }

  async route(to: string): Promise<void> {
    await this.#acts.switchRoute(`${loopback}:${this.#place(to).port}`)
  }

  async rejoin(id: string): Promise<void> {
    if (id === this.#primary) throw new Error(`${id} takes writes: it follows nobody`)
    await this.#acts.cloneAndStart(this.#place(id), this.#place(this.#primary).port)
  }

  #place(id: string): DatabasePlace {
    const place = this.#places.get(id)
    if (place === undefined)
      throw new RangeError(`no database ${id}; there are: ${[...this.#places.keys()].join(', ')}`)
    return place
  }
}
