import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Finding, Report } from '../../src/domain/verdict.ts'

export const root = fileURLToPath(new URL('../../', import.meta.url))

/** A real `./squall`, as a person would start it, with a run folder of its own. */
export class SquallProcess {
  readonly folder = mkdtempSync(join(tmpdir(), 'squall-e2e-'))
  readonly out = join(this.folder, 'run')
  readonly child: ChildProcess
  stdout = ''
  stderr = ''
  readonly #exited: Promise<unknown[]>

  constructor(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.child = spawn(
      join(root, 'squall'),
      args.map((arg) => (arg === '{out}' ? this.out : arg)),
      {
        cwd: root,
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    this.child.stdout?.on('data', (data: Buffer) => {
      this.stdout += data.toString()
    })
    this.child.stderr?.on('data', (data: Buffer) => {
      this.stderr += data.toString()
    })
    this.#exited = once(this.child, 'close')
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('squall was not started')
    return this.child.pid
  }

  /** Its exit code; null when a signal ended it. */
  async exitCode(): Promise<number | null> {
    const [code] = await this.#exited
    return code as number | null
  }

  /** Waits until stderr has said `text`, bounded by its end. */
  async said(text: string | RegExp): Promise<void> {
    const isSaid = () => (typeof text === 'string' ? this.stderr.includes(text) : text.test(this.stderr))
    while (!isSaid()) {
      if (this.child.exitCode !== null || this.child.signalCode !== null)
        throw new Error(`squall ended without saying ${text}:\n${this.stderr}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  report(): Report {
    return JSON.parse(readFileSync(join(this.out, 'report.json'), 'utf8')) as Report
  }

  text(name: string): string {
    return readFileSync(join(this.out, name), 'utf8')
  }

  [Symbol.dispose](): void {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGTERM')
    if (!process.env.SQUALL_KEEP) rmSync(this.folder, { recursive: true, force: true })
  }
}

export function finding(report: Report, id: string): Finding {
  const found = report.findings.find((one) => one.id === id)
  if (!found) throw new Error(`no finding ${id}; there are ${report.findings.map((one) => one.id).join(', ')}`)
  return found
}
