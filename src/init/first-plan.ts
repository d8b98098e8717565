import { Document, isCollection, isSeq, Pair, Scalar, YAMLMap } from 'yaml'
import type { JsonObject } from '../domain/json.ts'
import { type Behind, databaseId, faultsBehind, objectivesBehind, stackBehind, steadyFor } from './behind.ts'
import { notAssessed } from './not-assessed.ts'
import { paceFor } from './pace.ts'
import { oneLine, toolComment, toolEntry } from './plan-tool.ts'
import type { TriedTool } from './trials.ts'

/** How one comes in, by the names of what holds it. */
export interface PlanAccess {
  /** Variable with a bearer token. */
  readonly authEnv: string | null
  /** Header → variable. */
  readonly headers: Readonly<Record<string, string>>
  /** File of certificates. */
  readonly caFile: string | null
  readonly allowHosts: readonly string[]
}

export interface FirstPlan {
  readonly name: string
  readonly target: string
  readonly seed: number
  readonly access: PlanAccess
  /** null: nobody named a database. */
  readonly database: Behind | null
  readonly tools: readonly TriedTool[]
}

/**
 * The first plan for a server, as commented YAML: the same findings give the same text. It can be run as it is where
 * at least one tool is usable.
 */
export function firstPlanText({ name, target, seed, access, database, tools }: FirstPlan): string {
  const { nodes, links } = stackBehind(database)
  const faults = faultsBehind(database)
  // What is asked of a calm stretch is not asked of a harmed one.
  const calm = Object.keys(faults).length === 0 ? 'steady' : 'steady.clear'
  const { paceSeconds, users, slowest } = paceFor(tools)
  const document = new Document({
    squall: 1,
    name,
    seed,
    stack: { kind: 'external', ...hosts(access), nodes: { server: server(target, access), ...nodes }, ...links },
    load: {
      workload: 'mcp-tools',
      pace: `${paceSeconds} s`,
      call_timeout: '30 s',
      phases: [
        { id: 'warm-up', for: '10 s', users: [0, users], judged: false },
        { id: 'steady', for: steadyFor(database), users },
      ],
      with: { tools: {} },
    },
    ...faults,
    objectives: [
      { id: 'p95', measure: 'tool.latency.p95', during: calm, max: '5 s' },
      { id: 'errors', measure: 'tool.error_ratio', during: calm, max: 0.05 },
      { id: 'wrong-answers', measure: 'tool.error_ratio.wrong_answer', during: 'run', max: 0 },
      {
        id: 'each-tool',
        measure: 'tool.error_ratio',
        during: calm,
        where: { tool: '*' },
        max: 0.05,
        judged: false,
      },
      ...objectivesBehind(database),
    ],
  })
  for (const path of [
    ['stack', 'nodes', 'server'],
    ['stack', 'nodes', databaseId],
    ['stack', 'links', 'db'],
    ['faults', 0, 'with'],
    ['faults', 0, 'start'],
    ['stack', 'allow_hosts'],
  ])
    inOneLine(document.getIn(path))
  for (const path of [['load', 'phases'], ['objectives']]) eachInOneLine(document.getIn(path))
  document.setIn(['load', 'with', 'tools'], toolsNode(document, tools))
  document.commentBefore = ` The first plan for ${target}, by squall init with the seed ${seed}. docs/plan.md has every key.`
  const slow =
    slowest === null
      ? ''
      : `\n Twice the ${(slowest.tookMs / 1_000).toFixed(1)} s that ${oneLine(slowest.name, 80)} took: who is due sooner waits for its answer.`
  keyOf(document, ['load', 'pace'])?.set(` Each of ${users} users means to call once in this time.${slow}`)
  keyOf(document, ['load', 'with'])?.set(
    ' A weight is a relative share of the calls. Tools with 0 are off, and never called.',
  )
  keyOf(document, ['objectives'])?.set(' The verdict is about these. Set the bounds to what your users need.')
  const text = document.toString({ lineWidth: 120, flowCollectionPadding: false })
  return `${text}\n${notAssessed(database)
    .map((line) => `${`# ${line}`.trimEnd()}\n`)
    .join('')}`
}

function hosts({ allowHosts }: PlanAccess): JsonObject {
  return allowHosts.length === 0 ? {} : { allow_hosts: allowHosts }
}

function server(target: string, { authEnv, headers, caFile }: PlanAccess): JsonObject {
  const named = Object.entries(headers).map(([header, env]) => [header, { env }] as const)
  return {
    role: 'mcp',
    url: target,
    ...(authEnv === null ? {} : { auth: { env: authEnv } }),
    ...(named.length === 0 ? {} : { headers: Object.fromEntries(named) }),
    ...(caFile === null ? {} : { tls: { ca: caFile } }),
  }
}

function toolsNode(document: Document, tools: readonly TriedTool[]): YAMLMap {
  const map = new YAMLMap()
  for (const tried of tools) {
    const key = new Scalar(tried.tool.name)
    const comment = toolComment(tried)
    if (comment !== null) key.commentBefore = ` ${comment}`
    const value = document.createNode(toolEntry(tried)) as YAMLMap
    if (value.items.length === 1) value.flow = true
    eachInOneLine(value.get('arguments', true))
    inOneLine(value.get('from', true))
    map.items.push(new Pair(key, value))
  }
  return map
}

function keyOf(document: Document, path: readonly string[]): { set(comment: string): void } | null {
  const parent = document.getIn(path.slice(0, -1), true)
  const map = path.length === 1 ? document.contents : parent
  if (!(map instanceof YAMLMap)) return null
  const pair = map.items.find(({ key }) => key instanceof Scalar && key.value === path.at(-1))
  const key = pair?.key
  if (!(key instanceof Scalar)) return null
  return {
    set: (comment) => {
      key.commentBefore = comment
    },
  }
}

function inOneLine(node: unknown): void {
  if (isCollection(node)) node.flow = true
}

function eachInOneLine(node: unknown): void {
  if (isSeq(node)) node.items.forEach(inOneLine)
}
