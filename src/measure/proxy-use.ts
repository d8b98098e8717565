import type { InjectionRecord } from '../domain/verdict.ts'
import type { DatabaseRow } from '../record/reader-rows.ts'
import type { Gate } from './gates.ts'
import { injectionStartUs } from './injections.ts'
import type { RunView } from './run-view.ts'

/**
 * Why a fault on the way to a database of somebody else's server may have reached nobody but us: nobody came through the
 * proxy, most of the system's connections did not, or it cannot be told. null: they did, or Squall started the server
 * itself, or this run's Squall did not look.
 */
export function proxyUseGate(view: RunView, { id, on }: InjectionRecord): Gate | null {
  const { database } = view.folder
  const listen = proxyOf(view, on)
  if (database === null || listen === null) return null
  const to = view.plan.stack.links[on]?.to ?? on
  const looks = looksOf(database.rows, on)
  if (looks.some(({ clients }) => clients > 0)) return sharedGate(view, id, listen, looks)
  if (database.state.cut !== null)
    return {
      reason: 'stream_cut',
      why: `whether anybody used the proxy of the fault ${id} cannot be told: ${database.state.cut}`,
    }
  if (looks.length === 0)
    return notReached(
      `whether the server comes to ${to} through the proxy ${listen} cannot be told from this machine, so the fault ${id} may have reached nobody but us: let the proxy listen on the machine that Squall runs on (squall proxy)`,
    )
  return notReached(
    `the system had connections to ${to}, and none of them through the proxy ${listen}, so the fault ${id} reached nobody but us: point the server at ${listen}`,
  )
}

/** Half of them at least: others than the server may look at its database as well. */
function sharedGate(view: RunView, id: string, listen: string, looks: readonly Look[]): Gate | null {
  const calm = looks.filter(({ tUs }) => !view.injections.some((injection) => isNear(injection, tUs)))
  const told = calm.some(({ connections }) => connections > 0) ? calm : looks
  const connections = told.reduce((sum, look) => sum + look.connections, 0)
  const through = told.reduce((sum, look) => sum + Math.min(look.clients, look.connections), 0)
  if (2 * through >= connections) return null
  const share = ((100 * (connections - through)) / connections).toFixed(0)
  return notReached(
    `${share} % of the system's connections did not come through the proxy ${listen}, so the fault ${id} did not reach them: point all of the server at ${listen}, or tell by \`own\` of the database which sessions are the server's`,
  )
}

interface Look {
  readonly tUs: number
  readonly connections: number
  readonly clients: number
}

/** While the load was on, those that told both. */
function looksOf(rows: readonly DatabaseRow[], link: string): readonly Look[] {
  return rows.flatMap(({ tUs, connections, clients: byLink }) => {
    const clients = byLink.get(link)
    return tUs < 0 || connections === null || clients === undefined ? [] : [{ tUs, connections, clients }]
  })
}

/** A fault cuts the connections to a proxy before those from it are given up. */
function isNear(injection: InjectionRecord, tUs: number): boolean {
  const startUs = injectionStartUs(injection) ?? Number.POSITIVE_INFINITY
  return startUs <= tUs && tUs < (injection.settledUs ?? injection.healVerifiedUs ?? Number.POSITIVE_INFINITY)
}

/** Where it listens, as the stream's header has it. */
function proxyOf({ folder }: RunView, link: string): string | null {
  const proxies = folder.database?.header?.fields.proxies
  if (typeof proxies !== 'object' || proxies === null) return null
  const listen = (proxies as Record<string, unknown>)[link]
  return typeof listen === 'string' ? listen : null
}

function notReached(why: string): Gate {
  return { reason: 'fault_not_observed', why }
}
