import type { PoolLimits } from './pool/pool.ts'

export interface Settings {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  readonly databaseUrl: string
  readonly pool: PoolLimits
  /** All limits in milliseconds; 0 means no limit. */
  readonly connectTimeoutMs: number
  readonly keepaliveMs: number
  readonly queryTimeoutMs: number
  readonly toolTimeoutMs: number
  /** Accepted so that a preset can name it; no tool calls an integration yet. */
  readonly integrationTimeoutMs: number
}

export type Environment = Readonly<Record<string, string | undefined>>

// A day: larger numbers are slips of the unit, and Node's timers end at 2^31 ms.
const limitMsMax = 86_400_000
// PostgreSQL's own ceiling for max_connections is 262,143.
const connectionsMax = 262_143

/** Reads the environment. Either settings, or every problem, each with name, value received and what was expected. */
export function readSettings(
  env: Environment,
): { readonly settings: Settings } | { readonly problems: readonly string[] } {
  const problems: string[] = []
  const wrong = (name: string, expected: string): void => {
    problems.push(`${name}: got ${JSON.stringify(env[name] ?? null)}; expected ${expected}`)
  }
  const whole = (name: string, min: number, max: number, absent: number | undefined): number => {
    const text = env[name]
    const value = text === undefined || text === '' ? absent : /^\d{1,12}$/.test(text) ? Number(text) : undefined
    if (value !== undefined && value >= min && value <= max) return value
    wrong(name, `a whole number in ${min}..${max}`)
    return min
  }
  const limitMs = (name: string): number => whole(name, 0, limitMsMax, 0)
  const settings: Settings = {
    host: env.HOST || '127.0.0.1',
    port: whole('PORT', 0, 65_535, 0),
    databaseUrl: env.DATABASE_URL ?? '',
    pool: {
      // No default: a pool of unknown size can be neither reported nor judged.
      size: whole('POOL_SIZE', 1, connectionsMax, undefined),
      maxOverflow: whole('POOL_MAX_OVERFLOW', 0, connectionsMax, 0),
      acquireTimeoutMs: limitMs('POOL_ACQUIRE_TIMEOUT_MS'),
      recycleMs: limitMs('POOL_RECYCLE_MS'),
      prePing: whole('POOL_PRE_PING', 0, 1, 0) === 1,
    },
    connectTimeoutMs: limitMs('DB_CONNECT_TIMEOUT_MS'),
    keepaliveMs: limitMs('DB_KEEPALIVE_MS'),
    queryTimeoutMs: limitMs('QUERY_TIMEOUT_MS'),
    toolTimeoutMs: limitMs('TOOL_TIMEOUT_MS'),
    integrationTimeoutMs: limitMs('INTEGRATION_TIMEOUT_MS'),
  }
  if (!isPostgresUrl(settings.databaseUrl)) wrong('DATABASE_URL', 'postgres://user@host:port/database')
  return problems.length > 0 ? { problems: withoutSecrets(problems, settings.databaseUrl) } : { settings }
}

function isPostgresUrl(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && (url.protocol === 'postgres:' || url.protocol === 'postgresql:') && url.hostname !== ''
}

/** A malformed URL may still hold a password. */
function withoutSecrets(problems: readonly string[], databaseUrl: string): readonly string[] {
  if (!databaseUrl.includes('@')) return problems
  return problems.map((problem) => problem.replace(JSON.stringify(databaseUrl), '"(hidden)"'))
}
