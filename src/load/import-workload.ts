import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { scenariosFolder } from './scenarios-folder.ts'

/**
 * What a workload file exports by default. One of ours is imported as it is; anybody else's is compiled first, as it will
 * be for k6: what it imports that k6 has not is told now, and it needs no package.json of its own. Rejects with the
 * compiler's words, or what the module itself throws.
 */
export async function importWorkload(file: string): Promise<unknown> {
  if (file.startsWith(scenariosFolder)) return defaultOf(await import(pathToFileURL(file).href))
  const { outputFiles } = await build({
    entryPoints: [file],
    write: false,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    logLevel: 'silent',
  })
  const text = outputFiles[0]?.text ?? ''
  return defaultOf(await import(`data:text/javascript;base64,${Buffer.from(text).toString('base64')}`))
}

function defaultOf(module: { readonly default?: unknown }): unknown {
  return module.default
}
