import {
  absent,
  arrivalOf,
  type Evidence,
  evidence,
  is,
  type PingResult,
  PppProtocolNumber,
  scenario,
  shownBy,
} from '../kit.ts'
import { allAnswered, onlyMode, PATIENT, pingsOf, placeSession, type Wire } from '../steps/sessions.ts'

/**
 * Enough to see that keys, counts and bits go on as they began; `session/ping` sends more,
 * `session/key-change` goes by a flag packet.
 */
const PINGS = 12

export default scenario(
  {
    id: 'session/encryption',
    purpose:
      'With MPPE of each strength and mode, every ping is answered, and nothing of it goes in the clear.',
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
    // Nothing is repeated: in a tunnel that loses nothing each packet has to be read.
    const ping = await session.ping({ count: PINGS })
    t.check('rfc3078-3/datagrams-encrypted', datagrams(wire), ENCRYPTED_ONLY)
    const packets = wire.encrypted()
    if (packets.length === 0) return
    const pings = shownBy(pingsOf(ping), packets[0]?.entry)
    t.check('rfc3079-3/keys', pings, READABLE)
    const all = allAnswered(`${PINGS} of ${PINGS} pings answered`)
    t.check(stateless ? ['4/carries-ppp', 'rfc3078-7.1/key-for-each'] : '4/carries-ppp', pings, all)
    t.check('rfc3078-3.1/encrypted-bit', withoutD(packets), absent('bit D as 1 in every encrypted packet'))
    const counts = absent('coherency counts from 0, one after the other')
    t.check('rfc3078-3.1/coherency-count', outOfCount(packets), counts)
    const flushed = absent('bit A as 1 in every packet of stateless mode')
    if (stateless) t.check('rfc3078-3.1/flushed-each', withoutA(packets), flushed)
  },
)

const READABLE = is<PingResult>(
  'an answer that can be read with the keys that follow from the secret',
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
    `${encrypted.length} packets of protocol 0x00FD, ${clear.length} datagrams in the clear`,
    clear[0]?.entry ?? encrypted[0]?.entry,
  )
}

const ENCRYPTED_ONLY = is<Datagrams>(
  'datagrams as protocol 0x00FD only',
  ({ encrypted, clear }) => encrypted > 0 && clear === 0,
)

/** The first of these packets whose bit D is 0. */
function withoutD(packets: readonly EncryptedPacket[]) {
  const at = packets.findIndex(({ packet }) => !packet.encrypted)
  return exception(packets, at, 'bit D as 0', 'bit D as 1')
}

/** The first of these packets whose bit A is 0. */
function withoutA(packets: readonly EncryptedPacket[]) {
  const at = packets.findIndex(({ packet }) => !packet.flushed)
  return exception(packets, at, 'bit A as 0', 'bit A as 1')
}

/** The first of these packets whose coherency count is not one more than that of the one before. */
function outOfCount(packets: readonly EncryptedPacket[]) {
  const at = packets.findIndex(({ packet }, place) => packet.count !== place % 4096)
  return exception(packets, at, `coherency count ${packets[at]?.packet.count}`, 'the coherency count due')
}

/** The packet in that place, in words, or what all of the packets have where there is none. */
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
