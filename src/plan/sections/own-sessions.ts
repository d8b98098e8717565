import { isIP } from 'node:net'
import type { OwnSessions } from '../../domain/plan.ts'
import { textOf } from '../known.ts'
import { connectionsMax } from '../limits.ts'
import type { Problems } from '../problems.ts'
import { anyText, complain, list, object, optional, type Read, type Spot, wholeIn } from '../shape.ts'

/** One, or a list of them. */
function several(read: Read<string>): Read<readonly string[]> {
  return (spot, problems) => {
    if (spot.tree.kind === 'list') return list(read, 1)(spot, problems)
    const one = read(spot, problems)
    return one === undefined ? undefined : [one]
  }
}

/** An address, or a network such as 10.0.0.0/8. */
const address: Read<string> = (spot, problems) => {
  const text = textOf(spot.tree) ?? ''
  const [ip = '', bits, ...rest] = text.split('/')
  const bitsMax = isIP(ip) === 6 ? 128 : 32
  const isNetwork = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= bitsMax)
  return isIP(ip) !== 0 && isNetwork && rest.length === 0
    ? text
    : complain(spot, problems, 'an address or a network, such as 10.1.2.3 or 10.0.0.0/8')
}

/** `own` of a database: which of its sessions are the system's, and how many it may open. */
export function readOwn(spot: Spot, problems: Problems): OwnSessions | undefined {
  const read = object({
    application: optional(several(anyText), []),
    user: optional(several(anyText), []),
    address: optional(several(address), []),
    max: optional<number | null>(wholeIn(1, connectionsMax), null),
  })(spot, problems)
  if (read === undefined) return undefined
  return { applications: read.application, users: read.user, addresses: read.address, max: read.max }
}
