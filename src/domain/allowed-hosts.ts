/** Nothing but this machine is put under load, or followed to, unless it is named: in the plan and on the command line. */

/** `localhost` and the addresses that never leave the machine; as URL gives host names: lower case, IPv6 in brackets. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}

/** Host names without a port, compared in lower case. */
export function isAllowedHost(hostname: string, allowHosts: readonly string[]): boolean {
  const host = hostname.toLowerCase()
  return isLoopbackHost(host) || allowHosts.some((allowed) => allowed.toLowerCase() === host)
}
