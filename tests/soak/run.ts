/** `npm run soak`: the full counts of repeats that CI does a few of. One file a promise; an argument is handed on. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const soaks = [
  'gate.ts',
  'interruptions.ts',
  'drills.ts',
  'variants.ts',
  'coverage.ts',
  'truth.ts',
  'compare.ts',
] as const

const codes = soaks.map((name) => {
  const file = fileURLToPath(new URL(name, import.meta.url))
  console.log(`== ${name}`)
  return spawnSync(process.execPath, [file, ...process.argv.slice(2)], { stdio: 'inherit' }).status
})
process.exitCode = codes.every((code) => code === 0) ? 0 : 1
