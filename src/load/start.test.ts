import { afterEach, expect, it, vi } from 'vitest'
import type { GeneratorConfig } from './generator-config.ts'
import { environmentOf } from './start.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

const spec = {
  k6Path: '/k6',
  scriptPath: '/job/workload.js',
  config: {} as GeneratorConfig,
  configPath: '/job/k6-1.json',
  logPath: '/logs/k6-1.log',
  processorsMax: 2,
  env: { SQUALL_STATE_FOLDER: '/state/runs/r' },
  clock: { sleep: async () => undefined },
}

it('k6 gets the run’s mark, and nothing of the user’s that would change the load', () => {
  vi.stubEnv('K6_VUS', '7')
  vi.stubEnv('HTTP_PROXY', 'http://127.0.0.1:1')
  const environment = environmentOf(spec)
  expect(environment).toMatchObject({ SQUALL_STATE_FOLDER: '/state/runs/r', HOME: '/job', GOMAXPROCS: '2' })
  expect(Object.keys(environment)).not.toContain('K6_VUS')
  expect(Object.keys(environment)).not.toContain('HTTP_PROXY')
})

it('k6 trusts the certificates that the plan names, and in their place no others', () => {
  const environment = environmentOf({ ...spec, caFile: '/etc/ours/ca.pem' })
  expect(environment).toMatchObject({ SSL_CERT_FILE: '/etc/ours/ca.pem', SSL_CERT_DIR: '/job' })
  expect(Object.keys(environmentOf(spec)).filter((name) => name.startsWith('SSL'))).toEqual([])
})
