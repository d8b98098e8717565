import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  startTemporaryPostgres,
  type TemporaryPostgres,
} from '../../../../reference-server/testing/temporary-postgres.ts'
import { readLive } from './live.ts'

let database: TemporaryPostgres
let client: pg.Client
beforeAll(async () => {
  database = await startTemporaryPostgres(20)
  client = new pg.Client(database.url)
  await client.connect()
  await client.query(`
    create table parents (id int generated always as identity primary key, word text unique, half int, unique (id, half));
    create table children (id serial primary key, parent int references parents,
      other int, half int, foreign key (other, half) references parents (id, half));
    insert into parents (word, half) select 'word ' || n, n / 2 from generate_series(1, 100) n;
    insert into children (parent, other, half) values (1, 2, 1), (null, 3, null)`)
})
afterAll(async () => {
  await client.end()
  await database[Symbol.asyncDispose]()
})

const wrong = async () => {
  const { sequencesBehind, constraintsInvalid, indexesInvalid } = await readLive(database.url, () => true)
  return { sequencesBehind, constraintsInvalid, indexesInvalid }
}
const nothing = { sequencesBehind: [], constraintsInvalid: [], indexesInvalid: [] }

it('tells what a sound database holds; a key with a null points to nobody', async () => {
  const { tables, names } = await readLive(database.url, () => true)
  expect(names).toEqual(['public.children', 'public.parents'])
  expect(tables.map(({ rows }) => rows)).toEqual([2, 100])
  expect(await wrong()).toEqual(nothing)
  const some = await readLive(database.url, (name) => name === 'public.parents')
  expect([some.names.length, some.tables.map(({ name }) => name)]).toEqual([2, ['public.parents']])
})

it.each([
  [
    "select setval('children_id_seq', 1)",
    "select setval('children_id_seq', 2)",
    { sequencesBehind: ['public.children_id_seq'] },
  ],
  [
    'set session_replication_role = replica; insert into children (parent) values (7000); set session_replication_role = origin',
    'delete from children where parent = 7000',
    { constraintsInvalid: ['children_parent_fkey on children'] },
  ],
  [
    'set session_replication_role = replica; insert into children (other, half) values (2, 70); set session_replication_role = origin',
    'delete from children where half = 70',
    { constraintsInvalid: ['children_other_half_fkey on children'] },
  ],
  [
    'alter table parents add constraint positive check (half > 40) not valid',
    'alter table parents drop constraint positive',
    { constraintsInvalid: ['positive on parents'] },
  ],
  [
    "update pg_index set indisvalid = false where indexrelid = 'parents_word_key'::regclass",
    "update pg_index set indisvalid = true where indexrelid = 'parents_word_key'::regclass",
    { indexesInvalid: ['parents_word_key'] },
  ],
])('names what %s leaves', async (harm, mend, told) => {
  await client.query(harm)
  expect(await wrong()).toEqual({ ...nothing, ...told })
  await client.query(mend)
  expect(await wrong()).toEqual(nothing)
})

it('holds each index against its table where amcheck is installed', async () => {
  const { rows } = await client.query("select 1 from pg_available_extensions where name = 'amcheck'")
  const by = rows.length === 0 ? 'catalog' : 'amcheck'
  if (by === 'amcheck') await client.query('create extension amcheck')
  expect((await readLive(database.url, () => true)).indexesCheckedBy).toBe(by)
  if (by === 'catalog') return
  // An index that promises an order which its words do not have: the catalogue calls it valid.
  await client.query(`
    create function flipped() returns void language sql as $$
      update pg_index set indoption = '1' where indexrelid = 'parents_word_key'::regclass $$;
    select flipped()`)
  expect((await wrong()).indexesInvalid).toEqual(['parents_word_key'])
})
