import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { renderHtml } from '../../reports/html/page.ts'
import type { Sample } from '../golden/samples/stage.ts'

/** The machine's own Chromium: CHROMIUM names another one. It is told to speak to nobody. */
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
const quiet = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
]

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath, args: quiet, timeout: 30_000 })
}

export interface State {
  readonly name: string
  readonly widthPx: number
  readonly heightPx: number
  readonly options?: BrowserContextOptions
  /** The header that Jenkins puts on what it serves: no script, no style, nothing loaded. */
  readonly asJenkins?: boolean
  /** Replaces the page's fonts by one with other widths. */
  readonly font?: string
}

export const states: readonly State[] = [
  { name: 'desk', widthPx: 1_280, heightPx: 800 },
  { name: 'phone', widthPx: 360, heightPx: 800 },
  { name: 'tablet', widthPx: 768, heightPx: 1_024 },
  { name: 'wide', widthPx: 1_920, heightPx: 1_080 },
  { name: 'zoomed to 200 %', widthPx: 640, heightPx: 400 },
  { name: 'dark', widthPx: 1_280, heightPx: 800, options: { colorScheme: 'dark' } },
  { name: 'without script', widthPx: 1_280, heightPx: 800, options: { javaScriptEnabled: false } },
  { name: 'forced colours', widthPx: 1_280, heightPx: 800, options: { forcedColors: 'active' } },
  { name: 'a wide font', widthPx: 360, heightPx: 800, font: 'DejaVu Sans' },
  { name: 'as Jenkins serves it', widthPx: 1_280, heightPx: 800, asJenkins: true },
  { name: 'as Jenkins serves it, on a phone', widthPx: 360, heightPx: 800, asJenkins: true },
]

const jenkinsPolicy = "sandbox; default-src 'none'; img-src 'self'; style-src 'self'"

export interface Opened {
  readonly page: Page
  /** What the browser complained about, such as a violated policy. */
  readonly complaints: readonly string[]
  close(): Promise<void>
}

/** The page of a sample in a browser in such a state, from a file or, for a header, from a host that does not exist. */
export function open(browser: Browser, sample: Sample, state: State): Promise<Opened> {
  return openHtml(browser, renderHtml(sample.report, sample.series), state)
}

export async function openHtml(browser: Browser, html: string, state: State): Promise<Opened> {
  const viewport = { width: state.widthPx, height: state.heightPx }
  const context = await browser.newContext({ viewport, ...state.options, bypassCSP: state.font !== undefined })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  let folder: string | null = null
  if (state.asJenkins === true) {
    const headers = { 'content-security-policy': jenkinsPolicy }
    await page.route('**/*', (route) => route.fulfill({ body: html, contentType: 'text/html', headers }))
    await page.goto('http://report.invalid/report.html')
  } else {
    folder = mkdtempSync(join(tmpdir(), 'squall-report-'))
    const file = join(folder, 'report.html')
    writeFileSync(file, html)
    await page.goto(pathToFileURL(file).href)
  }
  if (state.font !== undefined) await page.addStyleTag({ content: `*{font-family:"${state.font}"!important}` })
  const close = async () => {
    await context.close()
    if (folder !== null) rmSync(folder, { recursive: true })
  }
  return { page, complaints, close }
}
