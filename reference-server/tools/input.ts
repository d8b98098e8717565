export type JsonSchema = Readonly<Record<string, unknown>>

/** One argument of a tool: its JSON Schema, and the type that a validated value has. */
export interface Field<T> {
  readonly schema: JsonSchema
  readonly required: boolean
  /** Never set: carries the type only. */
  readonly type?: T
}

export type Fields = Readonly<Record<string, Field<unknown>>>
export type ArgumentsOf<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never }

const idMax = 2_147_483_647

export function id(description: string): Field<number> {
  return { schema: { type: 'integer', minimum: 1, maximum: idMax, description }, required: true }
}

export const customerId = id('Customer')
export const ownerId = id('Team member who owns the work')

/** The version that the caller has read; the write fails when another writer came first. */
export const version: Field<number> = {
  schema: { type: 'integer', minimum: 1, maximum: idMax, description: 'Version as last read' },
  required: true,
}

export const actorId: Field<number> = {
  schema: { type: 'integer', minimum: 1, maximum: idMax, default: 1, description: 'Team member on whose behalf' },
  required: false,
}

export function limit(max: number, absent: number): Field<number> {
  return {
    schema: { type: 'integer', minimum: 1, maximum: max, default: absent, description: 'Rows at most' },
    required: false,
  }
}

export function whole(min: number, max: number, description: string): Field<number> {
  return { schema: { type: 'integer', minimum: min, maximum: max, description }, required: true }
}

export function text(lengthMax: number, description: string): Field<string> {
  return { schema: { type: 'string', minLength: 1, maxLength: lengthMax, description }, required: true }
}

export function oneOf<const T extends string>(choices: readonly T[], description: string): Field<T> {
  return { schema: { type: 'string', enum: choices, description }, required: true }
}

export function flag(description: string): Field<boolean> {
  return { schema: { type: 'boolean', description }, required: true }
}

/** A calendar day; absent: the day that the generated data calls today. */
export const asOf: Field<string> = {
  schema: { type: 'string', pattern: '^2[01]\\d\\d-(0[1-9]|1[0-2])-(0[1-9]|1\\d|2[0-8])$', default: '2026-01-01' },
  required: false,
}

/** A point in time, ISO 8601 in UTC. */
export const time: Field<string> = {
  schema: {
    type: 'string',
    pattern: '^2[01]\\d\\d-(0[1-9]|1[0-2])-(0[1-9]|1\\d|2[0-8])T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\dZ$',
  },
  required: true,
}

export function inputSchema(fields: Fields): JsonSchema {
  const properties = Object.fromEntries(Object.entries(fields).map(([name, { schema }]) => [name, schema]))
  const required = Object.entries(fields).flatMap(([name, field]) => (field.required ? [name] : []))
  return { type: 'object', properties, required, additionalProperties: false }
}
