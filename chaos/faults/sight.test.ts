import { expect, it } from 'vitest'
import { type ProbeSample, usualQuestion } from '../../src/domain/probe-sample.ts'
import type { FaultParameters } from './fault.ts'
import { faults } from './registry.ts'

interface Looks {
  readonly with?: FaultParameters
  readonly harmed: Partial<ProbeSample>
  readonly calm: Partial<ProbeSample>
}

const answered: ProbeSample = {
  connection: 'fresh',
  askedUs: 0,
  endedUs: 1_000,
  error: null,
  sqlState: null,
  roundTripMs: 1,
  answer: '1',
  question: usualQuestion,
}
const failed = { error: 'refused', roundTripMs: null, answer: null } as const
const silent = { error: 'timeout', roundTripMs: null, answer: null } as const

const slow = (ms: number): Partial<ProbeSample> => ({ roundTripMs: ms })
const says = (answer: string): Partial<ProbeSample> => ({ answer })

/** How each fault looks while it is on, and after. */
const looks: Readonly<Record<string, Looks>> = {
  latency: { with: { delay: 34, jitter: 5 }, harmed: slow(27), calm: slow(25) },
  // 64 KiB take 640 ms; half of it may come at once.
  bandwidth: { with: { rate: 102_400 }, harmed: slow(321), calm: slow(319) },
  // 64 slices of 2 ms.
  slicer: { with: { size: 1_024, delay: 2 }, harmed: slow(65), calm: slow(63) },
  reset: { harmed: { ...failed, error: 'reset' }, calm: {} },
  timeout: { harmed: silent, calm: {} },
  'limit-data': { harmed: { ...failed, error: 'closed' }, calm: {} },
  'slow-close': { with: { delay: 200 }, harmed: slow(180), calm: slow(179) },
  down: { harmed: failed, calm: {} },
  flapping: { harmed: failed, calm: {} },
  'black-hole': { harmed: silent, calm: {} },
  kill: { harmed: failed, calm: {} },
  stop: { harmed: failed, calm: {} },
  freeze: { harmed: silent, calm: {} },
  'crash-loop': { harmed: failed, calm: {} },
  // 140 ms of each 200.
  'cpu-quota': { with: { share: 0.3 }, harmed: slow(84), calm: slow(83) },
  'files-used-up': { harmed: failed, calm: {} },
  'memory-taken': {
    with: { each: 4_194_304 },
    harmed: { ...failed, error: 'database', sqlState: '53200' },
    calm: says('4194304'),
  },
  'disk-full': { harmed: { ...failed, error: 'database', sqlState: '53100' }, calm: says('10000') },
  hook: { harmed: failed, calm: {} },
  restart: { harmed: failed, calm: {} },
  'backends-terminated': { harmed: { ...failed, error: 'closed' }, calm: {} },
  'slots-taken': { harmed: says('true'), calm: says('false') },
  'table-locked': { harmed: says('1'), calm: says('0') },
  'idle-transaction': { harmed: says('1'), calm: says('0') },
  'slow-queries': { harmed: says('1'), calm: says('0') },
  deadlocks: { harmed: says('true'), calm: says('false') },
  'read-only': { harmed: says('on'), calm: says('off') },
  'archiving-failing': { harmed: says('true'), calm: says('false') },
  'table-dropped': {
    with: { table: 'customers' },
    harmed: { ...failed, error: 'database', sqlState: '42P01' },
    calm: says('true'),
  },
  'rows-overwritten': { with: { table: 'customers' }, harmed: says('true'), calm: says('false') },
  'data-lost': { harmed: failed, calm: {} },
  'fail-over': { harmed: failed, calm: {} },
  'host-lost': { harmed: silent, calm: {} },
  'split-brain': { harmed: silent, calm: {} },
  'replay-paused': { harmed: says('paused'), calm: says('not paused') },
}

it('every fault is in the table', () => {
  expect(Object.keys(looks)).toEqual([...faults.keys()])
})

it.each(Object.entries(looks))('%s is told from calm', (name, { with: parameters = {}, harmed, calm }) => {
  const fault = faults.get(name)
  expect(fault?.isAffected({ ...answered, ...harmed }, parameters)).toBe(true)
  expect(fault?.isAffected({ ...answered, ...calm }, parameters)).toBe(false)
})

it.each(Object.entries(looks).filter(([, { harmed }]) => harmed.answer))(
  '%s: no answer to its question tells neither',
  (name, { with: parameters = {} }) => {
    expect(faults.get(name)?.isAffected({ ...answered, ...silent }, parameters)).toBe(null)
  },
)

it('slots-taken: our own connection refused for want of a slot tells, too', () => {
  const refused = { ...answered, ...failed, error: 'database', sqlState: '53300' } as const
  expect(faults.get('slots-taken')?.isAffected(refused, {})).toBe(true)
})

it('asks nothing of a link that a database alone can tell', () => {
  for (const fault of faults.values())
    if (fault.on === 'link') expect(fault.question?.({}, 'x').sql ?? null, fault.name).toBe(null)
})

it('what a fault holds is told from what another one of its kind holds', () => {
  const asking = [...faults.values()].filter((fault) =>
    fault.question?.(looks[fault.name]?.with ?? {}, 'mine').sql?.includes('squall fault'),
  )
  expect(asking.map(({ name }) => name)).toEqual([
    'slots-taken',
    'table-locked',
    'idle-transaction',
    'slow-queries',
    'deadlocks',
  ])
  for (const fault of asking) expect(fault.question?.({}, 'mine').sql).toContain("'squall fault mine'")
})

it('a table that is there and empty has lost what it held', () => {
  expect(faults.get('table-dropped')?.isAffected({ ...answered, ...says('false') }, { table: 'customers' })).toBe(true)
})
