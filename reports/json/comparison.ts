import type { Comparison } from '../../src/domain/comparison.ts'

/** More digits would tell of the arithmetic, not of the system. */
const digitsMax = 6

/** comparison.json. What is infinite is null, as in report.json. */
export function renderComparisonJson(comparison: Comparison): string {
  const shown = (_: string, value: unknown) =>
    typeof value === 'number' && Number.isFinite(value) ? Number(value.toPrecision(digitsMax)) : value
  return `${JSON.stringify(comparison, shown, 2)}\n`
}
