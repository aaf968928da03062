import { ChapCode } from '../../../ppp/chap.ts'
import { decodeFrame, encodeFrame, PppProtocolNumber } from '../../../ppp/frame.ts'
import { decodePacket, encodePacket, type Packet, PacketCode } from '../../../ppp/packet.ts'
import { PapCode } from '../../../ppp/pap.ts'
import type { PppStep } from '../../../ppp/peer.ts'
import type { AuthenticatedSide, PppAction } from '../../../ppp/protocol.ts'
import type { Fault, Instead } from '../fault.ts'

const isNotice = ({ kind }: PppAction) => kind === 'notice'

/**
 * Changes the actions after an authentication that failed: its notice is left out, so that the link
 * stays.
 * @param side whose identity was to be proved.
 * @param instead gets the other actions and returns those to take.
 */
function afterFailedLogin(
  side: AuthenticatedSide,
  instead: (others: readonly PppAction[]) => readonly PppAction[],
  when: (packet: Packet) => boolean = () => true,
): Instead {
  return {
    afterStep(usual, { event }: PppStep) {
      const notice = usual.find((action) => action.kind === 'notice')?.notice
      const packet = event.kind === 'packet' ? decodePacket(event.octets) : undefined
      if (notice?.kind !== 'authentication-failed' || notice.side !== side) return usual
      if (packet === undefined || !when(packet)) return usual
      return instead(usual.filter((action) => !isNotice(action)))
    },
  }
}

const opens = (others: readonly PppAction[]): readonly PppAction[] => [...others, { kind: 'opened' }]

/** Turns a packet that refuses a login into one that accepts it. */
function welcoming(action: PppAction): PppAction {
  const packet = action.kind === 'send' ? decodePacket(action.octets) : undefined
  if (packet === undefined) return action
  const code = packet.code === ChapCode.failure ? ChapCode.success : PapCode.ack
  return { kind: 'send', octets: encodePacket({ ...packet, code }) }
}

/** Faults in decisions of the PPP peer of a call. */
export const PPP_POLICY_FAULTS = {
  'ppp-ignores-protocol-reject': {
    title: 'Goes on with a protocol after its Protocol-Reject',
    section: 'RFC 1661 5.7',
    breaks: ['rfc1661-5.7/stops-sending'],
    consequences: ['2.13/whenever-disconnected', '3.2.4.1/established-disconnected'],
    instead: {
      afterStep(usual) {
        const notice = usual.find((action) => action.kind === 'notice')?.notice
        return notice?.kind === 'protocol-rejected' ? usual.filter((action) => !isNotice(action)) : usual
      },
    },
  },
  'ppp-network-after-failure': {
    title: 'Begins with IPCP although its own authentication failed',
    section: 'RFC 1661 3.5',
    breaks: ['rfc1661-3.5/authentication-first'],
    instead: afterFailedLogin('us', opens, ({ code }) => code === ChapCode.failure),
  },
  'ppp-trusts-any-success': {
    title: 'Goes on after a Success that does not prove that the authenticator knows the secret',
    section: 'RFC 2759 5',
    breaks: ['rfc2759-5/verified'],
    consequences: ['rfc1661-3.5/authentication-first'],
    instead: afterFailedLogin('us', opens, ({ code }) => code === ChapCode.success),
  },
  'ppp-accepts-any-secret': {
    title: 'Accepts every secret',
    section: 'RFC 1994 4.2',
    breaks: ['rfc1334-2.2.2/nak', 'rfc1994-4.2/failure'],
    consequences: ['rfc1661-3.5/authentication-first', 'rfc1661-3.5/failure-terminates'],
    instead: afterFailedLogin('peer', (others) => opens(others.map(welcoming))),
  },
  'ppp-network-without-login': {
    title: 'Refuses a wrong secret and begins with IPCP all the same',
    section: 'RFC 1661 3.5',
    breaks: ['rfc1661-3.5/authentication-first'],
    consequences: ['rfc1661-3.5/failure-terminates'],
    instead: afterFailedLogin('peer', opens),
  },
  'ppp-stays-after-refusal': {
    title: 'Refuses a wrong secret and leaves the link open',
    section: 'RFC 1661 3.5',
    breaks: ['rfc1661-3.5/failure-terminates'],
    instead: afterFailedLogin('peer', (others) => others),
  },
  'ppp-login-optional': {
    title: 'Lets a peer in that rejects the authentication option',
    section: 'RFC 1661 3.5',
    breaks: ['rfc1661-3.5/authentication-first'],
    consequences: ['rfc1661-3.5/failure-terminates'],
    instead: { isLoginOptional: () => true },
  },
  'ppp-answers-too-early': {
    title: 'Acknowledges IPCP before authentication is over',
    section: 'RFC 1661 3.5',
    breaks: ['rfc1661-3.5/others-discarded'],
    consequences: ['rfc1661-3.5/authentication-first'],
    instead: {
      unheeded(usual, octets) {
        const frame = decodeFrame(octets)
        const packet =
          frame?.protocol === PppProtocolNumber.ipcp ? decodePacket(frame.information) : undefined
        if (packet?.code !== PacketCode.configureRequest) return usual
        const ack = encodePacket({ ...packet, code: PacketCode.configureAck })
        return [{ kind: 'send', frame: encodeFrame(PppProtocolNumber.ipcp, ack) }]
      },
    },
  },
  'ppp-same-challenge': {
    title: 'Sends the same Challenge each time',
    section: 'RFC 1994 4.1',
    breaks: ['rfc1994-4.1/value-changed'],
    instead: { drawn: (usual) => (usual.length >= 8 ? new Uint8Array(usual.length).fill(7) : usual) },
  },
  'ppp-proves-wrongly': {
    title: 'Proves its identity with a wrong secret',
    section: 'RFC 1994 4.1',
    breaks: ['rfc1994-4.1/response-value'],
    instead: { ownSecret: (usual) => `not ${usual}` },
  },
  'mppe-weakest': {
    title: 'Chooses the weakest of several strengths',
    section: 'RFC 3078 2.1',
    breaks: ['rfc3078-2.1/strongest'],
    instead: { strengths: (usual) => (usual.length > 1 ? usual.toReversed() : usual) },
  },
  'mppe-sends-clear': {
    title: 'Sends datagrams unencrypted although encryption was agreed',
    section: 'RFC 3078 3',
    breaks: ['rfc3078-3/datagrams-encrypted'],
    consequences: ['rfc3079-2/keys'],
    instead: { sendsClear: () => true },
  },
  'mppe-takes-clear': {
    title: 'Accepts unencrypted datagrams although encryption was agreed',
    section: 'RFC 3078 3',
    breaks: ['rfc3078-3/clear-not-taken'],
    instead: { takesClear: () => true },
  },
} satisfies Record<string, Fault>
