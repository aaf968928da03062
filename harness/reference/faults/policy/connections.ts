import type { GrePacket } from '../../../protocol/gre.ts'
import { type ControlMessage, PPTP_PORT, PROTOCOL_VERSION } from '../../../protocol/messages.ts'
import { addressNumber } from '../../peers.ts'
import { NO_CALL_PLACED } from '../consequences.ts'
import type { Fault, Instead } from '../fault.ts'
import { swapped } from '../writing/patch.ts'

/** Closes on a start reply because of a field whose value must not matter. */
function mistrusts(when: (reply: ControlMessage<'Start-Control-Connection-Reply'>) => boolean): Instead {
  return { startOutcome: (usual, reply) => (when(reply) ? 'refused' : usual) }
}

/** Converts an address to a number, with its last octet as the most significant. */
const backwards = (address: string) => addressNumber(address.split('.').reverse().join('.'))

/** Faults in decisions about control connections, and about the call of a packet. */
export const CONNECTION_FAULTS = {
  // TCP
  'accepts-once': {
    title: 'Resets every TCP connection after the first',
    section: '3',
    breaks: ['3/accepts-again'],
    consequences: [
      '3.1.1/collision-checked',
      '3.1.3/collision-detected',
      '3.1.3/loser-closes',
      '3.1.3/loser-replies',
      '3.1.3/winner',
      '3.1.3/winner-waits-for-close',
      '3/tcp-loss-handled',
    ],
    instead() {
      let hasAccepted = false
      return {
        refusalOfConnection(usual, { by }) {
          if (usual !== undefined) return usual
          if (hasAccepted && by === 'peer') return 'one was enough'
          hasAccepted = true
          return usual
        },
      }
    },
  },
  'refuses-own-port': {
    title: 'Resets a TCP connection whose source port is 1723',
    section: '1.4',
    breaks: ['1.4/source-port-any'],
    instead: {
      refusalOfConnection: (usual, { by, remote }) =>
        by === 'peer' && remote.port === PPTP_PORT ? 'from port 1723' : usual,
    },
  },
  'dials-once': {
    title: 'Opens no further connection after it lost one',
    section: '3',
    iut: 'originator',
    breaks: ['3/tcp-loss-handled'],
    consequences: ['3.2.1/stuck-restarted', '3/restart'],
    instead: { mayConnect: (usual, hasLost) => usual && !hasLost },
  },
  'never-restarts': {
    title: 'Never opens a connection again that was closed because of an error',
    section: '3',
    iut: 'originator',
    breaks: ['3.2.1/stuck-restarted', '3/restart'],
    instead: { opensAgain: () => false },
  },
  'number-taken-for-port': {
    title: 'Connects to the phone number as TCP port',
    section: '1.4',
    iut: 'originator',
    breaks: ['1.4/port'],
    instead: {
      destination: (usual, _to, call) =>
        call?.phoneNumber === undefined
          ? usual
          : { ...usual, port: Number.parseInt(call.phoneNumber, 10) & 0xffff },
    },
  },
  // Starting
  'accepts-version-zero': {
    title: 'Accepts a version earlier than 1',
    section: '3.1.2',
    breaks: ['3.1.2/earlier-version'],
    consequences: ['3.1.2/version-examined', '3.1.2/earlier-version-idle', '3.1.2/earlier-version-closes'],
    instead: { supportsVersion: () => true },
  },
  'refuses-later-version': {
    title: 'Refuses a version later than its own',
    section: '3.1.2',
    breaks: ['3.1.2/later-version'],
    consequences: ['1.4/version-compared'],
    instead: { supportsVersion: (usual, version) => usual && version <= PROTOCOL_VERSION },
  },
  'start-reply-wrong-version-higher': {
    title: 'Replies to a later version with that version',
    section: '3.1.2',
    breaks: ['3.1.2/later-version'],
    consequences: ['1.4/version-current', '2.2/protocol-version'],
    instead: { versionToUse: (usual, requested) => Math.max(usual, requested) },
  },
  'accepts-refused-start': {
    title: 'Goes on although its start request was refused',
    section: '3.1.1',
    iut: 'originator',
    breaks: ['3.1.1/refusal-ends'],
    consequences: [
      '2.1/nothing-before-start',
      '2.2/already-exists-received',
      '2.2/general-error-received',
      '2.2/not-authorized-received',
      '2.2/undefined-result-received',
      '2.2/version-refused-received',
    ],
    instead: {
      startOutcome: (usual, { resultCode, protocolVersion }) => {
        if (resultCode === 1) return usual
        return protocolVersion === PROTOCOL_VERSION ? 'accepted' : 'version-unsupported'
      },
    },
  },
  'accepts-later-version-reply': {
    title: 'Goes on after a start reply with a later version than it asked for',
    section: '3.1.1',
    iut: 'originator',
    breaks: ['3.1.1/later-version'],
    consequences: ['1.4/version-agreed', '1.4/version-compared', '3.1.1/reply-examined'],
    instead: {
      startOutcome: (usual, { protocolVersion }) =>
        usual === 'version-unsupported' && protocolVersion > PROTOCOL_VERSION ? 'accepted' : usual,
    },
  },
  'accepts-earlier-version-reply': {
    title: 'Goes on after a start reply with an earlier version, which it does not support',
    section: '3.1.1',
    iut: 'originator',
    breaks: ['3.1.1/earlier-version-stops'],
    consequences: ['1.4/version-agreed', '2/network-order-received', '3.1.1/reply-examined'],
    instead: {
      startOutcome: (usual, { protocolVersion }) =>
        usual === 'version-unsupported' && protocolVersion < PROTOCOL_VERSION ? 'accepted' : usual,
    },
  },
  'start-reply-version-swapped': {
    title: 'Reads Protocol Version of a start reply with the low octet first',
    section: '2',
    iut: 'originator',
    breaks: ['2/network-order-received'],
    consequences: NO_CALL_PLACED,
    instead: {
      startOutcome: (usual, { resultCode, protocolVersion }) => {
        if (resultCode !== 1) return usual
        return swapped(protocolVersion) === PROTOCOL_VERSION ? 'accepted' : 'version-unsupported'
      },
    },
  },
  'start-reply-capabilities-wanted': {
    title: 'Closes if the start reply lacks a framing or bearer capability',
    section: '2.2',
    iut: 'originator',
    breaks: ['2.2/capabilities-any'],
    consequences: ['5/control-unauthenticated'],
    instead: mistrusts(
      ({ framingCapabilities, bearerCapabilities }) => framingCapabilities !== 3 || bearerCapabilities !== 3,
    ),
  },
  'start-reply-firmware-wanted': {
    title: 'Closes if the start reply has Firmware Revision 0',
    section: '2.2',
    iut: 'originator',
    breaks: ['2.2/firmware-revision-any'],
    consequences: ['5/control-unauthenticated'],
    instead: mistrusts(({ firmwareRevision }) => firmwareRevision === 0),
  },
  'start-reply-full-names-refused': {
    title: 'Closes if Host Name or Vendor Name of the start reply has all 64 characters',
    section: '2.2',
    iut: 'originator',
    breaks: ['2.2/names-any'],
    consequences: ['5/control-unauthenticated'],
    instead: mistrusts(({ hostName, vendorName }) => Math.max(hostName.length, vendorName.length) === 64),
  },
  'start-reply-vendor-distrusted': {
    title: 'Closes on every start reply, as if the vendor were not its own',
    section: '5',
    iut: 'originator',
    breaks: ['5/control-unauthenticated'],
    consequences: NO_CALL_PLACED,
    instead: mistrusts(() => true),
  },
  'collision-compares-swapped': {
    title: 'Decides a collision with the last octet of each address as the most significant',
    section: '3.1.3',
    iut: 'originator',
    breaks: ['3.1.3/comparison'],
    consequences: ['3.1.3/winner', '3.1.3/winner-silent', '3.1.3/winner-waits-for-reply'],
    instead: { winsCollision: (_, local, peer) => backwards(local) > backwards(peer) },
  },
  'calls-as-pac': {
    title: 'Offers an incoming call instead of placing an outgoing call',
    section: '1.1',
    iut: 'originator',
    breaks: ['1.1/caller-is-pns'],
    consequences: NO_CALL_PLACED,
    instead: { followUp: (usual) => (usual === 'outgoing-call' ? 'incoming-call' : usual) },
  },
  // Keep alive
  'keep-alive-any-identifier': {
    title: 'Takes an Echo-Reply with any Identifier as the reply to its Echo-Request',
    section: '2.5',
    breaks: ['2.5/identifier-matched'],
    instead: { answersEcho: () => true },
  },
  'keep-alive-ignores-reply': {
    title: 'Closes although the Echo-Reply to its Echo-Request came',
    section: '3.1.4',
    breaks: ['3.1.4/keep-alive-answered'],
    consequences: ['1.3.1/keep-alive', '3.1.2/local-termination-stops'],
    instead: { answersEcho: () => false },
  },
  // The call of a packet
  'gre-first-call-takes-all': {
    title: 'Takes every packet as one of the first call',
    section: '1.3.2',
    breaks: ['1.3.2/key-selects-session'],
    consequences: [
      '1.3.2/parameters-from-call',
      '1.3.2/several-sessions',
      '3.2.2/both-directions-equal',
      '3.2.2/other-tunnels',
      '4.1/acknowledges-received',
      '4.2.1/initial-window',
      '4.2.1/maximum-window',
      '4.4/per-session',
    ],
    instead: {
      tunnelFor: (usual, _packet, [first, second]) => (second === undefined ? usual : first),
    },
  },
  'gre-accepts-other-call-id': {
    title: 'Takes a packet with an unknown Call ID as one of the first call',
    section: '4.1',
    breaks: ['4.1/call-id-received', '4.1/other-packets-dropped'],
    consequences: ['1.3.2/key-selects-session', '1.3.2/several-sessions', '4.1/acknowledges-received'],
    instead: { tunnelFor: (usual, _packet, [first]) => usual ?? first },
  },
  'gre-ignores-source': {
    title: 'Takes packets for a call from any address',
    section: '3.2.2',
    breaks: ['3.2.2/other-tunnels'],
    consequences: ['4.1/acknowledges-received'],
    instead: { isFromPeer: () => true },
  },
  'gre-keeps-early-packets': {
    title: 'Keeps packets that come before their call, and takes them when it is connected',
    section: '4.1',
    breaks: ['4.1/call-id-received'],
    consequences: ['4.1/first-sequence-number-taken'],
    instead() {
      const kept = new Map<number, readonly GrePacket[]>()
      return {
        tunnelFor(usual, packet) {
          if (usual === undefined) kept.set(packet.callId, [...(kept.get(packet.callId) ?? []), packet])
          return usual
        },
        early(usual, ownCallId) {
          const packets = kept.get(ownCallId) ?? usual
          kept.delete(ownCallId)
          return packets
        },
      }
    },
  },
} satisfies Record<string, Fault>
