/**
 * Escapes control characters, because a terminal would obey those that an implementation sent.
 */
export function harmless(text: string): string {
  return text.replace(/\p{Cc}/gu, (c) =>
    c === '\n' || c === '\t' ? c : `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}
