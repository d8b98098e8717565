/** Names and columns of the streams that the harness writes itself; docs/run-folder.md says what they mean. */
export const streamVersion = 1

export const streamColumns = {
  timeline: ['t', 'kind', 'id', 'data'],
  pool: [
    't',
    'took',
    'error',
    'used',
    'idle',
    'max',
    'pending',
    'timeouts',
    'saturatedS',
    'saturatedLongestS',
    'uptime',
    'usedHigh',
    'pendingHigh',
    'wait',
    'waitBoundsS',
    'instance',
  ],
  database: [
    't',
    'took',
    'error',
    'connections',
    'active',
    'idleInTransaction',
    'waitingOnLock',
    'allConnections',
    'maxConnections',
    'deadlocks',
    'commits',
    'rollbacks',
    'blocksHit',
    'blocksRead',
    'sessions',
    'startedAt',
    'written',
    'followers',
    'hidden',
    'idleMs',
    'statements',
    'clients',
    'quietMs',
  ],
  host: ['t', 'process', 'pid', 'cpu', 'rss'],
  ledger: ['t', 'edge', 'via', 'op', 'data'],
  balancer: ['t', 'took', 'error', 'instance', 'isUp', 'open', 'opened', 'sent'],
  bridge: ['t', 'took', 'error', 'instance', 'added', 'cpu', 'processes', 'deaths'],
  probe: ['t', 'ended', 'probe', 'connection', 'ok', 'error', 'sqlState'],
} as const

export type StreamName = keyof typeof streamColumns

/** The row of `host` that is about the machine: what was taken from it (`steal` of proc_stat(5)). No node's id has a dot. */
export const steal = 'machine.steal'
