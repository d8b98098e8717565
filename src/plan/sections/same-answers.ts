import { type Field, oneOf, optional } from '../shape.ts'

/** `answers: same`: that a tool answers the same whatever it is asked is right. */
export const sameAnswers: Field<'same' | null> = optional<'same' | null>(
  oneOf(['same'] as const, 'same, of a tool that may answer the same whatever it is asked'),
  null,
)
