import type { DatabaseCluster } from '../running-stack.ts'
import type { DatabasePlace, Followed, Standing } from './database.ts'
import { loopback } from './ports.ts'
import { type Position, successorOf } from './succession.ts'

/** What a fail-over does to processes; the stack gives it. Each is bounded in time. */
export interface ClusterActs {
  /** Rejects where it does not answer. */
  position(place: DatabasePlace): Promise<Position>
  promote(place: DatabasePlace): Promise<void>
  /** host:port. */
  switchRoute(upstream: string): Promise<void>
  /** On that one, for these followers; where they are there already it does nothing. */
  makeSlots(on: DatabasePlace, followers: readonly string[]): Promise<void>
  /** One that runs takes its standing on, one that stands still as soon as it goes on. False: it does not run. */
  tell(place: DatabasePlace, standing: Standing): Promise<boolean>
  /** Whether the follower is seen to stream from that one: in time, or before `until` aborts, where it is given. */
  streams(from: DatabasePlace, follower: string, until?: AbortSignal): Promise<boolean>
  /** Ends what still runs of it, and clones it from that port. */
  clone(place: DatabasePlace, followedPort: number): Promise<void>
  start(id: string): Promise<void>
}

/**
 * Who follows whom, as fail-overs and returns change it.
 *
 * That the others follow the new primary belongs to the promotion, as supervisors do it: until then there is no second
 * copy of what is written. It goes on beside, so that the route waits for none of it. A copy, which costs the new primary
 * more than to be followed, is made at the fault's end, of those that cannot follow otherwise.
 */
export class LocalCluster implements DatabaseCluster {
  readonly #places: ReadonlyMap<string, DatabasePlace>
  readonly #acts: ClusterActs
  /** Where a replica of the plan finds its primary at first: through the proxy of their link, where there is one. */
  readonly #first: ReadonlyMap<string, Followed>
  /** Whom commits wait for, as long as they follow. An old primary takes the place of the one that has taken its own. */
  readonly #synchronous: Set<string>
  #primary: string
  /** Its own; 0: nobody has taken over yet. */
  #timeline = 0
  /** Those of them that the primary has been told. */
  #awaited: readonly string[]
  /** Not seen to follow the present primary since it took over. */
  #unseen: ReadonlySet<string> = new Set()
  /** Being started, which sees to it that they follow. */
  readonly #returning = new Set<string>()
  /** Told to take over, and not heard to have done it. */
  #told: string | null = null
  /** Aborts when the present primary is replaced. */
  #over = new AbortController()
  #promoting: Promise<void> | null = null
  #leading: Promise<void> = Promise.resolve()
  #telling: Promise<unknown> = Promise.resolve()

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
    this.#synchronous = new Set(places.filter(({ node }) => node.synchronous).map(({ node }) => node.id))
    this.#awaited = [...this.#synchronous]
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

  standingOf(id: string): Standing {
    return { followed: this.followedBy(id), awaited: id === this.#primary ? this.#awaited : [] }
  }

  /** One that is asked for while another is under way waits for that one. */
  async promote(follower?: string): Promise<void> {
    if (follower !== undefined) this.#place(follower)
    if (follower === this.#primary) throw new Error(`${follower} takes writes already`)
    this.#promoting ??= this.#promoteOnce(follower).finally(() => {
      this.#promoting = null
    })
    await this.#promoting
  }

  async #promoteOnce(follower: string | undefined): Promise<void> {
    const place = this.#place(follower ?? (await this.#successor()))
    const { id } = place.node
    this.#told = id
    await this.#acts.promote(place)
    this.#timeline = (await this.#acts.position(place)).timeline
    const before = this.#primary
    this.#told = null
    this.#primary = id
    this.#over.abort()
    this.#over = new AbortController()
    if (this.#synchronous.delete(id)) this.#synchronous.add(before)
    // A commit that waited for one that is gone would wait for good; whoever follows again is waited for again.
    this.#awaited = []
    this.#unseen = new Set(this.followers)
    const others = this.followers.filter((one) => one !== before)
    // What fails of it is made good at the fault's end, which tells what fails then.
    this.#leading = this.#lead(place, others).catch(() => undefined)
  }

  async #successor(): Promise<string> {
    const ids = this.followers
    const answers = await Promise.allSettled(ids.map((id) => this.#acts.position(this.#place(id))))
    const candidates = answers.map((answer, index) => ({ id: ids[index] ?? '', answer }))
    return successorOf(candidates, this.#timeline, this.#told)
  }

  async route(to: string): Promise<void> {
    await this.#acts.switchRoute(`${loopback}:${this.#place(to).port}`)
  }

  /** Then all that answer follow; those that do not are led to the present primary when they are started, or go on. */
  async rejoin(id: string): Promise<void> {
    if (id === this.#primary) throw new Error(`${id} takes writes: it follows nobody`)
    await this.#leading
    await this.#acts.makeSlots(this.#place(this.#primary), this.followers)
    const astray = await this.#astray(this.followers.filter((one) => one !== id))
    await Promise.all([id, ...astray].map((one) => this.#cloneAndStart(one)))
  }

  /** Starts a follower by `start`; one that cannot follow who takes writes by now is cloned, and started anew. */
  async startFollowing<T>(id: string, start: () => Promise<T>): Promise<T> {
    this.#returning.add(id)
    try {
      return await this.#startFollowing(id, start)
    } finally {
      this.#returning.delete(id)
    }
  }

  async #startFollowing<T>(id: string, start: () => Promise<T>): Promise<T> {
    const node = await start()
    if (!this.#unseen.has(id)) return node
    const primary = this.#place(this.#primary)
    await this.#acts.makeSlots(primary, this.followers).catch(() => undefined)
    if (await this.#isSeen(primary, id)) return node
    // Of one that does not answer there can be no copy; when it is back it is followed, if it can be.
    if (!(await this.#answers(primary))) return node
    await this.#acts.clone(this.#place(id), primary.port)
    const fresh = await start()
    await this.#requireStream(primary, id)
    return fresh
  }

  async #lead(primary: DatabasePlace, ids: readonly string[]): Promise<void> {
    await this.#acts.makeSlots(primary, this.followers)
    await Promise.all(
      ids.map(async (id) => {
        const isTold = await this.#acts.tell(this.#place(id), this.standingOf(id))
        if (!isTold || (await this.#isSeen(primary, id))) return
        // One that stands still follows when it goes on, whenever that is.
        this.#isSeen(primary, id, this.#over.signal).catch(() => undefined)
      }),
    )
  }

  async #isSeen(primary: DatabasePlace, id: string, until?: AbortSignal): Promise<boolean> {
    if (!(await this.#acts.streams(primary, id, until)) || this.#primary !== primary.node.id) return false
    this.#unseen = new Set([...this.#unseen].filter((one) => one !== id))
    if (!this.#synchronous.has(id) || this.#awaited.includes(id)) return true
    this.#awaited = [...this.#awaited, id]
    // One after the other: the last one to be written is the latest.
    const tell = () => this.#acts.tell(primary, this.standingOf(primary.node.id))
    this.#telling = this.#telling.then(tell, tell)
    await this.#telling
    return true
  }

  /** Those that answer, replay, and yet do not follow. */
  async #astray(ids: readonly string[]): Promise<readonly string[]> {
    const unseen = ids.filter((id) => this.#unseen.has(id) && !this.#returning.has(id))
    const positions = await Promise.allSettled(unseen.map((id) => this.#acts.position(this.#place(id))))
    return unseen.filter((_, index) => {
      const answer = positions[index]
      return answer?.status === 'fulfilled' && !answer.value.isPaused
    })
  }

  async #cloneAndStart(id: string): Promise<void> {
    const primary = this.#place(this.#primary)
    await this.#acts.clone(this.#place(id), primary.port)
    const before = this.#unseen
    // A fresh copy can follow: its start need not look.
    this.#unseen = new Set([...before].filter((one) => one !== id))
    try {
      await this.#acts.start(id)
      await this.#requireStream(primary, id)
    } catch (error) {
      this.#unseen = new Set([...this.#unseen, id])
      throw error
    }
  }

  async #requireStream(primary: DatabasePlace, id: string): Promise<void> {
    if (await this.#isSeen(primary, id)) return
    throw new Error(`${id} has a copy of ${primary.node.id} and does not stream from it`)
  }

  async #answers(place: DatabasePlace): Promise<boolean> {
    return this.#acts.position(place).then(
      () => true,
      () => false,
    )
  }

  #place(id: string): DatabasePlace {
    const place = this.#places.get(id)
    if (place === undefined)
      throw new RangeError(`no database ${id}; there are: ${[...this.#places.keys()].join(', ')}`)
    return place
  }
}
