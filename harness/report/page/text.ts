import { harmless } from '../harmless.ts'

/**
 * Text for the page of a run. Implementations choose a part of it, so nothing in it may act: no
 * markup, no terminal escape, and no character that turns the direction of what follows.
 */

/** The most characters of one text. */
const LONGEST = 4_000

/**
 * Characters that are not seen, or that change how others are shown: formats such as U+202E,
 * separators of lines, private ones, and halves of surrogate pairs.
 */
const UNSEEN = /[\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}\p{Cn}]/gu

const PLAIN = /^[\x20-\x7e]*$/

/** Escapes control characters and unseen characters, and cuts a text that is too long. */
export function inert(text: string, limit = LONGEST): string {
  // Most texts are short and plain: the search for each kind of character takes much longer.
  if (text.length <= limit && PLAIN.test(text)) return text
  const cut = text.length > limit ? `${text.slice(0, limit)}… (${text.length} characters)` : text
  return harmless(cut).replace(UNSEEN, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`)
}

/** Returns a copy of a JSON value in which every text is `inert`, those of keys included. */
export function inertValue<T>(value: T): T {
  return copyOf(value) as T
}

function copyOf(value: unknown): unknown {
  if (typeof value === 'string') return inert(value)
  if (Array.isArray(value)) return value.map(copyOf)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [inert(key), copyOf(one)]))
}

/**
 * Writes a value as JSON that a script element of HTML can hold: its text contains no `<`, `>` or
 * `&`, and only printable ASCII.
 */
export function embeddedJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&]|[^\x20-\x7e]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
