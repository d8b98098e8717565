import { expect, test } from 'vitest'
import { parseMetrics } from './metrics-text.ts'
import { describeFetchError, PoolReading } from './pool.ts'

const page = `
# HELP pool_used connections in use
# TYPE pool_used gauge
pool_used{state="used",name="a \\"quoted\\" one"} 7
pool_used{state="idle",name="b"} 3
pool_max 30
pool_used_high{second="12"} 9
pool_used_high{second="13"} 8
wait_bucket{le="0.001"} 4
wait_bucket{le="0.01"} 6
wait_bucket{le="+Inf"} 7
wait_sum 0.25
wait_count 7
other_metric{x="y"} 1e3
`

const map = {
  used: 'pool_used{state="used"}',
  idle: 'pool_used{state="idle"}',
  max: 'pool_max',
  pending: 'pool_pending',
  usedHighWater: 'pool_used_high',
  wait: 'wait',
}

function read(reading: PoolReading, text: string) {
  const [used, idle, max, pending, timeouts, , , , usedHigh, pendingHigh, wait] = reading.cells(
    parseMetrics(text, reading.wanted),
  )
  return { used, idle, max, pending, timeouts, usedHigh, pendingHigh, wait }
}

test('labels choose among the samples of one metric; what the system does not tell is null, not 0', () => {
  const reading = new PoolReading(map)
  expect(read(reading, page)).toEqual({
    used: 7,
    idle: 3,
    max: 30,
    pending: null,
    timeouts: null,
    usedHigh: [
      [12, 9],
      [13, 8],
    ],
    pendingHigh: null,
    wait: [7, 0.25, [4, 6, 7]],
  })
  expect(reading.waitBoundsS).toEqual([0.001, 0.01, Number.POSITIVE_INFINITY])
})

test('marks and the wait histogram are told again only where they changed', () => {
  const reading = new PoolReading(map)
  read(reading, page)
  const second = read(reading, page.replace('{second="13"} 8', '{second="13"} 11'))
  expect(second.usedHigh).toEqual([[13, 11]])
  expect(second.wait).toBeNull()
})

test('only wanted metrics are kept, escapes and exponents are read', () => {
  const metrics = parseMetrics(page, new Set(['pool_used', 'other_metric']))
  expect([...metrics.keys()]).toEqual(['pool_used', 'other_metric'])
  expect(metrics.get('pool_used')?.[0]?.labels.name).toBe('a "quoted" one')
  expect(metrics.get('other_metric')?.[0]?.value).toBe(1_000)
})

test.each([
  ['the limit that was reached', new DOMException('', 'TimeoutError'), 'no answer within 1500 ms'],
  ['its own words, where there is no cause', new TypeError('fetch failed'), 'fetch failed'],
  [
    'the code that fetch hides',
    new TypeError('fetch failed', { cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) }),
    'ECONNREFUSED',
  ],
  ['no error at all', 'gone', 'gone'],
])('a request that failed is told by %s', (_reason, error, told) => {
  expect(describeFetchError(error, 1_500)).toBe(told)
})
