import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Program } from './go-build.ts'
import type { Setting } from './setting.ts'
import { SetupError } from './setup-error.ts'

/**
 * The program that an environment variable names; undefined when it is not set or empty. One that is named and cannot
 * be used is an error, never passed over in silence.
 */
export async function findNamed(
  variable: string,
  versionOf: (binary: string, setting: Setting) => Promise<string>,
  setting: Setting,
): Promise<Program | undefined> {
  const value = setting.env[variable]
  if (value === undefined || value === '') return undefined
  const path = resolve(value)
  const isThere = await access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
  if (!isThere) {
    throw new SetupError({
      kind: 'wrong-file',
      message: `${variable}=${value}: no program that can be run`,
      hint: `name one, or unset ${variable}`,
    })
  }
  return { path, version: await versionOf(path, setting) }
}
