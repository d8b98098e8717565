import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import type { PlannedTool } from '../../scenarios/lib/workload.ts'
import { LoadError } from './load-error.ts'
import { scenariosFolder } from './scenarios-folder.ts'

/**
 * Compiles a workload with the user loop into one script for k6, which resolves no packages and keeps a copy of every
 * module for each user: hence one small file, without the names of locals and without source maps. `outFile` is an
 * absolute path. `tools`: of the plan, for a workload that has none of its own; else null. Throws a LoadError with the
 * compiler's words.
 */
export async function bundleWorkload(
  workloadFile: string,
  outFile: string,
  tools: readonly PlannedTool[] | null = null,
): Promise<void> {
  const entry = [
    `import workload from ${JSON.stringify(workloadFile)}`,
    `import { options as read, userOf } from ${JSON.stringify(join(scenariosFolder, 'lib', 'user.ts'))}`,
    'export const options = read()',
    ...(tools === null ? ['export default userOf(workload)'] : entryWithTools(tools, dirname(outFile))),
  ]
  await compile(entry, workloadFile, outFile)
}

/** The same for a workload that speaks another protocol; `words` are the plan's, under `load.with`. */
export async function bundleSpoken(
  workloadFile: string,
  protocol: 'http' | 'sql',
  words: Readonly<Record<string, unknown>>,
  outFile: string,
): Promise<void> {
  const lib = (name: string) => JSON.stringify(join(scenariosFolder, 'lib', name))
  const entry = [
    `import workload from ${JSON.stringify(workloadFile)}`,
    `import { made } from ${lib('planned.ts')}`,
    `import { options as read, userOf } from ${lib(`${protocol}-user.ts`)}`,
    'export const options = read()',
    // Parsed there: as source, a key __proto__ would mean something else.
    `export default userOf(made(workload, JSON.parse(${JSON.stringify(JSON.stringify(words))})))`,
  ]
  await compile(entry, workloadFile, outFile)
}

async function compile(entry: readonly string[], workloadFile: string, outFile: string): Promise<void> {
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

/** Rows lie in files beside the script: each is read once, and shared by all users, who have copies of all else. */
function entryWithTools(tools: readonly PlannedTool[], folder: string): readonly string[] {
  const described = tools.map(({ rows, ...tool }, index) => {
    // Parsed there: as source, a key __proto__ would mean something else.
    const parsed = `JSON.parse(${JSON.stringify(JSON.stringify(tool))})`
    if (rows === null) return `{ ...${parsed}, rows: null }`
    const file = join(folder, `rows-${index}.json`)
    writeFileSync(file, JSON.stringify(rows))
    const shared = `new SharedArray('rows-${index}', () => JSON.parse(open(${JSON.stringify(file)})))`
    return `{ ...${parsed}, rows: ${shared} }`
  })
  return [
    `import { SharedArray } from 'k6/data'`,
    `const tools = [${described.join(',\n')}]`,
    'export default userOf(workload(tools))',
  ]
}

const compileHint = 'inside k6 there are no Node modules: a workload imports nothing but k6, scenarios/lib and src/mcp'
