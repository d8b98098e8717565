import { describe, expect, it } from 'vitest'
import { proxyEnds } from './upstream.ts'

const ends = (upstream: string, listen: string | null = null, allowHosts: readonly string[] = []) =>
  proxyEnds({ upstream, listen, allowHosts })

describe('the ends of a proxy', () => {
  it.each([
    ['postgres://127.0.0.1:5433', '127.0.0.1:5433'],
    ['postgresql://app:hunter2@localhost/shop?sslmode=disable', '127.0.0.1:5432'],
    ['127.0.0.1:6000', '127.0.0.1:6000'],
    ['postgres://[::1]:5433/x', '[::1]:5433'],
  ])('%s leads to %s, without a login', (upstream, expected) => {
    expect(ends(upstream)).toEqual({ upstream: expected, listen: null })
  })

  it('listens where it is told to', () => {
    expect(ends('127.0.0.1:5433', '127.0.0.1:6432')).toMatchObject({ listen: { host: '127.0.0.1', port: 6432 } })
  })

  it('leads to another machine only where that is allowed', () => {
    expect(ends('postgres://me:hunter2@db.test:5432', null, ['db.test'])).toMatchObject({ upstream: 'db.test:5432' })
    expect(ends('postgres://me:hunter2@db.test:5432')).toEqual({
      problems: [expect.stringContaining('--allow-host db.test')],
    })
  })

  it.each<[why: string, upstream: string, listen: string | null, problems: number]>([
    ['of something else', 'http://127.0.0.1:80', null, 1],
    ['that is none', 'postgres://', null, 1],
    ['of a path', '/var/run/postgresql', null, 1],
    ['without a port to listen at', '127.0.0.1:5433', '127.0.0.1', 1],
    ['that all machines could use', '127.0.0.1:5433', '0.0.0.0:6432', 1],
    ['with both ends wrong', 'ftp://me:hunter2@x', 'nowhere', 2],
  ])('an address %s is refused', (_why, upstream, listen, count) => {
    const found = ends(upstream, listen)
    expect('problems' in found && found.problems.length).toBe(count)
    expect(JSON.stringify(found)).not.toContain('hunter2')
  })
})
