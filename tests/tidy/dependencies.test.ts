import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const root = new URL('../../', import.meta.url)
const text = readFileSync(new URL('docs/dependencies.md', root), 'utf8')
const manifest: Record<string, Record<string, string>> = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))
const goModules = readFileSync(new URL('engines/go.mod', root), 'utf8')

/** First cells of the table below the heading that ends with `mark`; a cell may name several. */
function listed(mark: string): string[] {
  const [, section = ''] = text.split(new RegExp(`^## .*\\(${mark}\\)$`, 'm'))
  const [table = ''] = section.split(/^## /m)
  const cells = Array.from(table.matchAll(/^\| ([^|]+?) \|/gm), ([, cell = '']) => cell)
  return cells.filter((cell) => cell !== 'package' && cell !== 'module').flatMap((cell) => cell.split(', '))
}

it.each(['dependencies', 'devDependencies', 'optionalDependencies'])('docs/dependencies.md names all `%s`', (kind) => {
  expect(listed(`\`${kind}\``).sort()).toEqual(Object.keys(manifest[kind] ?? {}).sort())
})

it('docs/dependencies.md names every Go module that is required directly, and the tool', () => {
  const direct = Array.from(goModules.matchAll(/^\t(\S+) v\S+$/gm), ([, module = '']) => module)
  const tools = Array.from(goModules.matchAll(/^tool (\S+)/gm), ([, tool = '']) => tool)
  const modules = listed('engines/go.mod')
  expect(modules.filter((module) => !tools.some((tool) => tool.startsWith(module))).sort()).toEqual(direct.sort())
})
