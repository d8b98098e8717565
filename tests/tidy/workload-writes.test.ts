import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { tables } from '../../reference-server/data/schema.ts'
import workload from '../../scenarios/customer-success.ts'

const tools = new URL('../../reference-server/tools/', import.meta.url)

/** Names behind the words of SQL that write, and of tables that are written by version. */
function writtenIn(source: string): string[] {
  const ways = [/\b(?:insert into|update|delete from) ([a-z_]+)/g, /new Versioned\(\s*'[^']*',\s*'([a-z_]+)'/g]
  return ways.flatMap((way) => Array.from(source.matchAll(way), ([, name = '']) => name))
}

it('the workload names all tables that the tools of the reference server write, and no other', () => {
  const known = new Set(tables.map(({ name }) => name))
  const sources = readdirSync(tools).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  const written = sources.flatMap((name) => writtenIn(readFileSync(new URL(name, tools), 'utf8')))
  const names = new Set(written.filter((name) => known.has(name)).map((name) => `public.${name}`))
  expect(workload.writes?.toSorted()).toEqual([...names].sort())
})
