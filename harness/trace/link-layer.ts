/** Reads the layers below IPv4 in a capture, by link type. */

/** An IPv4 packet, or the name of other contents of a frame. */
export type LinkPayload =
  | { readonly kind: 'ipv4'; readonly octets: Uint8Array }
  | { readonly kind: 'other'; readonly what: string }

const ETHERTYPE_IPV4 = 0x0800
const ETHERTYPE_IPV6 = 0x86dd
/** EtherTypes of VLAN tags: 802.1Q, 802.1ad, and an older one. */
const VLAN_TAGS: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100])
const MOST_VLAN_TAGS = 4
/** EtherTypes of PPPoE sessions (RFC 2516) and of unicast and multicast MPLS. */
const ETHERTYPE_PPPOE = 0x8864
const MPLS: ReadonlySet<number> = new Set([0x8847, 0x8848])
const MOST_LABELS = 8
/**
 * Octets of a PPPoE header, before the PPP protocol number; and the PPP protocol number of IPv4.
 */
const PPPOE_HEADER = 6
const PPP_IPV4 = 0x0021
/** Address families of IPv6 on BSD, FreeBSD, macOS, OpenBSD and Linux. */
const IPV6_FAMILIES: ReadonlySet<number> = new Set([10, 24, 26, 28, 30])

/** Removes the link layer of a frame. Never throws. */
export function linkPayload(linkType: number, octets: Uint8Array): LinkPayload {
  switch (linkType) {
    case 1: // Ethernet
      return byEtherType(octets, 12)
    case 113: // Linux cooked
      return byEtherType(octets, 14)
    case 276: // Linux cooked, second version
      return octets.length < 20
        ? { kind: 'other', what: 'frames cut short' }
        : byType(word(octets, 0), octets.subarray(20))
    case 12: // Raw IP, as different systems number it
    case 14:
    case 101:
    case 228: // IPv4
      return rawIp(octets)
    case 0: // BSD loopback: the address family in the byte order of the capturing machine
    case 108: {
      if (octets.length < 4) return { kind: 'other', what: 'frames cut short' }
      const big = word(octets, 2)
      const little = (octets[0] ?? 0) | ((octets[1] ?? 0) << 8)
      const family = big === 0 ? little : big
      if (family === 2) return rawIp(octets.subarray(4))
      return { kind: 'other', what: IPV6_FAMILIES.has(family) ? 'IPv6' : 'other protocols' }
    }
    case 9: // PPP
      return word(octets, 0) === 0xff03 ? pppPayload(octets.subarray(2)) : pppPayload(octets)
    case 51: // PPPoE without Ethernet
      return pppPayload(octets.subarray(PPPOE_HEADER))
    default:
      return {
        kind: 'other',
        what: `${LINK_NAMES[linkType] ?? 'an unsupported link layer'} (link type ${linkType})`,
      }
  }
}

function byEtherType(octets: Uint8Array, offset: number): LinkPayload {
  let at = offset
  for (let tags = 0; tags <= MOST_VLAN_TAGS; tags++) {
    if (octets.length < at + 2) return { kind: 'other', what: 'frames cut short' }
    const type = word(octets, at)
    if (!VLAN_TAGS.has(type)) return byType(type, octets.subarray(at + 2))
    at += 4
  }
  return { kind: 'other', what: 'other protocols' }
}

/** Names of unsupported link types. */
const LINK_NAMES: Readonly<Record<number, string>> = {
  105: 'IEEE 802.11',
  119: 'IEEE 802.11 with a Prism header',
  127: 'IEEE 802.11 with radiotap',
  163: 'IEEE 802.11 with an AVS header',
  192: 'per-packet information',
  229: 'IPv6',
}

function pppPayload(octets: Uint8Array): LinkPayload {
  return word(octets, 0) === PPP_IPV4
    ? { kind: 'ipv4', octets: octets.subarray(2) }
    : { kind: 'other', what: 'PPP without IPv4' }
}

/** Reads the packet after an MPLS label stack. Only its first octet shows whether it is IPv4. */
function mplsPayload(octets: Uint8Array): LinkPayload {
  for (let label = 0; label < MOST_LABELS; label++)
    if (((octets[4 * label + 2] ?? 0) & 1) === 1) return rawIp(octets.subarray(4 * label + 4))
  return { kind: 'other', what: 'MPLS' }
}

function byType(type: number, octets: Uint8Array): LinkPayload {
  if (type === ETHERTYPE_IPV4) return { kind: 'ipv4', octets }
  if (type === ETHERTYPE_PPPOE) return pppPayload(octets.subarray(PPPOE_HEADER))
  if (MPLS.has(type)) return mplsPayload(octets)
  return { kind: 'other', what: type === ETHERTYPE_IPV6 ? 'IPv6' : 'other protocols' }
}

function rawIp(octets: Uint8Array): LinkPayload {
  const version = (octets[0] ?? 0) >> 4
  if (version === 4) return { kind: 'ipv4', octets }
  return { kind: 'other', what: version === 6 ? 'IPv6' : 'other protocols' }
}

function word(octets: Uint8Array, at: number): number {
  return ((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0)
}
