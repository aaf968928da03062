import { octetsOf, textOf } from '../ppp/authentication.ts'
import { CcpCode } from '../ppp/ccp.ts'
import { ChapCode } from '../ppp/chap.ts'
import { decodeFrame, encodeFrame, type PppFrame, PppProtocolNumber } from '../ppp/frame.ts'
import type { LinkAction, PppLink } from '../ppp/link.ts'
import { decodeMppePacket, encodeMppePacket, type MppePacket } from '../ppp/mppe.ts'
import { decodePacket, encodePacket, type Packet, PacketCode } from '../ppp/packet.ts'
import { PapCode } from '../ppp/pap.ts'
import type { PppStep } from '../ppp/peer.ts'
import type { PppAction } from '../ppp/protocol.ts'
import type { RandomOctets } from '../ppp/random.ts'
import type { Faults } from './faults.ts'

/** Puts the faults of PPP between a link and its tunnel. */
export function withFaults(link: PppLink, faults: Faults): PppLink {
  const spoiler = createSpoiler(faults)
  const spoil = (actions: readonly LinkAction[]) =>
    actions.flatMap((action): readonly LinkAction[] => {
      if (action.kind === 'network-up') spoiler.networkUp()
      if (action.kind !== 'send') return [action]
      const frame = spoiler.outgoing(action.frame)
      return frame === undefined ? [] : [{ kind: 'send', frame }]
    })
  return {
    open: () => spoil(link.open()),
    close: () => spoil(link.close()),
    receive(octets) {
      const frame = spoiler.incoming(octets)
      if (frame === undefined) return []
      const actions = link.receive(frame)
      return spoil(actions.length === 0 ? spoiler.unheeded(frame) : actions)
    },
    timer: (timer) => spoil(link.timer(timer)),
    sendDatagram: (octets) => spoil(link.sendDatagram(octets)),
  }
}

/** The faults of a peer's machines: what they make of an event. */
export function spoilStep({ event, actions }: PppStep, faults: Faults): readonly PppAction[] {
  const notice = actions.find((action) => action.kind === 'notice')?.notice
  const others = actions.filter((action) => action.kind !== 'notice')
  const packet = event.kind === 'packet' ? decodePacket(event.octets) : undefined
  if (notice?.kind === 'protocol-rejected')
    return faults.has('ppp-ignores-protocol-reject') ? others : actions
  if (notice?.kind !== 'authentication-failed' || packet === undefined) return actions
  if (notice.side === 'us' && packet.code === ChapCode.failure && faults.has('ppp-network-after-failure'))
    return [...others, { kind: 'opened' }]
  if (notice.side === 'us')
    return packet.code === ChapCode.success && faults.has('ppp-trusts-any-success')
      ? [...others, { kind: 'opened' }]
      : actions
  if (faults.has('ppp-accepts-any-secret')) return [...others.map(welcoming), { kind: 'opened' }]
  if (faults.has('ppp-network-without-login')) return [...others, { kind: 'opened' }]
  return faults.has('ppp-stays-after-refusal') ? others : actions
}

/** Turns a refusal into its opposite. */
function welcoming(action: PppAction): PppAction {
  const packet = action.kind === 'send' ? decodePacket(action.octets) : undefined
  if (packet === undefined) return action
  const code = packet.code === ChapCode.failure ? ChapCode.success : PapCode.ack
  return { kind: 'send', octets: encodePacket({ ...packet, code }) }
}

/** Draws the same challenge each time. */
export function spoilRandom(random: RandomOctets, faults: Faults): RandomOctets {
  return (count) =>
    count >= 8 && faults.has('ppp-same-challenge') ? new Uint8Array(count).fill(7) : random(count)
}

/** What a spoiler does to the frames of one link. */
interface Spoiler {
  networkUp(): void
  /** Undefined: it is not sent. */
  outgoing(frame: Uint8Array): Uint8Array | undefined
  /** Undefined: it is not heard. */
  incoming(frame: Uint8Array): Uint8Array | undefined
  /** What is done about a frame about which the link does nothing. */
  unheeded(frame: Uint8Array): readonly LinkAction[]
}

function createSpoiler(faults: Faults): Spoiler {
  let isUp = false
  let isEncrypting = false
  let lastCount: number | undefined
  let isLost = false

  function outgoing(octets: Uint8Array): Uint8Array | undefined {
    const frame = decodeFrame(octets)
    if (frame === undefined) return octets
    switch (frame.protocol) {
      case PppProtocolNumber.lcp:
        return packetIn(frame, octets, lcpSent)
      case PppProtocolNumber.chap:
        return packetIn(frame, octets, chapSent)
      case PppProtocolNumber.pap:
        return packetIn(frame, octets, papSent)
      case PppProtocolNumber.ipcp:
        return packetIn(frame, octets, ipcpSent)
      case PppProtocolNumber.ccp:
        return packetIn(frame, octets, (packet) =>
          packet.code === CcpCode.resetRequest && faults.has('mppe-no-reset-request') ? undefined : packet,
        )
      case PppProtocolNumber.ipv4:
        return dropsDatagram(frame) ? undefined : octets
      case PppProtocolNumber.compressed:
        isEncrypting = true
        return dropsDatagram(frame) ? undefined : encrypted(frame, octets)
      default:
        return octets
    }
  }

  function dropsDatagram({ information }: PppFrame): boolean {
    return faults.has('ppp-drops-datagrams') || (information.length > 1000 && faults.has('ppp-drops-large'))
  }

  function lcpSent(packet: Packet): Packet | undefined {
    switch (packet.code) {
      case PacketCode.configureRequest:
        return faults.has('lcp-no-request') ? undefined : packet
      case PacketCode.configureAck:
        if (faults.has('lcp-no-reply')) return undefined
        return faults.has('lcp-wrong-identifier') ? otherIdentifier(packet) : packet
      case PacketCode.configureNak:
      case PacketCode.configureReject:
        return faults.has('lcp-no-reply') ? undefined : packet
      case PacketCode.echoReply:
        if (faults.has('lcp-no-echo-reply')) return undefined
        if (faults.has('lcp-echo-wrong-magic')) return { ...packet, data: inverted(packet.data, 0, 4) }
        return faults.has('lcp-echo-wrong-identifier') ? otherIdentifier(packet) : packet
      case PacketCode.terminateAck:
        return faults.has('lcp-no-terminate-ack') ? undefined : packet
      case PacketCode.codeReject:
        return faults.has('lcp-no-code-reject') ? undefined : packet
      case PacketCode.protocolReject:
        if (faults.has('lcp-no-protocol-reject')) return undefined
        if (faults.has('lcp-protocol-reject-other')) return { ...packet, data: inverted(packet.data, 0, 1) }
        return faults.has('lcp-protocol-reject-empty') ? { ...packet, data: packet.data.slice(0, 2) } : packet
      default:
        return packet
    }
  }

  function chapSent(packet: Packet): Packet | undefined {
    switch (packet.code) {
      case ChapCode.response:
        return faults.has('ppp-never-proves') ? undefined : packet
      case ChapCode.success:
        if (faults.has('ppp-no-verdict')) return undefined
        return textOf(packet.data).startsWith('S=') && faults.has('ppp-wrong-authenticator-response')
          ? { ...packet, data: octetsOf(`S=${'0123456789'.repeat(4)} M=Welcome`) }
          : packet
      case ChapCode.failure:
        return faults.has('ppp-no-verdict') ? undefined : failureSent(packet)
      default:
        return packet
    }
  }

  function failureSent(packet: Packet): Packet {
    const message = textOf(packet.data)
    const saying = (other: string) => ({ ...packet, data: octetsOf(other) })
    if (!message.startsWith('E=')) return packet
    if (faults.has('ppp-failure-without-code')) return saying('Access denied')
    if (faults.has('ppp-failure-without-challenge')) return saying(message.replace(/ C=[0-9A-F]+/, ''))
    return faults.has('ppp-failure-old-version') ? saying(message.replace(/V=\d/, 'V=0')) : packet
  }

  function papSent(packet: Packet): Packet | undefined {
    if (packet.code === PapCode.request) return faults.has('ppp-never-proves') ? undefined : packet
    return faults.has('ppp-no-verdict') ? undefined : packet
  }

  function ipcpSent(packet: Packet): Packet {
    return packet.code === PacketCode.configureNak && faults.has('ipcp-rejects-asking')
      ? { ...packet, code: PacketCode.configureReject }
      : packet
  }

  /** Ciphertext that nobody can read is what comes of any wrong key. */
  function encrypted(frame: PppFrame, octets: Uint8Array): Uint8Array {
    const packet = decodeMppePacket(frame.information)
    if (packet === undefined) return octets
    const spoilt = spoiltMppe(packet)
    return spoilt === undefined ? octets : encodeFrame(frame.protocol, encodeMppePacket(spoilt))
  }

  function spoiltMppe(packet: MppePacket): MppePacket | undefined {
    const garbled = { ...packet, data: inverted(packet.data, 0, packet.data.length) }
    // Stateless, the key changes with each packet, and the first has changed it once; stateful,
    // with each flag packet.
    const isChanged = packet.flushed ? packet.count > 0 : packet.count >= 0xff
    if (faults.has('mppe-wrong-keys')) return garbled
    if (isChanged && faults.has('mppe-keeps-key')) return garbled
    if (packet.flushed && faults.has('mppe-not-flushed')) return { ...packet, flushed: false }
    if (faults.has('mppe-not-marked-encrypted')) return { ...packet, encrypted: false }
    return faults.has('mppe-count-skips') ? { ...packet, count: (packet.count * 2) & 0x0fff } : undefined
  }

  function incoming(octets: Uint8Array): Uint8Array | undefined {
    const frame = decodeFrame(octets)
    if (frame === undefined || isUnheard(frame)) return undefined
    const packet = frame.protocol === PppProtocolNumber.compressed && decodeMppePacket(frame.information)
    if (!packet) return octets
    if (isAfterLoss(packet) && faults.has('mppe-lost-for-ever')) return undefined
    return packet.flushed && faults.has('mppe-ignores-flushed')
      ? encodeFrame(frame.protocol, encodeMppePacket({ ...packet, flushed: false }))
      : octets
  }

  function isAfterLoss({ count }: MppePacket): boolean {
    isLost ||= count !== (((lastCount ?? -1) + 1) & 0x0fff)
    lastCount = count
    return isLost
  }

  function isUnheard(frame: PppFrame): boolean {
    const code = decodePacket(frame.information)?.code
    switch (frame.protocol) {
      case PppProtocolNumber.lcp:
        return isUp && code === PacketCode.configureRequest && faults.has('lcp-no-renegotiation')
      case PppProtocolNumber.ccp:
        return code === CcpCode.resetRequest && faults.has('mppe-ignores-reset')
      case PppProtocolNumber.ipv4:
        if (!frame.addressAndControl && faults.has('ppp-wants-address-and-control')) return true
        if (frame.addressAndControl && faults.has('ppp-refuses-address-and-control')) return true
        return frame.protocolSize === 1 && faults.has('ppp-wants-whole-protocol')
      default:
        return false
    }
  }

  return {
    networkUp() {
      isUp = true
    },
    outgoing(octets) {
      const sent = outgoing(octets)
      const frame = sent && decodeFrame(sent)
      if (frame?.protocol !== PppProtocolNumber.lcp || !isEncrypting) return sent
      return faults.has('mppe-encrypts-everything')
        ? encodeFrame(PppProtocolNumber.compressed, inverted(frame.information, 0, frame.information.length))
        : sent
    },
    incoming,
    unheeded(octets) {
      const frame = decodeFrame(octets)
      const packet = frame?.protocol === PppProtocolNumber.ipcp ? decodePacket(frame.information) : undefined
      if (packet?.code !== PacketCode.configureRequest || !faults.has('ppp-answers-too-early')) return []
      const ack = encodePacket({ ...packet, code: PacketCode.configureAck })
      return [{ kind: 'send', frame: encodeFrame(PppProtocolNumber.ipcp, ack) }]
    },
  }
}

/**
 * The frame with another packet in it; the same frame where nothing is done to the packet,
 * undefined where it is dropped.
 */
function packetIn(
  { protocol, information }: PppFrame,
  octets: Uint8Array,
  spoil: (packet: Packet) => Packet | undefined,
): Uint8Array | undefined {
  const packet = decodePacket(information)
  if (packet === undefined) return octets
  const spoilt = spoil(packet)
  if (spoilt === packet) return octets
  return spoilt && encodeFrame(protocol, encodePacket(spoilt))
}

function otherIdentifier(packet: Packet): Packet {
  return { ...packet, identifier: (packet.identifier + 1) & 0xff }
}

function inverted(octets: Uint8Array, from: number, to: number): Uint8Array {
  return octets.map((octet, at) => (at >= from && at < to ? octet ^ 0xff : octet))
}
