import { ChapCode } from '../../../ppp/chap.ts'
import { decodeFrame, encodeFrame, PppProtocolNumber } from '../../../ppp/frame.ts'
import { decodePacket, encodePacket, type Packet, PacketCode } from '../../../ppp/packet.ts'
import { PapCode } from '../../../ppp/pap.ts'
import type { PppStep } from '../../../ppp/peer.ts'
import type { AuthenticatedSide, PppAction } from '../../../ppp/protocol.ts'
import type { Fault, Instead } from '../fault.ts'

const isNotice = ({ kind }: PppAction) => kind === 'notice'

/** What follows from a login that failed: something else than its notice. */
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

/** Turns a refusal into its opposite. */
function welcoming(action: PppAction): PppAction {
  const packet = action.kind === 'send' ? decodePacket(action.octets) : undefined
  if (packet === undefined) return action
  const code = packet.code === ChapCode.failure ? ChapCode.success : PapCode.ack
  return { kind: 'send', octets: encodePacket({ ...packet, code }) }
}

/** Decisions of the PPP peer behind a call. */
export const PPP_POLICY_FAULTS = {
  'ppp-ignores-protocol-reject': {
    title: 'Goes on with a protocol that was rejected',
    section: 'RFC 1661 5.7',
    breaks: [],
    instead: {
      afterStep(usual) {
        const notice = usual.find((action) => action.kind === 'notice')?.notice
        return notice?.kind === 'protocol-rejected' ? usual.filter((action) => !isNotice(action)) : usual
      },
    },
  },
  'ppp-network-after-failure': {
    title: 'Told that its login failed, begins with the network all the same',
    section: 'RFC 1661 3.5',
    breaks: [],
    instead: afterFailedLogin('us', opens, ({ code }) => code === ChapCode.failure),
  },
  'ppp-trusts-any-success': {
    title: 'Goes on after a Success that does not prove that the authenticator knows the secret',
    section: 'RFC 2759 5',
    breaks: [],
    instead: afterFailedLogin('us', opens, ({ code }) => code === ChapCode.success),
  },
  'ppp-accepts-any-secret': {
    title: 'Lets everybody in, whatever the secret',
    section: 'RFC 1994 4.2',
    breaks: [],
    instead: afterFailedLogin('peer', (others) => opens(others.map(welcoming))),
  },
  'ppp-network-without-login': {
    title: 'Refuses a wrong secret and opens the network all the same',
    section: 'RFC 1661 3.5',
    breaks: [],
    instead: afterFailedLogin('peer', opens),
  },
  'ppp-stays-after-refusal': {
    title: 'Refuses a wrong secret and leaves the link open',
    section: 'RFC 1661 3.5',
    breaks: [],
    instead: afterFailedLogin('peer', (others) => others),
  },
  'ppp-login-optional': {
    title: 'Lets those in who reject the authentication option',
    section: 'RFC 1661 3.5',
    breaks: [],
    instead: { isLoginOptional: () => true },
  },
  'ppp-answers-too-early': {
    title: 'Acknowledges IPCP before anybody has logged in',
    section: 'RFC 1661 3.5',
    breaks: [],
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
    breaks: [],
    instead: { drawn: (usual) => (usual.length >= 8 ? new Uint8Array(usual.length).fill(7) : usual) },
  },
  'ppp-proves-wrongly': {
    title: 'Proves itself with another secret than its own',
    section: 'RFC 1994 4.1',
    breaks: [],
    instead: { ownSecret: (usual) => `not ${usual}` },
  },
  'mppe-weakest': {
    title: 'Chooses the weakest of several key sizes',
    section: 'RFC 3078 2.1',
    breaks: [],
    instead: { strengths: (usual) => (usual.length > 1 ? usual.toReversed() : usual) },
  },
  'mppe-sends-clear': {
    title: 'Sends datagrams in the clear although encryption was agreed',
    section: 'RFC 3078 3',
    breaks: [],
    instead: { sendsClear: () => true },
  },
  'mppe-takes-clear': {
    title: 'Takes datagrams in the clear although encryption was agreed',
    section: 'RFC 3078 3',
    breaks: [],
    instead: { takesClear: () => true },
  },
} satisfies Record<string, Fault>
