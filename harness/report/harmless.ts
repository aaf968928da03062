/**
 * Text that may quote what an implementation wrote, without anything that a terminal would obey.
 */
export function harmless(text: string): string {
  return text.replace(/\p{Cc}/gu, (c) =>
    c === '\n' || c === '\t' ? c : `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}
