import type { DataTemplate } from './data.ts'
import { ensureDataTemplate } from './data.ts'
import type { Program } from './go-build.ts'
import { ensureK6 } from './k6.ts'
import type { Places } from './places.ts'
import type { Postgres } from './postgres.ts'
import { ensurePostgres } from './postgres.ts'
import { ensureRouter } from './router.ts'
import type { Setting } from './setting.ts'
import { settingOf } from './setting.ts'
import { ensureToxiproxy } from './toxiproxy.ts'

export interface EnginesOptions extends Partial<Setting> {
  /** Of the reference server's rows. */
  readonly seed?: number
  /** For a stack in which a database may fail over, or a server has several instances; absent: yes. */
  readonly withRouter?: boolean
}

/** What makes load, whatever it is made on. */
export interface Generator {
  readonly k6: Program
  readonly places: Places
}

export interface Engines extends Generator {
  readonly toxiproxy: Program
  /** null: not asked for. */
  readonly router: Program | null
  readonly postgres: Postgres
  readonly dataTemplate: DataTemplate
}

/** All that a run on a server needs that runs elsewhere: no database, no proxy. Made first where it is not there. */
export async function ensureGenerator(options: Partial<Setting> = {}): Promise<Generator> {
  const setting = settingOf(options)
  return { k6: await ensureK6(setting), places: setting.places }
}

/**
 * All that a local stack needs, made first where it is not there. What does not depend on each other is made side by
 * side; with all in place this only compares hashes (docs/setup.md has the time). When several fail, the first error
 * is thrown after the others have ended, so that nothing goes on behind the caller's back.
 */
export async function ensureEngines(options: EnginesOptions = {}): Promise<Engines> {
  const setting = settingOf(options)
  const database = async (): Promise<{ postgres: Postgres; dataTemplate: DataTemplate }> => {
    const postgres = await ensurePostgres(setting)
    return { postgres, dataTemplate: await ensureDataTemplate(postgres, setting, options.seed) }
  }
  const [k6, toxiproxy, router, data] = await Promise.allSettled([
    ensureK6(setting),
    ensureToxiproxy(setting),
    options.withRouter === false ? null : ensureRouter(setting),
    database(),
  ])
  if (k6.status === 'rejected') throw k6.reason
  if (toxiproxy.status === 'rejected') throw toxiproxy.reason
  if (router.status === 'rejected') throw router.reason
  if (data.status === 'rejected') throw data.reason
  const { places } = setting
  return { k6: k6.value, toxiproxy: toxiproxy.value, router: router.value, ...data.value, places }
}
