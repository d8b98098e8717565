import { messageOf } from './keeper-error.ts'
import type { HealHow, UndoSetting } from './undo-setting.ts'
import { abortAfter } from './waiting.ts'

interface ProxyPlace {
  readonly name: string
  /** host:port */
  readonly listen: string
  readonly upstream: string
}

/** Makes a proxy pass everything again: its toxics removed, enabled, its upstream as it was. */
export interface ToxiproxyUndo {
  readonly kind: 'toxiproxy'
  /** Such as http://127.0.0.1:8474. */
  readonly apiUrl: string
  /** Name of the stack's process that serves this API, if the keeper has it: it may then be replaced. */
  readonly process?: string
  readonly proxy: ProxyPlace
  /** Only this toxic is removed, and the proxy else left as it is: for faults that overlap. Absent: all of it. */
  readonly toxic?: string
}

interface ProxyState extends ProxyPlace {
  readonly enabled: boolean
  readonly toxics: readonly { readonly name: string }[]
}

/**
 * Removing a toxic can hang the whole API (Shopify/toxiproxy #558, #427): each call has a deadline, and a proxy that
 * does not obey is replaced where it is ours. Verified by reading the proxy's state. Rejects when it cannot be healed.
 */
export async function undoToxiproxy(action: ToxiproxyUndo, setting: UndoSetting): Promise<HealHow> {
  const { process: name, proxy } = action
  if (name !== undefined && !setting.runs(name)) return 'gone'
  try {
    await makePass(action, setting.callMsMax)
    return 'undone'
  } catch (error) {
    if (name === undefined || setting.replace === null) throw error
    await setting.replace(name)
    await ensureProxy(action.apiUrl, proxy, setting.callMsMax)
    return 'replaced'
  }
}

async function makePass(action: ToxiproxyUndo, callMsMax: number): Promise<void> {
  const path = `/proxies/${encodeURIComponent(action.proxy.name)}`
  const call = (method: string, at: string, body?: object) => request(action.apiUrl, method, at, callMsMax, body)
  const before = asProxyState(await call('GET', path), path)
  const removed = before.toxics.filter(({ name }) => action.toxic === undefined || name === action.toxic)
  for (const { name } of removed) await call('DELETE', `${path}/toxics/${encodeURIComponent(name)}`)
  if (action.toxic === undefined) {
    // Another upstream closes every connection: only where it was changed.
    const upstream = before.upstream === action.proxy.upstream ? {} : { upstream: action.proxy.upstream }
    if (!before.enabled || 'upstream' in upstream) await call('POST', path, { enabled: true, ...upstream })
  }
  requirePassing(asProxyState(await call('GET', path), path), action)
}

function requirePassing(state: ProxyState, action: ToxiproxyUndo): void {
  const left = state.toxics.filter(({ name }) => action.toxic === undefined || name === action.toxic)
  if (left.length > 0) throw new Error(`toxics are still there: ${left.map(({ name }) => name).join(', ')}`)
  if (action.toxic !== undefined) return
  if (!state.enabled) throw new Error('the proxy is still disabled')
  if (state.upstream !== action.proxy.upstream) throw new Error(`the proxy still leads to ${state.upstream}`)
}

/** After a replacement: the proxy as its process was told to make it at its start, or made now. */
async function ensureProxy(apiUrl: string, proxy: ProxyPlace, callMsMax: number): Promise<void> {
  const body = [{ ...proxy, enabled: true }]
  await request(apiUrl, 'POST', '/populate', callMsMax, body)
  const path = `/proxies/${encodeURIComponent(proxy.name)}`
  const state = asProxyState(await request(apiUrl, 'GET', path, callMsMax), path)
  if (!state.enabled || state.toxics.length > 0) throw new Error(`${proxy.name} does not pass after a fresh start`)
}

async function request(apiUrl: string, method: string, path: string, msMax: number, body?: object): Promise<unknown> {
  const what = `${method} ${apiUrl}${path}`
  try {
    const response = await fetch(`${apiUrl}${path}`, {
      method,
      // Only the host that was named is asked.
      redirect: 'error',
      signal: abortAfter(msMax),
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const text = await response.text()
    // A toxic that is gone has been removed by another, such as the harness: what counts is the look afterwards.
    if (method === 'DELETE' && response.status === 404) return null
    if (!response.ok) throw new Error(`${response.status} ${text.trim()}`)
    return text === '' ? null : JSON.parse(text)
  } catch (error) {
    throw new Error(`${what}: ${messageOf(error)}`, { cause: error })
  }
}

function asProxyState(value: unknown, path: string): ProxyState {
  if (isProxyPlace(value) && 'enabled' in value && 'toxics' in value && Array.isArray(value.toxics)) {
    return { ...value, enabled: value.enabled === true, toxics: value.toxics.filter(hasName) }
  }
  throw new Error(`${path}: not what Toxiproxy answers: ${JSON.stringify(value)?.slice(0, 200)}`)
}

function hasName(value: unknown): value is { readonly name: string } {
  return typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string'
}

function isProxyPlace(value: unknown): value is ProxyPlace {
  if (!hasName(value) || !('listen' in value) || !('upstream' in value)) return false
  return typeof value.listen === 'string' && typeof value.upstream === 'string'
}

export function isToxiproxyUndo(value: unknown): value is ToxiproxyUndo {
  if (typeof value !== 'object' || value === null || !('kind' in value) || value.kind !== 'toxiproxy') return false
  return 'apiUrl' in value && typeof value.apiUrl === 'string' && 'proxy' in value && isProxyPlace(value.proxy)
}
