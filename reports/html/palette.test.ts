import { describe, expect, it } from 'vitest'
import { type Colour, palette } from './palette.ts'

/** WCAG 2.2: text 4.5:1, marks that carry meaning 3:1. The axe checker does not look at SVG. */
const text: readonly Colour[] = ['ink', 'soft', 'link', 'pass', 'fail', 'unknown']
const marks: readonly Colour[] = ['hatch', 'p50', 'p95', 'p99', 'heat1', 'heat2', 'heat3', 'heat4', 'heat5', 'heat6']
const textGrounds: readonly Colour[] = ['paper', 'panel', 'wash', 'beyond']
const markGrounds: readonly Colour[] = ['paper', 'wash']
const themes = [
  ['light', 0],
  ['dark', 1],
] as const

function channels(colour: string): [number, number, number] {
  const part = (at: number) => Number.parseInt(colour.slice(at, at + 2), 16) / 255
  return [part(1), part(3), part(5)]
}

const linear = (value: number) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)

function luminance(colour: string): number {
  const [r, g, b] = channels(colour).map(linear) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

/** Machado, Oliveira and Fernandes 2009, severity 1.0, in linear RGB: a colour as seen without one kind of cone. */
const simulations = {
  protan: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deutan: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritan: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
} as const

function lab(rgb: readonly number[]): [number, number, number] {
  const [r = 0, g = 0, b = 0] = rgb
  const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116)
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505)
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b)
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089)
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

function simulated(colour: string, matrix: readonly number[]): [number, number, number] {
  const rgb = channels(colour).map(linear)
  const row = (at: number) => rgb.reduce((sum, value, index) => sum + value * (matrix[at * 3 + index] ?? 0), 0)
  return lab([row(0), row(1), row(2)].map((value) => Math.min(1, Math.max(0, value))))
}

function distance(a: string, b: string, matrix: readonly number[]): number {
  const [one, other] = [simulated(a, matrix), simulated(b, matrix)]
  return Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2])
}

describe.each(themes)('%s colours', (_theme, index) => {
  it.each(text.flatMap((colour) => textGrounds.map((ground) => [colour, ground] as const)))(
    'text in %s can be read on %s',
    (colour, ground) => {
      expect(contrast(palette[colour][index], palette[ground][index])).toBeGreaterThanOrEqual(4.5)
    },
  )

  it.each(marks.flatMap((colour) => markGrounds.map((ground) => [colour, ground] as const)))(
    'marks in %s can be seen on %s',
    (colour, ground) => {
      expect(contrast(palette[colour][index], palette[ground][index])).toBeGreaterThanOrEqual(3)
    },
  )

  it.each(Object.entries(simulations))('verdicts stay apart under %s', (_name, matrix) => {
    for (const [a, b] of [
      ['pass', 'fail'],
      ['pass', 'unknown'],
      ['fail', 'unknown'],
    ] as const) {
      expect(distance(palette[a][index], palette[b][index], matrix)).toBeGreaterThanOrEqual(20)
    }
  })

  it('heat rises in steps of one direction', () => {
    const steps = (['heat1', 'heat2', 'heat3', 'heat4', 'heat5', 'heat6'] as const).map((step) => {
      return contrast(palette[step][index], palette.paper[index])
    })
    expect(steps).toEqual(steps.toSorted((a, b) => a - b))
  })
})
