import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { linkOf, namesIn, textOf } from '../record/proc-files.ts'

/** A proxy that Squall did not put before the system: whether the system comes through it is to be looked at. */
export interface WatchedProxy {
  /** Of the plan. */
  readonly link: string
  /** Where it listens. */
  readonly host: string
  readonly port: number
}

/** Rows of net/tcp by what is needed of them: a name of each end, and the inode of a socket of this machine. */
interface Socket {
  readonly local: string
  readonly remote: string
  readonly state: string
  readonly inode: string
}

const established = '01'
const listening = '0A'
const everywhere = '00000000'

/**
 * How many clients other than this process have a connection open to the proxy now; null: it is not on this machine, or the
 * machine does not tell. Toxiproxy's own metrics cannot say it: they count a connection's bytes when it is over (2.12.0).
 */
export function countClients({ host, port }: WatchedProxy): number | null {
  if (!isHere(host)) return null
  // In one turn: a fresh connection of ours that came and went meanwhile would be taken for somebody else's.
  const own = ownInodes()
  const sockets = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((path) => socketsOf(textOf(path), port))
  return clientsAmong(sockets, { host, port }, own)
}

/** The same by a table; null: nobody listens there, as where what listens is out of sight. */
export function clientsAmong(
  sockets: readonly Socket[],
  { host, port }: Pick<WatchedProxy, 'host' | 'port'>,
  own: ReadonlySet<string>,
): number | null {
  const end = endOn(port)
  const onPort = sockets.filter(({ local }) => local.endsWith(end))
  // The same port of another address is somebody else's; one that listens everywhere takes all that are left.
  const isEverywhere = onPort.some(({ local, state }) => state === listening && local === `${everywhere}${end}`)
  const addresses = addressesOf(host)
  const exact = onPort.filter(({ local }) => addresses.includes(local.slice(0, -end.length)))
  const here = isEverywhere && !exact.some(({ state }) => state === listening) ? onPort : exact
  const accepted = here.filter(({ state }) => state === established)
  // While a fault holds it closed nobody listens, and nobody is connected.
  if (accepted.length === 0 && !here.some(({ state }) => state === listening)) return null
  const ours = new Set(sockets.filter(({ inode }) => own.has(inode)).map(({ local }) => local))
  return accepted.filter(({ remote }) => !ours.has(remote)).length
}

/** Those with an end on the port. Fields of proc(5)'s net/tcp: 1 and 2 the addresses in hex, 3 the state, 9 the inode. */
export function socketsOf(table: string, port: number): Socket[] {
  const wanted = `${endOn(port)} `
  return table.split('\n').flatMap((line) => {
    if (!line.includes(wanted)) return []
    const [, local, remote, state, , , , , , inode] = line.trim().split(/\s+/)
    if (local === undefined || remote === undefined || state === undefined || inode === undefined) return []
    return [{ local: endOf(local), remote: endOf(remote), state, inode }]
  })
}

function endOn(port: number): string {
  return `:${port.toString(16).toUpperCase().padStart(4, '0')}`
}

/** An address of IPv4 is the end of the same in IPv6. */
function endOf(address: string): string {
  return address.slice(-'0100007F:1F90'.length)
}

/** As in these tables: bytes of each 32 bits in the machine's order, the lowest first; of IPv6 the last of them. */
function addressesOf(host: string): readonly string[] {
  const address = bare(host)
  if (address === 'localhost') return ['127.0.0.1', '::1'].flatMap(addressesOf)
  const bytes =
    isIP(address) === 4
      ? address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'))
      : address.split(':').slice(-2).flatMap(bytesOfGroup)
  return [bytes.reverse().join('').toUpperCase()]
}

function bytesOfGroup(group: string): readonly string[] {
  const digits = group.padStart(4, '0')
  return [digits.slice(0, 2), digits.slice(2)]
}

function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1')
}

function isHere(host: string): boolean {
  const address = bare(host)
  if (address === 'localhost') return true
  if (isIP(address) === 0) return false
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  return address.startsWith('127.') || all.some((one) => one.address === address)
}

function ownInodes(): ReadonlySet<string> {
  const links = namesIn('/proc/self/fd').map((name) => linkOf(`/proc/self/fd/${name}`))
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []))
}
