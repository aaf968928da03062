/** What lies under IPv4 in a capture, by its link type. */

/** An IPv4 packet, or the name of what else a frame holds. */
export type LinkPayload =
  | { readonly kind: 'ipv4'; readonly octets: Uint8Array }
  | { readonly kind: 'other'; readonly what: string }

const ETHERTYPE_IPV4 = 0x0800
const ETHERTYPE_IPV6 = 0x86dd
/** 802.1Q, 802.1ad, and what was used before that. */
const VLAN_TAGS: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100])
const MOST_VLAN_TAGS = 4
/** Address families of IPv6 on BSD, FreeBSD, macOS, OpenBSD and Linux. */
const IPV6_FAMILIES: ReadonlySet<number> = new Set([10, 24, 26, 28, 30])

/** Takes the link layer off a frame. Never throws. */
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
    case 0: // BSD loopback: the address family in the byte order of whoever captured
    case 108: {
      if (octets.length < 4) return { kind: 'other', what: 'frames cut short' }
      const big = word(octets, 2)
      const little = (octets[0] ?? 0) | ((octets[1] ?? 0) << 8)
      const family = big === 0 ? little : big
      if (family === 2) return rawIp(octets.subarray(4))
      return { kind: 'other', what: IPV6_FAMILIES.has(family) ? 'IPv6' : 'other protocols' }
    }
    default:
      return { kind: 'other', what: `link type ${linkType}` }
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

function byType(type: number, octets: Uint8Array): LinkPayload {
  if (type === ETHERTYPE_IPV4) return { kind: 'ipv4', octets }
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
