import { fileURLToPath } from 'node:url'

/** Where the files that are read at run time lie; the built package has the same tree, so one file knows it. */
export const root = fileURLToPath(new URL('../../', import.meta.url))

export const assets = {
  plans: `${root}plans`,
  presets: `${root}plans/presets`,
  scenarios: `${root}scenarios`,
  runs: `${root}runs`,
  referenceServer: `${root}reference-server/main.ts`,
  packageFile: `${root}package.json`,
} as const
