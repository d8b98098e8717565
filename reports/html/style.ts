import { createHash } from 'node:crypto'
import type { Report } from '../../src/domain/verdict.ts'
import { cut } from '../text/foreign.ts'
import { paletteStyle } from './palette.ts'

/** The look, laid over markup that is already readable without it. */
const look = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif}
main{overflow-wrap:anywhere;max-width:1280px;margin:0 auto;padding:0 24px 48px}
.defs{position:absolute}
a{color:var(--link)}
h1,h2,h3{line-height:1.2;text-wrap:balance}
h2{font-size:21px;margin:44px 0 10px;padding-top:14px;border-top:1px solid var(--grid)}
h3{font-size:16px;margin:26px 0 6px}
p{margin:0 0 8px;max-width:80ch}
svg{display:block}
svg text{font-family:inherit;font-variant-numeric:tabular-nums}
code,.hash{font:13px/1.4 ui-monospace,Menlo,Consolas,"Liberation Mono",monospace;overflow-wrap:anywhere}
.small,figcaption{color:var(--soft);font-size:13px}
.kicker{color:var(--soft);margin:16px 0 0}
.screen{display:grid;grid-template-columns:minmax(0,1.75fr) minmax(0,1fr);gap:12px 40px;align-items:start}
.v-pass{--state:var(--pass)}.v-fail{--state:var(--fail)}.v-unknown{--state:var(--unknown)}
h1{display:flex;align-items:center;gap:14px;margin:8px 0 10px;font-size:44px;letter-spacing:-.02em}
h1 .word font{color:var(--state)}
.summary{font-size:19px;line-height:1.35;text-wrap:pretty}
.load{font-size:15px}
.note{border-left:4px solid var(--unknown);padding:6px 12px;background:var(--panel)}
.worst{list-style:none;margin:14px 0 4px;padding:0}
.worst li{display:flex;gap:10px;padding:7px 0;border-top:1px solid var(--grid)}
.worst svg{flex:none;margin-top:1px}
.worst a{color:inherit}
.state{display:inline-flex;gap:7px;align-items:center;font-weight:650;color:var(--state);white-space:nowrap}
.facts{width:100%;border-collapse:collapse;background:var(--panel);border-radius:8px;margin-top:14px}
.facts th,.facts td{padding:7px 14px;text-align:left;vertical-align:top;border:0;white-space:normal;overflow-wrap:anywhere}
.facts th{font-weight:400;color:var(--soft);white-space:nowrap;width:1%}
.on-paper,.spacer{display:none}
nav{margin:22px 0 0;padding:9px 0;border-top:1px solid var(--grid);color:var(--soft)}
nav a{display:inline-block;padding:3px 0}
table{overflow-wrap:normal;border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:6px 14px 6px 0;text-align:right;vertical-align:top;border-bottom:1px solid var(--grid)}
th:first-child,.text,thead th.text{text-align:left}
thead th{font-weight:600;color:var(--soft);font-size:13px;vertical-align:bottom;white-space:nowrap}
tbody th{font-weight:600}
td.text,tbody th{overflow-wrap:anywhere}
@media (min-width:481px){#not-assessed tbody th{width:26%}}
.findings{width:100%;table-layout:fixed}
.findings th,.findings td{text-align:left;padding:12px 18px 10px 0}
.findings thead th{padding-bottom:4px}
.findings th:first-child{width:120px}
.findings .about,.findings th:nth-child(2){width:23%}
.findings th:nth-child(3){width:36%}
.findings td{overflow-wrap:anywhere}
.findings p{margin:0 0 4px}
.against{font-weight:650}
.v-pass .against{font-weight:400}
tr:target,section:target>h2{background:var(--wash)}
figure{margin:30px 0 34px}
figure h3{margin:0 0 8px;font-size:17px}
figcaption{margin-top:6px;max-width:110ch}
figcaption svg,details svg{display:inline-block;vertical-align:-1px}
.plot{width:100%;table-layout:fixed}
.plot td{padding:0;border:0;line-height:0}
details{margin:6px 0}
summary{cursor:pointer;color:var(--link);font-size:13px;padding:5px 0;width:fit-content}
.wide{overflow-x:auto;max-width:100%}
.wide td:not(.text),.wide thead th{white-space:nowrap}
.wide td.text{min-width:150px}
.wide:focus-visible,a:focus-visible,summary:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.compare .dist{width:34%}
.dist>svg{min-width:220px}
.compare{width:100%}
.compare td,.compare th{white-space:nowrap}
.sticky{width:100%}
.sticky th:first-child{position:sticky;left:0;background:var(--paper);min-width:130px}
.sticky td.text{min-width:180px}
.plain{max-width:100%}
dl{display:grid;grid-template-columns:180px minmax(0,1fr);gap:8px 20px;max-width:100ch}
dt{font-weight:600;display:flex;gap:8px;align-items:center;align-self:start}
dd{margin:0}
ul{padding-left:20px}
li{margin-bottom:6px;overflow-wrap:anywhere}
@media screen and (max-width:860px){
main{padding:0 14px 40px}
.screen{grid-template-columns:minmax(0,1fr)}
.findings,.findings tbody,.findings tr,.findings td,.findings tbody th{display:block;width:100%!important}
.findings thead{display:none}
.findings tr{border-bottom:1px solid var(--grid);padding:12px 0}
.findings th,.findings td{border:0;padding:0 0 6px}
dl{grid-template-columns:minmax(0,1fr);gap:2px}
dd{margin-bottom:8px}
}
@media screen and (max-width:480px){
.plain,.plain tbody,.plain tr,.plain td,.plain tbody th{display:block;width:100%}
.plain thead{display:none}
.plain tr{border-bottom:1px solid var(--grid);padding:6px 0}
.plain td,.plain th{border:0;padding:1px 0;text-align:left}
h1{font-size:32px;margin:4px 0 6px}
h1 svg{width:34px;height:34px}
.kicker{margin-top:8px}
.summary{font-size:16px}
.worst{margin-top:8px}
.worst li{padding:5px 0}
.facts{margin-top:6px}
.facts th,.facts td{padding:4px 8px}
}
@media print{
:root{color-scheme:light}
body{font-size:10.5pt}
main{max-width:none;padding:0}
nav{display:none}
details::details-content{content-visibility:visible;block-size:auto}
summary{color:var(--ink)}
.wide{overflow:visible}
.wide table{font-size:8pt}
.sticky th:first-child{position:static}
tr,.picture,.worst li{break-inside:avoid}
.on-paper{display:block}
.findings{font-size:9pt}
h2,h3{break-after:avoid}
.first{break-after:page}
thead{display:table-header-group}
a{color:inherit;text-decoration:none}
}
@media (forced-colors:active){.state,h1 .word font{color:CanvasText}.note,.facts{border:1px solid CanvasText}}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
`

/** A string for CSS in which nothing but plain letters and digits stands for itself. */
function cssString(text: string): string {
  const safe = Array.from(cut(text, 120), (character) =>
    /[A-Za-z0-9 ._-]/.test(character) ? character : `\\${(character.codePointAt(0) ?? 0xfffd).toString(16)} `,
  )
  return `"${safe.join('')}"`
}

/** The page's style sheet; the run's id is in the footer of each printed page. */
export function pageStyle(report: Report): string {
  return documentStyle(`Squall run ${report.run.id}`)
}

/** `footer` stands on each printed page. */
export function documentStyle(footerText: string): string {
  const footer = `@page{margin:14mm 12mm 18mm;@bottom-left{content:${cssString(footerText)};font:8pt sans-serif}@bottom-right{content:counter(page) " of " counter(pages);font:8pt sans-serif}}`
  return paletteStyle().text + look.replaceAll('\n', '') + footer
}

/** What the page's policy names its style by. */
export function styleHash(style: string): string {
  return `sha256-${createHash('sha256').update(style, 'utf8').digest('base64')}`
}
