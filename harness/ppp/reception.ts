import { textOf } from './authentication.ts'
import { decodeFrame, encodeFrame, PppProtocolNumber } from './frame.ts'
import type { LinkAction } from './link.ts'
import { decodePacket, PacketCode } from './packet.ts'
import { follow, type LinkState, pass, startAddresses } from './phases.ts'
import { takeDatagram } from './traffic.ts'

/** Takes a frame from the peer: hands its information to its protocol. Never throws. */
export function receive(link: LinkState, octets: Uint8Array): readonly LinkAction[] {
  const frame = decodeFrame(octets)
  if (frame === undefined || link.phase === 'dead') return []
  const { protocol, information } = frame
  if (protocol === PppProtocolNumber.lcp) return receiveLcp(link, information)
  if (link.phase !== 'authenticate' && link.phase !== 'network') return []
  const concerned = link.logins.filter(({ machine }) => machine.protocol === protocol)
  if (concerned.length > 0)
    return concerned.flatMap((layer) => pass(link, layer, { kind: 'packet', octets: information }))
  // Until authentication is over, all other protocols are dropped (section 3.5), unknown ones, too.
  return link.phase === 'network' ? receiveNetwork(link, protocol, information) : []
}

function receiveLcp(link: LinkState, information: Uint8Array): readonly LinkAction[] {
  const packet = decodePacket(information)
  if (packet?.code === PacketCode.terminateRequest && link.lcp.machine.state() === 'opened') {
    link.failure ??= { kind: 'terminated-by-peer', message: textOf(packet.data) }
    link.phase = 'terminate'
  }
  return pass(link, link.lcp, { kind: 'packet', octets: information })
}

function receiveNetwork(link: LinkState, protocol: number, information: Uint8Array): readonly LinkAction[] {
  const { ipcp, ccp, options } = link
  switch (protocol) {
    case PppProtocolNumber.ipcp:
      return [...startAddresses(link), ...pass(link, ipcp, { kind: 'packet', octets: information })]
    case PppProtocolNumber.ccp:
      return ccp === undefined || ccp.encryption.isForgone()
        ? reject(link, protocol, information)
        : pass(link, ccp, { kind: 'packet', octets: information })
    case PppProtocolNumber.ipv4:
      return ccp?.encryption.decrypts() === true && options.encryption?.takesClear?.() !== true
        ? []
        : takeDatagram(link, information)
    case PppProtocolNumber.compressed:
      return ccp === undefined
        ? reject(link, protocol, information)
        : receiveEncrypted(link, ccp, information)
    default:
      return reject(link, protocol, information)
  }
}

/** Sends a Protocol-Reject (RFC 1661 section 5.7). */
function reject(link: LinkState, protocol: number, information: Uint8Array): readonly LinkAction[] {
  const lcp = link.lcp.machine
  if (lcp.state() !== 'opened') return []
  const octets = lcp.protocolReject(protocol, information)
  return [{ kind: 'send', frame: encodeFrame(PppProtocolNumber.lcp, octets) }]
}

function receiveEncrypted(
  link: LinkState,
  ccp: NonNullable<LinkState['ccp']>,
  octets: Uint8Array,
): readonly LinkAction[] {
  const { plain, actions } = ccp.encryption.decrypt(octets)
  const followed = follow(link, ccp, actions)
  const inner = plain && decodeFrame(plain)
  return inner?.protocol === PppProtocolNumber.ipv4
    ? [...followed, ...takeDatagram(link, inner.information)]
    : followed
}
