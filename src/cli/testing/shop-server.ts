import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

interface Message {
  readonly id?: string
  readonly method: string
  readonly params?: {
    readonly name?: string
    readonly cursor?: string
    readonly arguments?: Readonly<Record<string, unknown>>
  }
}

export interface ShopServer extends AsyncDisposable {
  readonly url: string
  /** Every tool call, as `name {arguments}`. */
  readonly calls: string[]
  readonly connections: () => number
}

const readOnly = { readOnlyHint: true }
const shape = (properties: object, required = Object.keys(properties)) => ({ type: 'object', properties, required })
const text = { type: 'string' }

/** Two a page, so that the last comes on the fourth. */
const tools = [
  { name: 'list_products', annotations: readOnly, inputSchema: shape({ limit: { type: 'integer', default: 5 } }) },
  { name: 'get_product', annotations: readOnly, inputSchema: shape({ product_id: text }) },
  {
    name: 'convert',
    annotations: readOnly,
    inputSchema: shape({ amount: { type: 'number' }, to: { enum: ['eur', 'chf'] } }),
  },
  { name: 'track_parcel', annotations: readOnly, inputSchema: shape({ tracking_code: text }) },
  { name: 'delete_product', annotations: { destructiveHint: true }, inputSchema: shape({ product_id: text }) },
  { name: 'add_to_cart', inputSchema: shape({ product_id: text }) },
  { name: 'stock_report', annotations: readOnly, inputSchema: shape({}) },
]

const products = [
  { id: 'p-17', name: 'lamp' },
  { id: 'p-18', name: 'chair' },
]

type Args = NonNullable<NonNullable<Message['params']>['arguments']>
const answers: Readonly<Record<string, (args: Args) => object>> = {
  list_products: () => ({ structuredContent: { products } }),
  get_product: ({ product_id: id }) => {
    const found = products.find((product) => product.id === id)
    return found === undefined ? refusal(`no product ${id}`) : { structuredContent: found }
  },
  convert: ({ amount, to }) => ({ content: [{ type: 'text', text: `${amount} ${to}` }] }),
  track_parcel: () => refusal('no such parcel'),
  delete_product: () => ({ structuredContent: { deleted: true } }),
  add_to_cart: () => ({ structuredContent: { added: true } }),
  stock_report: () => ({ structuredContent: { items: 2 } }),
}

function refusal(words: string): object {
  return { isError: true, content: [{ type: 'text', text: words }] }
}

/** An MCP server that nobody has seen before, and that remembers what it is asked. Without sessions; loopback only. */
export async function startShopServer(): Promise<ShopServer> {
  const calls: string[] = []
  let connections = 0
  const resultOf = ({ method, params }: Message): object => {
    if (method === 'initialize') return { protocolVersion: '2025-06-18', capabilities: { tools: {} } }
    if (method === 'tools/list') {
      const from = Number(params?.cursor ?? 0)
      const next = from + 2 < tools.length ? { nextCursor: String(from + 2) } : {}
      return { tools: tools.slice(from, from + 2), ...next }
    }
    const { name = '', arguments: args = {} } = params ?? {}
    calls.push(`${name} ${JSON.stringify(args)}`)
    return { content: [], ...(answers[name]?.(args) ?? refusal(`no tool ${name}`)) }
  }
  const server = createServer((request, response) => {
    const status = request.method === 'POST' ? 400 : 405
    // Of the era before: a modern request, which says so in a header, is not understood.
    if (status === 405 || request.headers['mcp-method'] !== undefined) response.writeHead(status).end('what is this?')
    else void read(request).then((message) => say(response, message.id, () => resultOf(message)))
  })
  server.keepAliveTimeout = 60_000
  server.on('connection', () => {
    connections += 1
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return {
    url: `http://127.0.0.1:${address.port}/mcp`,
    calls,
    connections: () => connections,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function say(response: ServerResponse, id: string | undefined, result: () => object): void {
  if (id === undefined) response.writeHead(202).end()
  else
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ jsonrpc: '2.0', id, result: result() }))
}

async function read(request: IncomingMessage): Promise<Message> {
  let body = ''
  for await (const piece of request) body += String(piece)
  return JSON.parse(body)
}
