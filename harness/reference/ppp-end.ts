import { decodeFrame, PppProtocolNumber } from '../ppp/frame.ts'
import { createLcp } from '../ppp/lcp.ts'
import { createLink, type LinkAction, type PppLink } from '../ppp/link.ts'
import { decodePacket, PacketCode } from '../ppp/packet.ts'
import type { Faults } from './faults.ts'

/** Makes what lives behind one call. `seed` differs from call to call. */
export type LinkFactory = (seed: number) => PppLink

/** LCP alone, with a Magic-Number that follows from the seed. */
export const lcpOnly: LinkFactory = (seed) => createLink(createLcp({ magicNumber: magicNumber(seed) }))

function magicNumber(seed: number): number {
  // One round of a 32-bit mixer: neighbouring seeds give numbers that have nothing in common.
  const mixed = Math.imul((seed ^ 0x9e3779b9) >>> 0, 0x85ebca6b) >>> 0
  return (mixed ^ (mixed >>> 15)) >>> 0 || 1
}

/** Puts the LCP faults on what a link sends. */
export function withFaults(link: PppLink, faults: Faults): PppLink {
  const spoil = (actions: readonly LinkAction[]) =>
    actions.flatMap((action): readonly LinkAction[] => {
      if (action.kind !== 'send') return [action]
      const frame = spoilFrame(action.frame, faults)
      return frame === undefined ? [] : [{ kind: 'send', frame }]
    })
  return {
    open: () => spoil(link.open()),
    close: () => spoil(link.close()),
    receive: (frame) => spoil(link.receive(frame)),
    timer: (timer) => spoil(link.timer(timer)),
  }
}

function spoilFrame(octets: Uint8Array, faults: Faults): Uint8Array | undefined {
  const frame = decodeFrame(octets)
  if (frame?.protocol !== PppProtocolNumber.lcp) return octets
  switch (decodePacket(frame.information)?.code) {
    case PacketCode.configureRequest:
      return faults.has('lcp-no-request') ? undefined : octets
    case PacketCode.configureAck:
      if (faults.has('lcp-no-reply')) return undefined
      return faults.has('lcp-wrong-identifier') ? otherIdentifier(octets, frame.information.length) : octets
    case PacketCode.configureNak:
    case PacketCode.configureReject:
      return faults.has('lcp-no-reply') ? undefined : octets
    case PacketCode.echoReply:
      if (faults.has('lcp-no-echo-reply')) return undefined
      return faults.has('lcp-echo-wrong-identifier')
        ? otherIdentifier(octets, frame.information.length)
        : octets
    case PacketCode.terminateAck:
      return faults.has('lcp-no-terminate-ack') ? undefined : octets
    case PacketCode.codeReject:
      return faults.has('lcp-no-code-reject') ? undefined : octets
    default:
      return octets
  }
}

function otherIdentifier(octets: Uint8Array, informationSize: number): Uint8Array {
  const spoilt = octets.slice()
  const at = octets.length - informationSize + 1
  spoilt[at] = ((spoilt[at] ?? 0) + 1) & 0xff
  return spoilt
}
