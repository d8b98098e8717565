import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findPlaces } from '../../../src/setup/places.ts'

/** What the tests take from the registries; a change of a version makes another folder, so that no old one is used. */
const versions = {
  fastmcp: '4.0.11',
  sqlalchemy: '2.1.9',
  psycopg2: '2.9.13',
  everything: '2026.8.31',
  goSdk: 'v1.8.0',
} as const

/** For one command: a registry on a slow line, and a compiler on a busy machine. */
const commandMsMax = 180_000

const run = promisify(execFile)

/** Kept between runs of the tests; what is installed is installed again in a second or two. */
function folder(name: string): string {
  const path = join(findPlaces().cacheDir, 'tests', name)
  mkdirSync(path, { recursive: true })
  return path
}

async function does(program: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<void> {
  await run(program, args, { cwd, timeout: commandMsMax, env: { ...process.env, ...env } })
}

/** FastMCP and SQLAlchemy from PyPI, in a venv. The interpreter. */
export async function installPython(): Promise<string> {
  const { fastmcp, sqlalchemy, psycopg2 } = versions
  const at = folder(`python-${fastmcp}-${sqlalchemy}-${psycopg2}`)
  await does('python3', ['-m', 'venv', at], at)
  const python = join(at, 'bin/python')
  const packages = [`fastmcp==${fastmcp}`, `sqlalchemy==${sqlalchemy}`, `psycopg2-binary==${psycopg2}`]
  await does(python, ['-m', 'pip', 'install', '--quiet', '--only-binary', ':all:', ...packages], at)
  return python
}

/** The reference server of the protocol's own project, in TypeScript, from npm. Its script. */
export async function installTypeScript(): Promise<string> {
  const name = '@modelcontextprotocol/server-everything'
  const at = folder(`typescript-${versions.everything}`)
  const quietly = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefix', at]
  await does('npm', ['install', ...quietly, `${name}@${versions.everything}`], at)
  return join(at, 'node_modules', name, 'dist/index.js')
}

/** An example of the official Go SDK, from the module proxy. The program. */
export async function installGo(): Promise<string> {
  const at = folder(`go-${versions.goSdk}`)
  const module = `github.com/modelcontextprotocol/go-sdk/examples/server/everything@${versions.goSdk}`
  await does('go', ['install', module], at, { GOBIN: at, GOFLAGS: '-buildvcs=false' })
  return join(at, 'everything')
}
