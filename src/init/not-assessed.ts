import type { Behind } from './behind.ts'

const pool = [
  '  The connection pool (pool.*), where the server tells of it as Prometheus text:',
  '    observe: {pool: {node: server, path: /metrics, map: {used: the_name_of_your_metric}}}',
  '    - {id: pool, measure: pool.exhausted, during: steady, is: false}         # one more of the objectives',
]

const database = [
  '  The database behind it: its connections, and a pool that is used up as seen from there. In a new plan:',
  '    squall init … --database postgres://user@127.0.0.1:5432/shop',
]

const exampleUrl = 'postgres://user@127.0.0.1:5432/shop'

const links = (url: string) => [
  '  Faults on the way to the database. Keep a proxy before it, point the server there, and write a new plan:',
  `    squall proxy --upstream postgres://${new URL(url).host}`,
  `    squall init … --database ${url}`,
]

const processes = [
  '  Crashes of the server and of its database, and recovery from them (recovery.*): Squall must start both, in place of',
  '  stack above:',
  '    stack: {kind: local, nodes: {server: {role: mcp, command: [your, server]}, primary: {role: postgres}},',
  '            links: {db: {from: server, to: primary}}}',
  '    faults: [{id: killed, fault: kill, on: server, start: {phase: steady, at: 10 s}, for: 5 s}]',
]

/** What a server that Squall did not start is not judged by, each with the line that would change that. */
export function notAssessed(behind: Behind | null): readonly string[] {
  return [
    'Not assessed yet. Each line says what, and what makes it assessable:',
    ...pool,
    ...(behind === null ? database : []),
    ...(behind?.proxy == null ? links(behind?.url ?? exampleUrl) : []),
    ...processes,
  ]
}
