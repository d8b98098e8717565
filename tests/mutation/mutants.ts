import { parseAst } from 'vitest/node'

/** One small change of a source file, such as a tool would let slip in. */
export interface Mutant {
  readonly id: number
  readonly file: string
  readonly line: number
  /** The expression that is changed: [start, end) of the source. */
  readonly start: number
  readonly end: number
  readonly was: string
  readonly becomes: string
}

type Node = { readonly type: string; readonly start: number; readonly end: number } & Record<string, unknown>
type Change = Pick<Mutant, 'start' | 'end' | 'becomes'>

/** A comparison moves its edge, or is turned round; arithmetic takes the other way. */
const operators: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '&&': ['||'],
  '||': ['&&'],
}

const calls: Readonly<Record<string, string>> = {
  min: 'max',
  max: 'min',
  ceil: 'floor',
  floor: 'ceil',
  some: 'every',
  every: 'some',
}

/** Constants below it are moved by 1, others by a quarter: of a second in µs one more says nothing. */
const smallMax = 10

/** All mutants of one source, in its order. */
export function mutantsOf(file: string, source: string, firstId: number): Mutant[] {
  const changes: Change[] = []
  visit(parseAst(source, { lang: 'ts' }) as unknown as Node, source, changes)
  return changes.map((change, at) => ({
    id: firstId + at,
    file,
    line: source.slice(0, change.start).split('\n').length,
    was: source.slice(change.start, change.end),
    ...change,
  }))
}

function visit(node: Node, source: string, changes: Change[]): void {
  // Types are gone before anything runs; only what they are said of stays.
  if (node.type.startsWith('TS')) {
    const inner = node.expression
    if (isNode(inner)) visit(inner, source, changes)
    return
  }
  // Without semicolons a line that began with a bracket would be read as the last one's arguments.
  const barred = node.type === 'ExpressionStatement' ? node.start : -1
  const before = changes.length
  for (const change of changesOf(node, source)) changes.push(change)
  for (const [key, value] of Object.entries(node)) {
    if (key === 'key' && node.computed !== true && node.type !== 'Program') continue
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value])
      if (isNode(child)) visit(child, source, changes)
  }
  if (barred >= 0) {
    const kept = changes.splice(before).filter(({ start }) => start !== barred)
    changes.push(...kept)
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}

function changesOf(node: Node, source: string): readonly Change[] {
  const text = (part: unknown): string => (isNode(part) ? source.slice(part.start, part.end) : '')
  const at = (becomes: string): Change => ({ start: node.start, end: node.end, becomes })
  if (node.type === 'BinaryExpression' || node.type === 'LogicalExpression') {
    if (node.operator === '+' && [node.left, node.right].some(isText)) return []
    const others = operators[String(node.operator)] ?? []
    return others.map((other) => at(`(${text(node.left)}) ${other} (${text(node.right)})`))
  }
  if (node.type === 'UnaryExpression' && node.operator === '!') return [at(`(${text(node.argument)})`)]
  if (node.type === 'Literal' && typeof node.value === 'number') return [at(String(moved(node.value)))]
  if (
    node.type === 'AssignmentExpression' &&
    (node.operator === '+=' || node.operator === '-=') &&
    isNode(node.right)
  ) {
    const { start, end } = node.right
    return isText(node.right) ? [] : [{ start, end, becomes: `-(${text(node.right)})` }]
  }
  if (node.type === 'CallExpression' && isNode(node.callee) && isNode(node.callee.property)) {
    const { property } = node.callee
    const other = calls[text(property)]
    if (other === undefined) return []
    return [at(source.slice(node.start, property.start) + other + source.slice(property.end, node.end))]
  }
  return []
}

function isText(node: unknown): boolean {
  if (!isNode(node)) return false
  return node.type === 'TemplateLiteral' || (node.type === 'Literal' && typeof node.value === 'string')
}

function moved(value: number): number {
  return Number.isInteger(value) && Math.abs(value) < smallMax ? value + 1 : value * 1.25
}

/** The source with all its mutants in it, each behind a switch that is off. */
export function withSwitches(source: string, mutants: readonly Mutant[]): string {
  const outerFirst = [...mutants].sort((a, b) => a.start - b.start || b.end - a.end || a.id - b.id)
  const opens = Map.groupBy(outerFirst, ({ start }) => start)
  const closes = Map.groupBy(outerFirst, ({ end }) => end)
  const places = [...new Set([...opens.keys(), ...closes.keys()])].sort((a, b) => a - b)
  let text = 'const squallMutant = globalThis.squallMutant;'
  let from = 0
  for (const place of places) {
    text += source.slice(from, place)
    text += '))'.repeat(closes.get(place)?.length ?? 0)
    for (const { id, becomes } of opens.get(place) ?? []) text += `(squallMutant(${id}) ? (${becomes}) : (`
    from = place
  }
  return text + source.slice(from)
}
