import type { Headers } from './dialect.ts'

/** Shorter ones would take ordinary words out of a text. */
const secretLengthMin = 4

/**
 * What must come into no record: the values of headers that prove who one is, and what stands in them behind a word such
 * as Bearer; each also as it stands in JSON. Longest first, so that no rest of a longer one stays.
 */
export function secretsOf(headers: Headers): readonly string[] {
  const parts = Object.values(headers).flatMap((value) => [value, ...value.split(' ').slice(1)])
  return parts
    .filter((part) => part.length >= secretLengthMin)
    .flatMap((part) => [part, JSON.stringify(part).slice(1, -1)])
    .sort((a, b) => b.length - a.length)
}

/** `text` without them: servers quote what they were sent. Before `text` is cut: a part of a secret is not found. */
export function withoutSecrets(text: string, headers: Headers): string {
  return secretsOf(headers).reduce((told, secret) => told.split(secret).join('***'), text)
}
