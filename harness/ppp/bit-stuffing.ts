/**
 * Bit-synchronous transparency (RFC 1662 section 5.2), which has no place in a tunnel: after five
 * bits that are 1 there is one that is 0.
 */

/** The bits of octets as a line carries them: the lowest of each octet first. */
function* bitsOf(octets: Uint8Array): Iterable<number> {
  // One by one: whoever looks for inserted bits mostly knows after a few.
  for (const octet of octets) for (let at = 0; at < 8; at++) yield (octet >> at) & 1
}

/** The octets with bits inserted, filled up with 0 to whole octets. */
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
 * The octets with the inserted bits taken out, less what no longer fills an octet; undefined where
 * no bits can have been inserted.
 */
export function bitsRemoved(octets: Uint8Array): Uint8Array | undefined {
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
