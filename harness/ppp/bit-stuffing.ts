/**
 * Bit-synchronous transparency (RFC 1662 section 5.2): after five bits of 1, a bit of 0 is
 * inserted. A tunnel must not do it; only faults and checks do.
 */

/** Yields the bits of octets as a line carries them: the lowest bit of each octet first. */
function* bitsOf(octets: Uint8Array): Iterable<number> {
  // A generator, because `bitsRemoved` usually returns after a few bits.
  for (const octet of octets) for (let at = 0; at < 8; at++) yield (octet >> at) & 1
}

/** Inserts the bits of 0, and fills the last octet up with 0. */
export function bitsInserted(octets: Uint8Array): Uint8Array {
  const bits: number[] = []
  let ones = 0
  for (const bit of bitsOf(octets)) {
    bits.push(bit)
    ones = bit === 1 ? ones + 1 : 0
    if (ones < 5) continue
    bits.push(0)
    ones = 0
  }
  return octetsOf(bits, Math.ceil(bits.length / 8))
}

/**
 * Takes the inserted bits out, and drops the bits at the end that fill no octet. Undefined where
 * six bits of 1 in a row show that no bits were inserted.
 */
export function bitsRemoved(octets: Uint8Array): Uint8Array | undefined {
  if (hasSixOnes(octets)) return undefined
  const bits: number[] = []
  let ones = 0
  for (const bit of bitsOf(octets)) {
    if (ones === 5) {
      if (bit === 1) return undefined
      ones = 0
      continue
    }
    bits.push(bit)
    ones = bit === 1 ? ones + 1 : 0
  }
  return octetsOf(bits, Math.floor(bits.length / 8))
}

function octetsOf(bits: readonly number[], size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, octet) => {
    let value = 0
    for (let at = 0; at < 8; at++) value |= (bits[8 * octet + at] ?? 0) << at
    return value
  })
}

/** For each value of an octet: the bits of 1 at its low end and at its high end. */
const LOW_ONES = Uint8Array.from({ length: 256 }, (_, value) => Math.clz32(~value & -~value) ^ 31)
const HIGH_ONES = Uint8Array.from({ length: 256 }, (_, value) => Math.clz32(~(value << 24)))
/** For each value of an octet: whether six bits of 1 are in a row in it. */
const SIX_ONES = Uint8Array.from({ length: 256 }, (_, value) =>
  [0, 1, 2].some((at) => ((value >> at) & 0x3f) === 0x3f) ? 1 : 0,
)

/**
 * Whether six bits of 1 follow each other: a look at each octet, because most payloads of a capture
 * are encrypted, and have such bits near their beginning.
 */
function hasSixOnes(octets: Uint8Array): boolean {
  let ones = 0
  for (const octet of octets) {
    if (SIX_ONES[octet] === 1 || ones + (LOW_ONES[octet] ?? 0) >= 6) return true
    ones = octet === 0xff ? ones + 8 : (HIGH_ONES[octet] ?? 0)
  }
  return false
}
