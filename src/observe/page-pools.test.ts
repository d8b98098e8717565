import { describe, expect, test } from 'vitest'
import { mappings } from './mappings/registry.ts'
import { parseMetrics } from './metrics-text.ts'
import { PagePools } from './page-pools.ts'

const columns = ['used', 'idle', 'max', 'pending', 'timeouts', 'saturatedS', 'longestS', 'uptime', 'usedHigh'] as const

/** What each page after another tells, by pool, without what it does not tell. */
function read(map: Readonly<Record<string, string>>, ...pages: readonly string[]) {
  const pools = new PagePools(map)
  return pages.map((page) =>
    Object.fromEntries(
      pools.read(parseMetrics(page, pools.wanted)).map(({ pool, cells }) => {
        const told = columns.map((column, at) => [column, cells[at]] as const)
        const wait = ['wait', cells[10]] as const
        return [String(pool), Object.fromEntries([...told, wait].filter(([, value]) => value !== null))]
      }),
    ),
  )
}

const hikaricp = mappings.get('hikaricp')?.map ?? {}
const write = `
hikaricp_connections_active{pool="write",} 30.0
hikaricp_connections_max{pool="write",} 30.0
hikaricp_connections_pending{pool="write",} 40.0
hikaricp_connections_timeout_total{pool="write",} 1.0
`
const reads = `
hikaricp_connections_active{pool="read",} 2.0
hikaricp_connections_max{pool="read",} 30.0
hikaricp_connections_pending{pool="read",} 0.0
hikaricp_connections_timeout_total{pool="read",} 0.0
`
const uptime = 'process_uptime_seconds 12.5\n'

describe('a page of several pools', () => {
  test('is told pool by pool: a full one does not hide in a sum', () => {
    expect(read(hikaricp, write + reads + uptime)).toEqual([
      {
        write: { used: 30, max: 30, pending: 40, timeouts: 1, uptime: 12.5 },
        read: { used: 2, max: 30, pending: 0, timeouts: 0, uptime: 12.5 },
      },
    ])
  })

  test('that tells of one is told without a name', () => {
    expect(read(hikaricp, write)).toEqual([{ null: { used: 30, max: 30, pending: 40, timeouts: 1 } }])
  })

  test('where the second comes later, each has its name from then on, and keeps it', () => {
    const told = read(hikaricp, write, write + reads, write, uptime)
    expect(told.map((pools) => Object.keys(pools))).toEqual([
      ['null'],
      ['write', 'read'],
      ['write', 'read'],
      ['write', 'read'],
    ])
    expect(told[2]).toMatchObject({ write: { used: 30 }, read: {} })
    expect(told[2]?.read).not.toHaveProperty('used')
    expect(told[3]?.write).toEqual({ uptime: 12.5 })
  })

  test('labels that the mapping chooses by, and those of a histogram or of marks, tell no pools apart', () => {
    const map = { used: 'c{state="used"}', idle: 'c{state="idle"}', max: 'm', wait: 'w', usedHighWater: 'h' }
    const page = `
c{state="used"} 7
c{state="idle"} 2
m 10
w_bucket{le="0.1"} 4
w_bucket{le="+Inf"} 5
w_sum 1
w_count 5
h{second="1"} 7
h{second="2"} 8
`
    const usedHigh = [
      [1, 7],
      [2, 8],
    ]
    expect(read(map, page)).toEqual([{ null: { used: 7, idle: 2, max: 10, usedHigh, wait: [5, 1, [4, 5]] } }])
  })

  test('what a mapping only leaves out may tell pools apart', () => {
    const map = mappings.get('pgbouncer')?.map ?? {}
    const page = ['a', 'b', 'pgbouncer']
      .map(
        (name, at) => `
pgbouncer_pools_server_active_connections{database="${name}",user="u"} ${at + 1}
pgbouncer_databases_pool_size{database="${name}",host="h",name="${name}"} ${at + 10}
`,
      )
      .join('')
    expect(read(map, page)).toEqual([{ a: { used: 1, max: 10 }, b: { used: 2, max: 11 } }])
  })

  test('a size of all that a label tells apart is of one pool', () => {
    expect(read({ used: 'u', max: 'm' }, 'u{host="a"} 10\nu{host="b"} 15\nm 30')).toEqual([
      { null: { used: 25, max: 30 } },
    ])
  })

  test('another pool’s size is not added to that of the only one that tells its use', () => {
    expect(read({ used: 'u', max: 'm' }, 'u{db="a"} 9\nm{db="a"} 10\nm{db="b"} 50')).toEqual([
      { null: { used: 9, max: 10 } },
    ])
  })

  test('what is counted once for all pools counts once', () => {
    const page = `${write.replaceAll(/.*timeout.*/g, '')}${reads.replaceAll(/.*timeout.*/g, '')}hikaricp_connections_timeout_total 3`
    const [told] = read(hikaricp, page)
    expect(told?.write).toMatchObject({ timeouts: 3 })
    expect(told?.read).not.toHaveProperty('timeouts')
  })

  test('one size for several pools is refused, with their labels', () => {
    expect(() => read({ used: 'u', max: '4' }, 'u{pool_name="a"} 1\nu{pool_name="b"} 2')).toThrow(
      '2 pools on the page (pool_name="a" pool_name="b"), and one size: choose one by its label in the mapping',
    )
  })

  test('more than a report can tell are refused', () => {
    const page = Array.from({ length: 33 }, (_, at) => `u{tenant="${at}"} 1`).join('\n')
    expect(() => read({ used: 'u' }, page)).toThrow(/^33 pools on the page \(tenant="0" .*, …\), and more/)
  })
})

describe('a histogram', () => {
  const bucket = (le: string, count: number, more = '') => `w_bucket{le="${le}"} ${count}${more}`
  const cells = (pools: PagePools, lines: readonly string[]) => {
    const text = [...lines, 'w_sum 1', 'w_count 9'].join('\n')
    return pools.read(parseMetrics(text, pools.wanted))[0]?.cells.slice(10)
  }

  test('tells its bounds with its first reading, and again where they change', () => {
    const pools = new PagePools({ used: 'u', wait: 'w' })
    expect(pools.read(parseMetrics('u 1', pools.wanted))[0]?.cells.slice(10)).toEqual([null, null])
    expect(cells(pools, [bucket('0.1', 8), bucket('+Inf', 9)])).toEqual([
      [9, 1, [8, 9]],
      [0.1, null],
    ])
    expect(cells(pools, [bucket('0.1', 9), bucket('+Inf', 9)])).toEqual([[9, 1, [9, 9]], null])
    expect(cells(pools, [bucket('0.2', 9), bucket('+Inf', 9)])).toEqual([
      [9, 1, [9, 9]],
      [0.2, null],
    ])
  })

  test.each([
    ['an exemplar', ' # {trace_id="a{b}"} 0.05 1.7e9'],
    ['an exemplar without labels', ' # {} 0.05'],
    ['a time with a fraction', ' 1700000000.123'],
    ['a time and an exemplar', ' 1700000000.123 # {trace_id="a"} 0.05'],
  ])('is read with %s behind a bucket', (_what, more) => {
    const pools = new PagePools({ wait: 'w' })
    expect(cells(pools, [bucket('0.1', 8, more), bucket('+Inf', 9)])?.[0]).toEqual([9, 1, [8, 9]])
  })
})
