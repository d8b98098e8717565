import type { GoProgram, Program } from './go-build.ts'
import { ensureBuilt, findBuilt } from './go-build.ts'
import { versionMsMax } from './limits.ts'
import { findNamed } from './named-program.ts'
import type { Setting } from './setting.ts'
import { SetupError } from './setup-error.ts'

/** What scenarios import beyond k6 itself; `k6 version` lists the modules that are compiled in. */
const neededModules = ['k6/x/sql', 'k6/x/sql/driver/pgx', 'k6/x/squall']

const k6: GoProgram = { id: 'k6', packagePath: './k6', ownFolders: ['k6', 'squall'], versionOf: k6VersionOf }

/** k6 by SQUALL_K6, else the built one. Throws a SetupError when the one named is no k6 of ours. */
export async function findK6(setting: Setting): Promise<Program | undefined> {
  return (await findNamed('SQUALL_K6', k6VersionOf, setting)) ?? findBuilt(k6, setting)
}

/** As findK6, and builds it if need be. */
export async function ensureK6(setting: Setting): Promise<Program> {
  return (await findNamed('SQUALL_K6', k6VersionOf, setting)) ?? ensureBuilt(k6, setting)
}

/** Version of a k6, such as `1.8.1`. Throws a SetupError `wrong-file` when it lacks a module that scenarios import. */
export async function k6VersionOf(binary: string, setting: Setting): Promise<string> {
  const result = await setting.run([binary, 'version'], { timeoutMs: versionMsMax, signal: setting.signal })
  const version = /^k6(?:\.exe)? v(\S+)/m.exec(result.stdout)?.[1]
  // Whole words: k6/x/sql is not there because k6/x/sql/driver/pgx is.
  const there = result.output.split(/[\s,]+/)
  const lacking = neededModules.filter((name) => !there.includes(name))
  if (result.ok && version !== undefined && lacking.length === 0) return version
  const why = !result.ok ? result.why : version === undefined ? 'prints no k6 version' : `lacks ${lacking.join(', ')}`
  throw new SetupError({
    kind: 'wrong-file',
    message: `${binary}: ${why}`,
    hint: 'unset SQUALL_K6: Squall builds the k6 it needs from engines/',
  })
}
