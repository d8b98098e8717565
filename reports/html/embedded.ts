import { gzipSync } from 'node:zlib'
import type { Report } from '../../src/domain/verdict.ts'
import { renderJson } from '../json/json.ts'
import { html, type Markup, trusted } from './markup.ts'

/** Up to this a text search in the page finds what is in report.json; beyond it the page would outgrow its budget. */
export const plainBytesMax = 96 * 1024
/** Packed, base64; larger ones lie beside the page only, and the page says so. */
export const packedBytesMax = 64 * 1024

/** JSON as text that cannot end its script element and hides nothing from a reader of the page's source. */
function plain(json: string): Markup {
  const safe = json.replace(/[<\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
  return html`<script type="application/json" id="report-json">${trusted(safe)}</script>
`
}

/**
 * report.json within the page, so that a page sent by mail still has its exact numbers: as text, or when that is too
 * long packed (`base64 -d | gunzip` gives it back). The same Node packs to the same bytes.
 */
export function embeddedReport(report: Report): Markup {
  const json = renderJson(report, 0)
  if (Buffer.byteLength(json) <= plainBytesMax) return plain(json)
  const packed = gzipSync(json, { level: 9 }).toString('base64')
  if (packed.length > packedBytesMax) {
    return html`<p class="note">report.json is too large to be embedded here; it lies beside this page.</p>`
  }
  return html`<script type="application/gzip;base64" id="report-json">${packed}</script>
`
}
