import { hikaricp } from './hikaricp.ts'
import type { PoolMapping } from './mapping.ts'
import { nodePostgres } from './node-postgres.ts'
import { opentelemetry } from './opentelemetry.ts'
import { pgbouncer } from './pgbouncer.ts'
import { pgx } from './pgx.ts'
import { sqlalchemy } from './sqlalchemy.ts'

/** Every mapping a plan can name. Adding one: a file, a sample of the exporter's text in the test, a line here. */
export const mappings: ReadonlyMap<string, PoolMapping> = new Map(
  [hikaricp, nodePostgres, opentelemetry, pgbouncer, pgx, sqlalchemy].map((mapping) => [mapping.name, mapping]),
)
