import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HttpWorkload } from '../../scenarios/lib/http.ts'
import type { Random } from '../../scenarios/lib/workload.ts'
import { readCatalogue } from '../../src/cli/catalogue.ts'
import { withOwnWorkload } from '../../src/cli/own-workload.ts'
import { bundleSpoken } from '../../src/load/bundle.ts'
import { importWorkload } from '../../src/load/import-workload.ts'
import { planFolder } from '../../src/plan/folder.ts'
import { loadPlan } from '../../src/plan/load-plan.ts'
import { noOverrides } from '../../src/plan/overrides.ts'
import { ownWorkload } from '../../src/plan/own-workload.ts'

// docs/writing-a-workload.md is followed to the letter: its code compiles and does what it says, its plan is valid.

const root = fileURLToPath(new URL('../../', import.meta.url))
const page = readFileSync(join(root, 'docs/writing-a-workload.md'), 'utf8')

function block(language: string): string {
  const [, text] = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'm').exec(page) ?? []
  if (text === undefined) throw new Error(`the page has no ${language}`)
  return text
}

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'squall-page-'))
  writeFileSync(join(folder, 'shop.ts'), block('ts'))
  writeFileSync(join(folder, 'shop.yaml'), block('yaml'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const random: Random = { next: () => 0, int: (min) => min, pick: (items) => items[0] as (typeof items)[number] }

describe('docs/writing-a-workload.md', () => {
  it('has code that keeps its types', () => {
    // Beside docs/, so that its import finds what it names; its own folder, so that nobody else sees it.
    const beside = join(root, 'runs', `page-${process.pid}`)
    mkdirSync(beside, { recursive: true })
    try {
      writeFileSync(join(beside, 'shop.ts'), block('ts').replace('../scenarios/', '../../scenarios/'))
      const options = [
        '--strict',
        '--noEmit',
        '--allowImportingTsExtensions',
        '--module',
        'esnext',
        '--target',
        'es2022',
      ]
      const tsc = join(root, 'node_modules/.bin/tsc')
      const flags = [
        ...options,
        '--moduleResolution',
        'bundler',
        '--types',
        '',
        '--ignoreConfig',
        join(beside, 'shop.ts'),
      ]
      execFileSync(tsc, flags, { stdio: 'pipe', encoding: 'utf8' })
    } finally {
      rmSync(beside, { recursive: true, force: true })
    }
  })

  it('has code that compiles for k6, and does what the page says', async () => {
    const file = join(folder, 'shop.ts')
    await bundleSpoken(file, 'http', {}, join(folder, 'shop.js'))
    expect(readFileSync(join(folder, 'shop.js'), 'utf8')).toContain('/articles?word=')
    const { requests } = (await importWorkload(file)) as HttpWorkload
    const [search, buy] = requests
    const memory = {}
    const asked = search?.request(random, memory)
    expect(asked).toEqual({ method: 'GET', path: '/articles?word=cup' })
    const answer = (body: unknown) => ({ status: 200, body: '', json: () => body as never })
    expect(search?.check?.(answer({}), asked as never, memory)).toEqual({ wrong: 'a search that gives no list' })
    expect(search?.check?.(answer([{ id: 7 }]), asked as never, memory)).toBe('ok')
    expect(buy?.request(random, memory).body).toBe('{"article":7,"count":1}')
  })

  it('has a plan that finds it by its path', async () => {
    const loadText = planFolder(join(root, 'plans'), folder)
    const own = ownWorkload('shop.yaml', loadText, noOverrides)
    if (own === null) throw new Error('the plan names no file')
    const catalogue = await withOwnWorkload(await readCatalogue(), own, folder)
    const { plan, problems } = loadPlan({ plan: 'shop.yaml', loadText, catalogue, overrides: noOverrides })
    expect(problems).toEqual([])
    expect(plan?.load).toMatchObject({ workload: './shop.ts', protocol: 'http', file: join(folder, 'shop.ts') })
  })
})
