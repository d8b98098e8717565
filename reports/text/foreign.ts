/** Names and errors come from the system under test: they are shown, never trusted. */
export const foreignCharactersMax = 200

/**
 * Controls that break XML, terminals or lines, and marks that turn the reading direction of what follows
 * (U+200E/F, U+202A-E, U+2066-9: "Trojan Source", CVE-2021-42574).
 */
function isDisruptive(code: number): boolean {
  if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) return true
  if (code === 0x200e || code === 0x200f || code === 0x061c) return true
  if (code >= 0x202a && code <= 0x202e) return true
  if (code >= 0x2066 && code <= 0x2069) return true
  return code === 0x2028 || code === 0x2029 || code === 0xfffe || code === 0xffff
}

/** White space becomes a space, a disruptive character U+FFFD, a lone surrogate U+FFFD. */
export function cleaned(text: string): string {
  let out = ''
  for (const character of text.toWellFormed()) {
    const code = character.codePointAt(0) ?? 0
    if (code === 0x09 || code === 0x0a || code === 0x0d) out += ' '
    else out += isDisruptive(code) ? '\ufffd' : character
  }
  return out
}

/** Cleaned and cut to `charactersMax` UTF-16 units, with a word on how much there was. */
export function cut(text: string, charactersMax = foreignCharactersMax): string {
  if (text.length <= charactersMax) return cleaned(text)
  return `${cleaned(text.slice(0, charactersMax))}… (cut, ${text.length} characters)`
}

/** For labels inside pictures, where only a few characters fit; the table beside the picture has the name. */
export function short(text: string, charactersMax: number): string {
  const clean = cleaned(text.slice(0, charactersMax + 1))
  return text.length <= charactersMax ? clean : `${clean.slice(0, charactersMax - 1)}…`
}
