import { PppProtocolNumber, scenario } from '../kit.ts'
import { onlyMode, PATIENT, placeSession } from '../steps/sessions.ts'

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
      strength: { '40': 40, '56': 56, '128': 128 },
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
    const { answered, entry } = await session.ping({ count: PINGS })
    const encrypted = wire.encrypted()
    const first = encrypted[0]
    const clear = wire.frames().filter(({ protocol }) => protocol === PppProtocolNumber.ipv4)
    t.decide('rfc3078-3/datagrams-encrypted', {
      ok: clear.length === 0 && first !== undefined,
      expected: 'datagrams as protocol 0x00FD only',
      seen: `${encrypted.length} such, ${clear.length} in the clear`,
      entry: clear[0]?.entry ?? first?.entry,
    })
    if (first === undefined) return
    t.decide('rfc3079-3/keys', {
      ok: answered > 0,
      expected: 'an answer that can be read with the keys that follow from the secret',
      seen: `${answered} of ${PINGS} answers`,
      entry: entry ?? first.entry,
    })
    t.decide(stateless ? ['4/carries-ppp', 'rfc3078-7.1/key-for-each'] : '4/carries-ppp', {
      ok: answered === PINGS,
      expected: `${PINGS} of ${PINGS} pings answered`,
      seen: `${answered} of them`,
      entry: entry ?? first.entry,
    })
    const bare = encrypted.find(({ packet }) => !packet.encrypted)
    t.decide('rfc3078-3.1/encrypted-bit', {
      ok: bare === undefined,
      expected: 'bit D as 1 in every encrypted packet',
      seen: bare === undefined ? `it, in ${encrypted.length} packets` : 'bit D as 0',
      entry: bare?.entry ?? first.entry,
    })
    const odd = encrypted.find(({ packet }, at) => packet.count !== at % 4096)
    t.decide('rfc3078-3.1/coherency-count', {
      ok: odd === undefined,
      expected: 'coherency counts from 0, one after the other',
      seen:
        odd === undefined
          ? `0 to ${encrypted.length - 1}`
          : `${odd.packet.count} in packet ${encrypted.indexOf(odd)}, counted from 0`,
      entry: odd?.entry ?? first.entry,
    })
    if (!stateless) return
    const dull = encrypted.find(({ packet }) => !packet.flushed)
    t.decide('rfc3078-3.1/flushed-each', {
      ok: dull === undefined,
      expected: 'bit A as 1 in every packet of stateless mode',
      seen: dull === undefined ? `it, in ${encrypted.length} packets` : 'bit A as 0',
      entry: dull?.entry ?? first.entry,
    })
  },
)
