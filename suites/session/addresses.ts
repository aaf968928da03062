import {
  adding,
  arrivalOf,
  decodeOptions,
  describeOutcome,
  type Evidence,
  IpcpOption,
  is,
  PacketCode,
  PppProtocolNumber,
  scenario,
  shownBy,
} from '../kit.ts'
import { allAnswered, PATIENT, packetsOf, pingsOf, placeSession, type Wire } from '../steps/sessions.ts'

export default scenario(
  {
    id: 'session/addresses',
    purpose: 'A client that asks for an address is given one, and pings from that address are answered.',
    decides: ['rfc1332-3.3/peer-provides', '4/carries-ppp'],
    provenBy: ['ipcp-rejects-asking', 'ppp-drops-datagrams'],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp', 'ms-chap-v2'],
    profile: 'open',
  },
  async (t) => {
    const { wire, session } = await placeSession(t, { encryption: 'none' })
    const outcome = await session.opened()
    const given = outcome.kind === 'opened' ? outcome.address : undefined
    const told = adding(addressTold(wire), `; ${describeOutcome(outcome)}`)
    t.check(
      'rfc1332-3.3/peer-provides',
      shownBy(told, outcome.entry),
      is(PROVIDES, (one) => one !== undefined && one.address === given),
    )
    if (given === undefined) return
    const pings = pingsOf(await session.ping(PATIENT))
    t.check('4/carries-ppp', pings, allAnswered(`a ping from ${given} answered`))
  },
)

const PROVIDES =
  'a Configure-Nak with an address when 0.0.0.0 is asked for, and a Configure-Ack for that address'

const CONFIGURE_NAK = { protocol: PppProtocolNumber.ipcp, code: PacketCode.configureNak }

/** An address in dotted notation, and the trace entry of the packet that holds it. */
interface NamedAddress {
  readonly address: string
  readonly entry: number
}

/** Returns the address in the first Configure-Nak that holds one. */
function addressTold(wire: Wire): Evidence<NamedAddress | undefined> {
  const [told] = packetsOf(wire, CONFIGURE_NAK).flatMap(({ packet, entry }) =>
    (decodeOptions(packet.data) ?? [])
      .filter(({ type }) => type === IpcpOption.address)
      .map(({ data }) => ({ address: [...data].join('.'), entry })),
  )
  return arrivalOf(
    told,
    ({ address }) => `Configure-Nak with address ${address}`,
    'no Configure-Nak with an address',
  )
}
