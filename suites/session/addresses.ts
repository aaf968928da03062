import {
  decodeOptions,
  describeOutcome,
  IpcpOption,
  PacketCode,
  PppProtocolNumber,
  scenario,
} from '../kit.ts'
import { PATIENT, placeSession } from '../steps/sessions.ts'

export default scenario(
  {
    id: 'session/addresses',
    purpose: 'Who asks for an address is given one, and pings from it are answered.',
    decides: ['rfc1332-3.3/peer-provides', '4/carries-ppp'],
    provenBy: ['ipcp-rejects-asking', 'ppp-drops-datagrams'],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp', 'ms-chap-v2'],
    profile: 'open',
  },
  async (t) => {
    const { wire, session } = await placeSession(t, { encryption: 'none' })
    const outcome = await session.opened()
    const naks = wire
      .packets(PppProtocolNumber.ipcp)
      .filter(({ packet }) => packet.code === PacketCode.configureNak)
    const [told] = naks.flatMap(({ packet, entry }) =>
      (decodeOptions(packet.data) ?? [])
        .filter(({ type }) => type === IpcpOption.address)
        .map(({ data }) => ({ address: [...data].join('.'), entry })),
    )
    const given = outcome.kind === 'opened' ? outcome.address : undefined
    t.decide('rfc1332-3.3/peer-provides', {
      ok: told !== undefined && given === told.address,
      expected:
        'a Configure-Nak with an address for a request with 0.0.0.0, and an acknowledgment of that address',
      seen: `${told === undefined ? 'no address' : told.address}; ${describeOutcome(outcome)}`,
      entry: told?.entry ?? outcome.entry,
    })
    if (given === undefined) return
    const { answered, entry } = await session.ping(PATIENT)
    t.decide('4/carries-ppp', {
      ok: answered === 1,
      expected: `a ping from ${given} answered`,
      seen: answered === 1 ? 'it' : 'no answer',
      entry,
    })
  },
)
