import type { MappingDescription } from '../../domain/catalogue.ts'

/** How an exporter names what a pool tells of itself. */
export interface PoolMapping extends MappingDescription {
  /** Where these names are documented. */
  readonly source: string
}
