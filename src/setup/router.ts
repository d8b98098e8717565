import type { GoProgram, Program } from './go-build.ts'
import { ensureBuilt, findBuilt } from './go-build.ts'
import { versionMsMax } from './limits.ts'
import type { Setting } from './setting.ts'
import { SetupError } from './setup-error.ts'

const router: GoProgram = { id: 'router', packagePath: './router', ownFolders: ['router'], versionOf: routerVersionOf }

/** The virtual address of a fail-over, of our own making; undefined when it has to be built. */
export async function findRouter(setting: Setting): Promise<Program | undefined> {
  return findBuilt(router, setting)
}

/** As findRouter, and builds it if need be. */
export async function ensureRouter(setting: Setting): Promise<Program> {
  return ensureBuilt(router, setting)
}

async function routerVersionOf(binary: string, setting: Setting): Promise<string> {
  const result = await setting.run([binary, '-version'], { timeoutMs: versionMsMax, signal: setting.signal })
  const version = /^squall-router version (\S+)/m.exec(result.stdout)?.[1]
  if (result.ok && version !== undefined) return version
  throw new SetupError({
    kind: 'wrong-file',
    message: `${binary}: ${result.ok ? 'prints no version of a router' : result.why}`,
    hint: 'remove it: Squall builds it anew from engines/',
  })
}
