/**
 * Escapes the control characters of text that may quote an implementation: a terminal obeys them.
 */
export function harmless(text: string): string {
  return text.replace(/\p{Cc}/gu, (c) =>
    c === '\n' || c === '\t' ? c : `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}
