import { Ajv, type Options } from 'ajv'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { Json, JsonObject } from '../mcp/answer.ts'

export type SchemaCheck =
  | { readonly kind: 'check'; readonly why: (value: Json) => string | null }
  /** The schema is none, or refers to what is not in it: nothing is fetched. */
  | { readonly kind: 'unusable'; readonly why: string }

const options: Options = { strict: false, logger: false, validateSchema: false }

/** A check of values against a tool's schema, 2020-12 unless it names another revision, as MCP has it. */
export function checkOf(schema: JsonObject): SchemaCheck {
  const { $schema, ...rest } = schema
  try {
    const ajv = validatorFor(typeof $schema === 'string' ? $schema : '')
    addFormats.default(ajv)
    const validate = ajv.compile(rest)
    return { kind: 'check', why: (value) => (validate(value) ? null : ajv.errorsText(validate.errors)) }
  } catch (error) {
    return { kind: 'unusable', why: error instanceof Error ? error.message : String(error) }
  }
}

function validatorFor(revision: string): Ajv {
  if (/draft-0[4-7]/.test(revision)) return new Ajv(options)
  return revision.includes('2019-09') ? new Ajv2019(options) : new Ajv2020(options)
}
