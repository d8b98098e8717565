import type { Catalogue, FaultDescription, MeasureDescription } from '../domain/catalogue.ts'
import type { Unit, WindowKind } from '../domain/verdict.ts'

// For tests: the shape of the real catalogue (src/cli/catalogue.ts) with few and made-up numbers.

const everywhere: readonly WindowKind[] = ['run', 'phase', 'clear', 'injection', 'recovery']

function measure(unit: Unit, windows: readonly WindowKind[] = everywhere): MeasureDescription {
  const bounds = unit === 'bool' ? (['is'] as const) : (['max', 'min'] as const)
  return { title: 'a measure', unit, bounds, windows, perTool: unit === 'ms' || unit === 'ratio' }
}

const plain = { title: 'a fault', on: 'link', parameters: {}, judgedBy: 'bounded', minimumForMs: 3_000 } as const

const latency: FaultDescription = {
  name: 'latency',
  title: 'adds a delay to each round trip',
  on: 'link',
  judgedBy: 'launch',
  combines: true,
  minimumForMs: 3_000,
  parameters: {
    delay: { kind: 'duration', unit: 'ms', min: 1, max: 30_000, why: 'a round trip' },
    jitter: { kind: 'duration', unit: 'ms', min: 0, max: 5_000, default: 0, why: 'either way' },
    share: { kind: 'ratio', unit: 'ratio', default: 1, why: 'of the connections' },
    bytes: { kind: 'size', unit: 'bytes', min: 1_024, default: 65_536, why: 'at a time' },
    pace: { kind: 'rate', unit: '1/s', max: 1_000, default: 10, why: 'repeats' },
    count: { kind: 'count', unit: 'count', max: 9, default: 1, why: 'repeats' },
    side: { kind: 'choice', unit: '', choices: ['up', 'down'], default: 'down', why: 'which way' },
    hard: { kind: 'bool', unit: '', default: false, why: 'at once' },
  },
}

const locked: FaultDescription = {
  ...plain,
  name: 'locked',
  on: 'node',
  roles: ['postgres'],
  parameters: { table: { kind: 'name', unit: '', why: 'which one' } },
}

const decide: FaultDescription['parameters'][string] = {
  kind: 'duration',
  unit: 'ms',
  default: 1_000,
  why: 'until a replica is promoted',
}

export const fakeCatalogue: Catalogue = {
  drills: new Map([['failover', { name: 'failover', title: 'a drill', hypothesis: 'it holds', steps: [] }]]),
  workloads: new Map([
    [
      'customer-success',
      {
        name: 'customer-success',
        title: 'customer success',
        hasLedger: true,
        tools: new Map([
          ['get_customer', 9],
          ['list_contracts', 1],
        ]),
      },
    ],
    ['echo', { name: 'echo', title: 'one tool', tools: null, hasLedger: false }],
  ]),
  faults: new Map<string, FaultDescription>([
    ['latency', latency],
    ['reset', { name: 'reset', ...plain }],
    ['down', { name: 'down', ...plain }],
    ['black-hole', { name: 'black-hole', ...plain }],
    ['narrow', { name: 'narrow', ...plain, combines: true, isToDatabase: true }],
    ['crash', { name: 'crash', ...plain, on: 'node' }],
    ['hooked', { ...plain, name: 'hooked', on: 'node', byHooks: true }],
    ['locked', locked],
    ['filling', { ...locked, name: 'filling', fillsDisk: true, parameters: {} }],
    ['restored', { ...locked, name: 'restored', needsBackups: 'any', standsAlone: true, parameters: {} }],
    ['returned', { ...locked, name: 'returned', needsBackups: 'archive', parameters: {} }],
    ['failing-over', { ...locked, name: 'failing-over', isReplicated: true, parameters: { decide } }],
  ]),
  measures: new Map([
    ['tool.latency.p95', measure('ms')],
    ['tool.latency.max', measure('ms')],
    ['tool.service_time.max', measure('ms')],
    ['tool.good_ratio', measure('ratio')],
    ['tool.error_ratio', measure('ratio')],
    ['tool.error_ratio.*', measure('ratio')],
    ['load.calls_per_s', measure('calls/s')],
    ['pool.used.peak_ratio', { ...measure('ratio'), perTool: false }],
    ['pool.exhausted', measure('bool')],
    ['pool.leaked', measure('count', ['run'])],
    ['database.connections.peak', measure('count')],
    ['recovery.after_heal', measure('s', ['recovery'])],
    ['recovery.rto_sustained', measure('ms', ['injection'])],
    ['data.rpo', measure('ms', ['run'])],
    ['data.rpo_worst_case', measure('s', ['run', 'injection'])],
    ['restore.duration', measure('s', ['run', 'injection'])],
    ['restore.duration_at_size', measure('s', ['run', 'injection'])],
    ['restore.tables', measure('count', ['run', 'injection'])],
    ['restore.rows_match', measure('bool', ['run', 'injection'])],
  ]),
  mappings: new Map([['counted', { name: 'counted', title: 'counted', map: { used: 'in_use', max: 'limit' } }]]),
  rowFile: (written, from) => {
    const file = `${from ?? 'flag'}/${written}`
    return written === 'rows.csv'
      ? { file, rows: [{ id: 1 }, { id: 2, name: 'Bo' }], sha256: 'a1' }
      : { file, problem: 'there is none' }
  },
  presets: new Map(
    (
      [
        ['as-assessed', [10, 20, 30_000], {}, 100],
        ['interim', [20, 10, 30_000], { DB_CONNECT_TIMEOUT_MS: '10000' }, 100],
        [
          'remediated',
          [50, 50, 60_000],
          {
            DB_CONNECT_TIMEOUT_MS: '10000',
            QUERY_TIMEOUT_MS: '5000',
            INTEGRATION_TIMEOUT_MS: '10000',
            TOOL_TIMEOUT_MS: '30000',
          },
          130,
        ],
      ] as const
    ).map(([name, [size, overflow, acquireMs], limits, maxConnections]) => {
      const pool = { POOL_SIZE: `${size}`, POOL_MAX_OVERFLOW: `${overflow}`, POOL_ACQUIRE_TIMEOUT_MS: `${acquireMs}` }
      return [name, { title: name, server: { env: { ...pool, ...limits } }, primary: { maxConnections } }] as const
    }),
  ),
}
