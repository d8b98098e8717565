import { expect, test } from 'vitest'
import { type Gauge, peakWithArrivals } from './samples.ts'

const span = { startUs: 0, endUs: 1_000 }

function gaugeOf(values: readonly number[]): Gauge {
  return { timesUs: values.map((_, at) => at * 250), values }
}

test.each([
  [
    'a rise that the counter explains reaches as far as the arrivals and no further',
    [10, 60, 67, 67],
    [100, 150, 157, 158],
    67,
    68,
  ],
  ['connections that came and went between two samples are counted', [10, 10, 10, 10], [100, 100, 130, 130], 10, 40],
  ['nothing arrived: the sample is the peak', [10, 9, 8, 7], [5, 5, 5, 5], 10, 10],
  ['a counter that went back bounds nothing: the largest rise has to do', [10, 30, 30, 30], [100, 120, 3, 3], 30, 50],
])('%s', (_what, open, arrived, low, high) => {
  expect(peakWithArrivals(gaugeOf(open), gaugeOf(arrived), [span])).toEqual({ low, high, samples: 4 })
})

test('without a counter the largest rise has to do', () => {
  expect(peakWithArrivals(gaugeOf([10, 30]), gaugeOf([]), [span])).toEqual({ low: 30, high: 50, samples: 2 })
})
