import { type Drawn, readDrawn } from './lib/drawn.ts'
import { type HttpExpectation, type HttpRequest, type HttpWorkload, httpMethods, type RequestUse } from './lib/http.ts'
import type { PlannedWorkload } from './lib/planned.ts'
import { isObject, join, Words } from './lib/words.ts'
import type { Json, JsonObject, Random } from './lib/workload.ts'

const weightMax = 1_000_000

/** HTTP requests that the plan lists, to any server: see docs/plan.md. */
const workload: PlannedWorkload<HttpWorkload> = {
  name: 'http-api',
  title: 'HTTP requests that the plan lists, under load.with.requests',
  protocol: 'http',
  fromPlan(plan) {
    const words = new Words()
    const top = words.object('', plan, ['requests'])
    const found = words.named('requests', top?.requests, 'request', (path, value) => requestOf(words, path, value))
    if (words.problems.length > 0 || found === undefined) return words.problems
    return { name: 'http-api', protocol: 'http', requests: found.map(([name, use]) => ({ name, ...use })) }
  },
}

export default workload

type Unnamed = Omit<RequestUse, 'name'>
type Values = ReadonlyMap<string, Drawn>
type Fill = (random: Random) => string

function requestOf(words: Words, path: string, value: Json): Unnamed | undefined {
  const keys = ['method', 'path', 'headers', 'body', 'weight', 'values', 'expect', 'answers']
  const told = words.object(path, value, keys)
  if (told === undefined) return undefined
  const method = words.oneOf(`${path}.method`, told.method ?? 'GET', httpMethods)
  const weight = words.number(`${path}.weight`, told.weight ?? 1, 0, weightMax)
  const values = valuesOf(words, `${path}.values`, told.values ?? {})
  const place = pathOf(words, `${path}.path`, told.path, values)
  const headers = headersOf(words, `${path}.headers`, told.headers ?? {}, values)
  const body = told.body === undefined || told.body === null ? null : bodyOf(told.body, values)
  const expect = expectOf(words, `${path}.expect`, told.expect ?? {})
  words.oneOf(`${path}.answers`, told.answers ?? 'same', ['same']) // for the verdict to read
  if (method === undefined || weight === undefined || place === undefined || headers === undefined) return undefined
  if (expect === undefined) return undefined
  const isJson = body !== null && isStructure(told.body)
  const typed = isJson && !headers.some(([name]) => name.toLowerCase() === 'content-type')
  const type: (readonly [string, Fill])[] = typed ? [['Content-Type', () => 'application/json']] : []
  const all = [...type, ...headers]
  return {
    weight,
    expect,
    request(random): HttpRequest {
      // One draw a value and call, wherever it stands.
      const once = remembering(random)
      return {
        method,
        path: place(once),
        ...(all.length === 0 ? {} : { headers: Object.fromEntries(all.map(([name, fill]) => [name, fill(once)])) }),
        ...(body === null ? {} : { body: body(once) }),
      }
    },
  }
}

/** The dice of one call; a value drawn with them keeps what it drew. */
type Once = Random & { readonly drawn: Map<string, ReturnType<Drawn>> }

function remembering(random: Random): Once {
  return { ...random, drawn: new Map() }
}

function valuesOf(words: Words, path: string, value: Json): Values {
  if (!isObject(value)) {
    words.complain(path, value, 'a map of names to values')
    return new Map()
  }
  const found = new Map<string, Drawn>()
  for (const [name, each] of Object.entries(value)) {
    if (!/^[a-z][a-z0-9_]*$/.test(name))
      words.complain(join(path, name), name, 'a name of lower-case letters, digits and _')
    const drawn = readDrawn(words, join(path, name), each)
    if (drawn !== undefined) found.set(name, drawOnce(name, drawn))
  }
  return found
}

function drawOnce(name: string, draw: Drawn): Drawn {
  return (random) => {
    const { drawn } = random as Once
    if (!drawn.has(name)) drawn.set(name, draw(random))
    return drawn.get(name) ?? null
  }
}

const placeholder = /\{([a-z][a-z0-9_]*)\}/g

/** The text with `{name}` filled in where there is such a value; others stay as they are. */
function filled(text: string, values: Values, encode: (text: string) => string = String): Fill {
  if (!Array.from(text.matchAll(placeholder)).some(([, name = '']) => values.has(name))) return () => text
  return (random) =>
    text.replace(placeholder, (whole, name: string) => {
      const draw = values.get(name)
      return draw === undefined ? whole : encode(String(draw(random)))
    })
}

function pathOf(words: Words, path: string, value: Json | undefined, values: Values): Fill | undefined {
  const text = words.text(path, value)
  if (text === undefined) return undefined
  if (!text.startsWith('/') || text.startsWith('//'))
    return words.complain(path, value, 'a path that starts with one /, such as /customers?limit=10')
  const lacking = Array.from(text.matchAll(placeholder), ([, name = '']) => name).filter((name) => !values.has(name))
  if (lacking.length > 0) return words.complain(path, value, `values for ${lacking.join(', ')}, under values`)
  return filled(text, values, encodeURIComponent)
}

function headersOf(words: Words, path: string, value: Json, values: Values) {
  if (!isObject(value)) return words.complain(path, value, 'a map of header names to texts')
  const headers: (readonly [string, Fill])[] = []
  for (const [name, each] of Object.entries(value)) {
    const text = words.text(join(path, name), each)
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) words.complain(join(path, name), name, 'the name of a header')
    if (text !== undefined) headers.push([name, filled(text, values)])
  }
  return headers
}

function isStructure(body: Json | undefined): boolean {
  return typeof body === 'object'
}

/** A text goes as it is, with its placeholders filled in; a map or a list goes as JSON. */
function bodyOf(body: Json, values: Values): Fill {
  if (!isStructure(body)) return filled(String(body), values)
  const fill = structureOf(body, values)
  return (random) => JSON.stringify(fill(random))
}

/** A text that is nothing but a placeholder becomes the value itself, so that numbers stay numbers. */
function structureOf(body: Json, values: Values): (random: Random) => Json {
  if (typeof body === 'string') {
    const whole = values.get(/^\{([a-z][a-z0-9_]*)\}$/.exec(body)?.[1] ?? '')
    return whole ?? filled(body, values)
  }
  if (Array.isArray(body)) {
    const items = body.map((item: Json) => structureOf(item, values))
    return (random) => items.map((item) => item(random))
  }
  if (isObject(body)) {
    const entries = Object.entries(body).map(([key, each]) => [key, structureOf(each, values)] as const)
    return (random): JsonObject => Object.fromEntries(entries.map(([key, fill]) => [key, fill(random)]))
  }
  return () => body
}

function expectOf(words: Words, path: string, value: Json): HttpExpectation | undefined {
  const told = words.object(path, value, ['status', 'contains'])
  if (told === undefined) return undefined
  const asList = typeof told.status === 'number' ? [told.status] : told.status
  const status =
    asList === undefined || asList === null
      ? null
      : words.list(`${path}.status`, asList, (at, each) => words.whole(at, each, 100, 599))
  const contains =
    told.contains === undefined || told.contains === null ? null : words.text(`${path}.contains`, told.contains)
  if (status === undefined || contains === undefined) return undefined
  return { ...(status === null ? {} : { status }), ...(contains === null ? {} : { contains }) }
}
