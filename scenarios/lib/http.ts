import type { Check, Json, Memory, Random } from './workload.ts'

export const httpMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
export type HttpMethod = (typeof httpMethods)[number]

/** One HTTP request as it is sent. */
export interface HttpRequest {
  readonly method: HttpMethod
  /** Begins with `/`; characters that a URL cannot hold are encoded already. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface HttpAnswer {
  readonly status: number
  readonly body: string
  /** The body read as JSON; undefined where it is none. */
  json(): Json | undefined
}

/** What a right answer looks like. Redirects are not followed: a 302 is an answer. */
export interface HttpExpectation {
  /** Statuses that are right; a listed one of 400 or more counts as `expected`. Without it: 200 to 299. */
  readonly status?: readonly number[]
  /** The body has this text in it, or the answer is wrong. */
  readonly contains?: string
}

export interface RequestUse {
  readonly name: string
  /** Relative share of the calls; a plan may change it by `load.with.requests.<name>.weight`. 0 turns it off. */
  readonly weight: number
  request(random: Random, memory: Memory): HttpRequest
  readonly expect?: HttpExpectation
  /** Looks at an answer that is right by `expect`, and says whether it can be true. */
  check?(answer: HttpAnswer, request: HttpRequest, memory: Memory): Check
}

/** Users who send HTTP requests to the server's own address, each on connections of its own, without a session. */
export interface HttpWorkload {
  readonly name: string
  readonly protocol: 'http'
  readonly requests: readonly RequestUse[]
}
