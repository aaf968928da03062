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
  'a Configure-Nak with an address for a request with 0.0.0.0, and an acknowledgment of that address'

const CONFIGURE_NAK = { protocol: PppProtocolNumber.ipcp, code: PacketCode.configureNak }

/** An address in words, and the entry of the packet that names it. */
interface NamedAddress {
  readonly address: string
  readonly entry: number
}

/** The first address that a Configure-Nak tells us. */
function addressTold(wire: Wire): Evidence<NamedAddress | undefined> {
  const [told] = packetsOf(wire, CONFIGURE_NAK).flatMap(({ packet, entry }) =>
    (decodeOptions(packet.data) ?? [])
      .filter(({ type }) => type === IpcpOption.address)
      .map(({ data }) => ({ address: [...data].join('.'), entry })),
  )
  return arrivalOf(told, ({ address }) => `address ${address}`, 'no address')
}
