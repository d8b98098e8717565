import { join } from 'node:path'
import { build } from 'esbuild'
import { LoadError } from './load-error.ts'
import { scenariosFolder } from './workload.ts'

/**
 * Compiles a workload with the user loop into one script for k6, which resolves no packages and keeps a copy of every
 * module for each user: hence one small file, without the names of locals and without source maps. `outFile` is an
 * absolute path. Throws a LoadError with the compiler's words.
 */
export async function bundleWorkload(workloadFile: string, outFile: string): Promise<void> {
  const entry = [
    `import workload from ${JSON.stringify(workloadFile)}`,
    `import { options as read, userOf } from ${JSON.stringify(join(scenariosFolder, 'lib', 'user.ts'))}`,
    'export const options = read()',
    'export default userOf(workload)',
  ]
  try {
    await build({
      stdin: { contents: entry.join('\n'), resolveDir: scenariosFolder, sourcefile: 'entry.ts', loader: 'ts' },
      outfile: outFile,
      bundle: true,
      format: 'esm',
      platform: 'neutral',
      target: 'es2022',
      external: ['k6', 'k6/*'],
      minifySyntax: true,
      minifyWhitespace: true,
      logLevel: 'silent',
    })
  } catch (cause) {
    throw new LoadError('workload', `${workloadFile} does not compile for k6: ${String(cause)}`, compileHint, { cause })
  }
}

const compileHint = 'inside k6 there are no Node modules: a workload imports nothing but k6, scenarios/lib and src/mcp'
