import { html, type Markup, trusted } from './markup.ts'

/**
 * Every colour of the page by what it means, light and dark. Marks hold 3:1 and text 4.5:1 against `paper` and `wash`
 * (palette.test.ts computes it). Verdict colours stay apart under protan, deutan and tritan simulation.
 */
export const palette = {
  paper: ['#ffffff', '#14181d'],
  panel: ['#f6f7f9', '#1b2027'],
  ink: ['#1b1f24', '#e6e9ed'],
  soft: ['#535b66', '#a9b2bd'],
  grid: ['#dce0e5', '#303740'],
  link: ['#0b57a4', '#8ab8f0'],
  pass: ['#00694e', '#4cc9a0'],
  fail: ['#b33a00', '#ff8a4c'],
  unknown: ['#5b4b8a', '#b9a7f0'],
  wash: ['#fcf1dc', '#2c2618'],
  beyond: ['#fbe9e1', '#33201a'],
  hatch: ['#80858d', '#7b838e'],
  p50: ['#4576b5', '#7fa9dd'],
  p95: ['#1b5299', '#a6c9f5'],
  p99: ['#0b2f63', '#d6e6fb'],
  heat1: ['#7d838b', '#6f7680'],
  heat2: ['#686e76', '#868d97'],
  heat3: ['#535961', '#9ea5ae'],
  heat4: ['#3f444b', '#b7bdc5'],
  heat5: ['#2b2f35', '#d0d5db'],
  heat6: ['#16191d', '#f0f2f5'],
} as const satisfies Record<string, readonly [light: string, dark: string]>

export type Colour = keyof typeof palette

const names = Object.keys(palette) as Colour[]

/** A fill that works without any style sheet, and that the style sheet turns for dark mode and forced colours. */
export function fill(colour: Colour): Markup {
  return html`fill="${palette[colour][0]}" class="f-${colour}"`
}

export function stroke(colour: Colour): Markup {
  return html`fill="none" stroke="${palette[colour][0]}" class="s-${colour}"`
}

function variables(index: 0 | 1): string {
  return names.map((name) => `--${name}:${palette[name][index]}`).join(';')
}

/** The part of the style sheet that says what each colour is in light, dark, print and forced colours. */
export function paletteStyle(): Markup {
  const classes = names.map((name) => `.f-${name}{fill:var(--${name})}.s-${name}{stroke:var(--${name})}`).join('')
  const forced = names.map((name) => `--${name}:${forcedColour(name)}`).join(';')
  return trusted(
    `:root{color-scheme:light dark;${variables(0)}}` +
      `@media screen and (prefers-color-scheme:dark){:root{${variables(1)}}}` +
      `${classes}@media (forced-colors:active){:root{${forced}}svg{forced-color-adjust:none}.f-wash{stroke:CanvasText;stroke-dasharray:1 3;vector-effect:non-scaling-stroke}}`,
  )
}

/** With forced colours shapes, dashes and words tell things apart; only system colours are left. */
function forcedColour(name: Colour): string {
  if (name === 'paper' || name === 'panel' || name === 'wash' || name === 'beyond') return 'Canvas'
  if (name === 'grid' || name === 'hatch' || name === 'heat1' || name === 'heat2') return 'GrayText'
  return name === 'link' ? 'LinkText' : 'CanvasText'
}
