import {
  absent,
  arrivalOf,
  type Evidence,
  evidence,
  Inconclusive,
  is,
  type PingResult,
  PppProtocolNumber,
  scenario,
  shownBy,
} from '../kit.ts'
import { allAnswered, onlyMode, PATIENT, pingsOf, placeSession, type Wire } from '../steps/sessions.ts'

/**
 * Enough to show that keys, coherency counts and bits stay right after the first packet.
 * `session/ping` sends more; `session/key-change` sends enough to change the stateful key.
 */
const PINGS = 12

export default scenario(
  {
    id: 'session/encryption',
    purpose:
      'With MPPE of each strength and mode, every ping is answered, and no datagram goes in the clear.',
    decides: [
      '4/carries-ppp',
      'rfc3079-3/keys',
      'rfc3078-3/datagrams-encrypted',
      'rfc3078-3.1/encrypted-bit',
      'rfc3078-3.1/coherency-count',
      'rfc3078-3.1/flushed-each',
      'rfc3078-7.1/key-for-each',
    ],
    provenBy: [
      'mppe-wrong-keys',
      'mppe-keeps-key',
      'mppe-sends-clear',
      'mppe-not-marked-encrypted',
      'mppe-count-skips',
      'mppe-not-flushed',
      'ppp-drops-datagrams',
    ],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp', 'ms-chap-v2'],
    profile: 'encrypted',
    vary: {
      strength: [40, 56, 128],
      mode: { stateless: true, stateful: false },
    },
    valuesNeed: {
      strength: { '40': ['mppe-40'], '56': ['mppe-56'], '128': ['mppe-128'] },
      mode: { stateful: ['mppe-stateful'] },
    },
  },
  async (t) => {
    const { strength, mode: stateless } = t.vary
    const { wire, session } = await placeSession(t, { encryption: onlyMode(strength, stateless) })
    await session.open()
    await session.ping(PATIENT)
    // No ping is repeated: the tunnel loses nothing, so each packet has to be read.
    const ping = await session.ping({ count: PINGS })
    // LCP is never encrypted: where it goes unanswered too, the keys are not to blame.
    if (ping.answered === 0 && (await session.echo()) === undefined)
      throw new Inconclusive('neither pings nor LCP Echo-Requests are answered in the tunnel')
    t.check('rfc3078-3/datagrams-encrypted', datagrams(wire), ENCRYPTED_ONLY)
    const packets = wire.encrypted()
    if (packets.length === 0) return
    const pings = shownBy(pingsOf(ping), packets[0]?.entry)
    t.check('rfc3079-3/keys', pings, READABLE)
    const all = allAnswered(`${PINGS} of ${PINGS} pings answered`)
    t.check(stateless ? ['4/carries-ppp', 'rfc3078-7.1/key-for-each'] : '4/carries-ppp', pings, all)
    t.check('rfc3078-3.1/encrypted-bit', withoutD(packets), absent('bit D set in every encrypted packet'))
    const counts = absent('coherency counts that begin at 0 and grow by 1')
    t.check('rfc3078-3.1/coherency-count', outOfCount(packets), counts)
    const flushed = absent('bit A set in every encrypted packet of stateless mode')
    if (stateless) t.check('rfc3078-3.1/flushed-each', withoutA(packets), flushed)
  },
)

const READABLE = is<PingResult>(
  'at least one ping answered, encrypted with the keys that follow from the secret',
  ({ answered }) => answered > 0,
)

type EncryptedPacket = ReturnType<Wire['encrypted']>[number]

/** How many datagrams came encrypted, and how many in the clear. */
interface Datagrams {
  readonly encrypted: number
  readonly clear: number
}

function datagrams(wire: Wire): Evidence<Datagrams> {
  const encrypted = wire.encrypted()
  const clear = wire.frames().filter(({ protocol }) => protocol === PppProtocolNumber.ipv4)
  return evidence(
    { encrypted: encrypted.length, clear: clear.length },
    `${encrypted.length} encrypted packets (PPP protocol 0x00FD), ${clear.length} datagrams in the clear`,
    clear[0]?.entry ?? encrypted[0]?.entry,
  )
}

const ENCRYPTED_ONLY = is<Datagrams>(
  'encrypted packets (PPP protocol 0x00FD), and no datagram in the clear',
  ({ encrypted, clear }) => encrypted > 0 && clear === 0,
)

/** The first of these packets whose bit D is 0. */
function withoutD(packets: readonly EncryptedPacket[]) {
  const at = packets.findIndex(({ packet }) => !packet.encrypted)
  return exception(packets, at, 'bit D not set', 'bit D set')
}

/** The first of these packets whose bit A is 0. */
function withoutA(packets: readonly EncryptedPacket[]) {
  const at = packets.findIndex(({ packet }) => !packet.flushed)
  return exception(packets, at, 'bit A not set', 'bit A set')
}

/** The first of these packets whose coherency count is not its index, modulo 4096. */
function outOfCount(packets: readonly EncryptedPacket[]) {
  const at = packets.findIndex(({ packet }, place) => packet.count !== place % 4096)
  return exception(
    packets,
    at,
    `coherency count ${packets[at]?.packet.count}`,
    'the expected coherency count',
  )
}

/** Describes the packet at index `at`; if there is none, says what all the packets have. */
function exception(
  packets: readonly EncryptedPacket[],
  at: number,
  otherwise: string,
  usual: string,
): Evidence<EncryptedPacket | undefined> {
  const told = `${otherwise} in encrypted packet ${at}, counted from 0`
  return shownBy(
    arrivalOf(packets[at], told, `${usual} in each of ${packets.length} encrypted packets`),
    packets[0]?.entry,
  )
}
