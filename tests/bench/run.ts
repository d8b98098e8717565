/** `npm run bench`: every claim of speed or memory, one file each. Ends with 1 when one misses its bound. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const benches = ['generator.ts', 'reference-server.ts', 'report.ts'] as const

const codes = benches.map((name) => {
  console.log(`\n== ${name}`)
  return spawnSync(process.execPath, [fileURLToPath(new URL(name, import.meta.url))], { stdio: 'inherit' }).status
})
process.exitCode = codes.every((code) => code === 0) ? 0 : 1
