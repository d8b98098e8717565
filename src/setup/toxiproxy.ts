import type { GoProgram, Program } from './go-build.ts'
import { ensureBuilt, findBuilt, moduleVersion } from './go-build.ts'
import { versionMsMax } from './limits.ts'
import { findNamed } from './named-program.ts'
import type { Setting } from './setting.ts'
import { SetupError } from './setup-error.ts'

const modulePath = 'github.com/Shopify/toxiproxy/v2'

const toxiproxy: GoProgram = {
  id: 'toxiproxy',
  packagePath: `${modulePath}/cmd/server`,
  ownFolders: [],
  versionOf: toxiproxyVersionOf,
}

/** Toxiproxy's server by SQUALL_TOXIPROXY, else the built one. Throws a SetupError when the one named is none. */
export async function findToxiproxy(setting: Setting): Promise<Program | undefined> {
  return (await findNamed('SQUALL_TOXIPROXY', toxiproxyVersionOf, setting)) ?? findBuilt(toxiproxy, setting)
}

/** As findToxiproxy, and builds it if need be. */
export async function ensureToxiproxy(setting: Setting): Promise<Program> {
  return (await findNamed('SQUALL_TOXIPROXY', toxiproxyVersionOf, setting)) ?? ensureBuilt(toxiproxy, setting)
}

/** A build of ours says `git`, since Toxiproxy's own release build sets the number: then it is the one in go.mod. */
async function toxiproxyVersionOf(binary: string, setting: Setting): Promise<string> {
  const result = await setting.run([binary, '-version'], { timeoutMs: versionMsMax, signal: setting.signal })
  const said = /^toxiproxy-server version (\S+)/m.exec(result.stdout)?.[1]
  if (result.ok && said !== undefined) {
    return said === 'git' ? ((await moduleVersion(modulePath, setting)) ?? said) : said
  }
  throw new SetupError({
    kind: 'wrong-file',
    message: `${binary}: ${result.ok ? 'prints no Toxiproxy version' : result.why}`,
    hint: 'unset SQUALL_TOXIPROXY: Squall builds the Toxiproxy it needs from engines/',
  })
}
