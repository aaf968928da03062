/** Small helpers on octet strings; everything on the wire is a Uint8Array. */

/** Joins octet strings. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const whole = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

export function sameOctets(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false
  return true
}

/** Lower-case hexadecimal without separators. */
export function toHex(octets: Uint8Array): string {
  let hex = ''
  for (const octet of octets) hex += HEX[octet]
  return hex
}

/** The two hexadecimal digits of each octet. */
const HEX = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, '0'))

/**
 * Reads what `toHex` wrote.
 * @throws RangeError on an odd number of digits or anything that is not hexadecimal.
 */
export function fromHex(hex: string): Uint8Array {
  if (hex.length % 2 !== 0 || /[^0-9a-f]/i.test(hex))
    throw new RangeError('not a string of hexadecimal octets')
  const octets = new Uint8Array(hex.length / 2)
  for (let at = 0; at < octets.length; at++)
    octets[at] = (digitOf(hex.charCodeAt(2 * at)) << 4) | digitOf(hex.charCodeAt(2 * at + 1))
  return octets
}

/** The value of a hexadecimal digit, by its character code: a letter has bit 0x40. */
function digitOf(code: number): number {
  return (code & 0x0f) + (code & 0x40 ? 9 : 0)
}

/** Reads octets as Latin-1 text, one character for each octet; zeros at the end are left out. */
export function toLatin1(octets: Uint8Array, start = 0, limit = octets.length): string {
  let end = limit
  while (end > start && octets[end - 1] === 0) end--
  let text = ''
  for (let at = start; at < end; at++) text += String.fromCharCode(octets[at] ?? 0)
  return text
}

/** Writes a number as `0x` and at least `digits` upper-case hexadecimal digits. */
export function hexNumber(value: number, digits: number): string {
  return `0x${value.toString(16).toUpperCase().padStart(digits, '0')}`
}

/**
 * Makes text from a peer safe to print: cuts it at `limit` characters and escapes everything
 * outside printable ASCII.
 */
export function printable(text: string, limit = 200): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}…` : text
  return cut.replace(/[^\x20-\x7e…]|\\/g, (c) => {
    const code = c.charCodeAt(0)
    return c === '\\'
      ? '\\\\'
      : code < 0x100
        ? `\\x${code.toString(16).padStart(2, '0')}`
        : `\\u${code.toString(16).padStart(4, '0')}`
  })
}

/** Octets of one block of memory that short octet strings share. */
const CHUNK = 65_536
let chunk = new ArrayBuffer(0)
let used = 0

/**
 * Returns `size` zeros to write into, as part of a larger block of memory. Thousands of small
 * arrays with memory of their own, and a `subarray` or `DataView` of each, would cost more than all
 * other work on a packet. As long as one octet string of a block is in use, the whole block is.
 */
export function allocate(size: number): Uint8Array {
  if (size > chunk.byteLength - used) {
    chunk = new ArrayBuffer(Math.max(CHUNK, size))
    used = 0
  }
  const octets = new Uint8Array(chunk, used, size)
  used += size
  return octets
}

/** Copies octets into memory from `allocate`. `start` to `end` must lie within the octets. */
export function copyOf(octets: Uint8Array, start = 0, end = octets.length): Uint8Array {
  const copy = allocate(end - start)
  copy.set(copy.length === octets.length ? octets : viewOf(octets, start, end))
  return copy
}

/**
 * Does the same as `subarray` in half the time. `start` to `end` must lie within the octets: beyond
 * them is the memory of other octet strings.
 */
export function viewOf(octets: Uint8Array, start: number, end = octets.length): Uint8Array {
  return new Uint8Array(octets.buffer, octets.byteOffset + start, end - start)
}

/** Reads the number in two octets, the higher octet first. Octets beyond the end count as 0. */
export function readUint16(octets: Uint8Array, at: number): number {
  return ((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0)
}

/** Reads the number in four octets, the highest octet first. Octets beyond the end count as 0. */
export function readUint32(octets: Uint8Array, at: number): number {
  return ((readUint16(octets, at) << 16) | readUint16(octets, at + 2)) >>> 0
}

/** Writes the low 16 bits of a number, the higher octet first. */
export function writeUint16(octets: Uint8Array, at: number, value: number): void {
  octets[at] = value >>> 8
  octets[at + 1] = value
}

export function writeUint32(octets: Uint8Array, at: number, value: number): void {
  writeUint16(octets, at, value >>> 16)
  writeUint16(octets, at + 2, value)
}
