import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CommandOptions, CommandResult } from './command.ts'
import type { Setting, SetupProgress } from './setting.ts'
import { settingOf } from './setting.ts'

export type Answer = (argv: readonly string[], options: CommandOptions) => CommandResult | Promise<CommandResult>

export function done(stdout = ''): CommandResult {
  return { ok: true, stdout, output: stdout }
}

export function failed(output: string, parts: { isMissing?: boolean; isAborted?: boolean } = {}): CommandResult {
  const { isMissing = false, isAborted = false } = parts
  return { ok: false, why: 'exit code 1', isMissing, isAborted, stdout: '', output }
}

export const missing = failed('not found', { isMissing: true })

export interface FakeSetting extends AsyncDisposable {
  readonly setting: Setting
  readonly ran: (readonly string[])[]
  readonly told: SetupProgress[]
  readonly dir: string
}

/** For tests: real folders below a temporary one, no real commands: `answer` says what each command gives. */
export async function fakeSetting(answer: Answer, parts: Partial<Setting> = {}): Promise<FakeSetting> {
  const dir = await mkdtemp(join(tmpdir(), 'squall-setup-'))
  const ran: (readonly string[])[] = []
  const told: SetupProgress[] = []
  const cacheDir = join(dir, 'cache')
  const stateDir = join(dir, 'state')
  const setting = settingOf({
    places: {
      cacheDir,
      stateDir,
      postgresCacheDir: cacheDir,
      dataDir: join(stateDir, 'data'),
      isDataInMemory: false,
      postgresAccount: undefined,
    },
    env: {},
    sourceDir: join(dir, 'sources'),
    run: async (argv, options) => {
      ran.push(argv)
      return answer(argv, options)
    },
    progress: (step) => told.push(step),
    ...parts,
  })
  return { setting, ran, told, dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) }
}
