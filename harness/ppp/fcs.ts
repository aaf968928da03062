/**
 * The frame check sequence of PPP on a line (RFC 1662 section 3.1). A tunnel must not carry it;
 * only faults and checks compute it.
 */

/** Computes the 16-bit FCS of some octets, as it is sent: low octet first. */
export function checkSequence(octets: Uint8Array): Uint8Array {
  let fcs = 0xffff
  for (const octet of octets) {
    fcs ^= octet
    for (let bit = 0; bit < 8; bit++) fcs = (fcs & 1) === 1 ? (fcs >> 1) ^ 0x8408 : fcs >> 1
  }
  const check = fcs ^ 0xffff
  return Uint8Array.of(check & 0xff, check >> 8)
}
