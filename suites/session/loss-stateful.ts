import {
  arrivalOf,
  CcpCode,
  evidence,
  is,
  PppProtocolNumber,
  present,
  scenario,
  type Tester,
} from '../kit.ts'
import {
  allAnswered,
  isPacket,
  onlyMode,
  type PlacedSession,
  pingsOf,
  placeSession,
  reachNetwork,
} from '../steps/sessions.ts'

const { ccp, compressed } = PppProtocolNumber

/** Pings that are sent after the loss. */
const AFTER = 5

export default scenario(
  {
    id: 'session/loss-stateful',
    purpose:
      'In stateful mode a Reset-Request lets encrypted packets be read again after a loss, in each direction.',
    decides: ['rfc3078-8.2/reset-requested', 'rfc3078-8.2/flushed-read', 'rfc3078-8.2/reset-heeded'],
    provenBy: ['mppe-no-reset-request', 'mppe-ignores-flushed', 'mppe-ignores-reset'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp', 'ms-chap-v2', 'mppe-128', 'mppe-stateful'],
    profile: 'encrypted',
    vary: { lost: ['packet-to-it', 'packet-from-it'] },
  },
  async (t) => {
    const placed = await placeSession(t, { encryption: onlyMode(128, false) })
    await reachNetwork(placed.session)
    if (t.vary.lost === 'packet-to-it') await loseToIt(t, placed)
    else await loseFromIt(t, placed)
  },
)

type SessionOnWire = Pick<PlacedSession<string>, 'wire' | 'session'>
type Requirement = 'rfc3078-8.2/reset-requested' | 'rfc3078-8.2/flushed-read' | 'rfc3078-8.2/reset-heeded'
type LossTester = Pick<Tester<Requirement>, 'check' | 'timers'>

/** How the pings after the loss are sent: one by one. */
const AFTERWARDS = { count: AFTER, timeout: 1_000, window: 1 } as const
/** ms for an answer that is lost, or shows a loss: later ones must not be taken for it. */
const SPOILT = 1_000
const ALL = `${AFTER} of ${AFTER} pings answered`

/** Loses a packet of ours: our next one shows the IUT the loss. */
async function loseToIt(t: LossTester, { wire, session }: SessionOnWire): Promise<void> {
  wire.loseOurs(compressed)
  await session.ping({ timeout: SPOILT })
  const asked = wire.next(isPacket(ccp, CcpCode.resetRequest), t.timers.tunnel)
  await session.ping({ timeout: SPOILT })
  const request = arrivalOf(await asked, 'CCP Reset-Request', 'no CCP Reset-Request')
  const due = present('CCP Reset-Request after an encrypted packet that follows a lost one')
  t.check('rfc3078-8.2/reset-requested', request, due)
  if (request.value === undefined) return
  const pings = pingsOf(await session.ping(AFTERWARDS))
  t.check('rfc3078-8.2/flushed-read', pings, allAnswered(`${ALL}, the first of them sent with bit A set`))
}

/** Loses a packet of the IUT: its next one shows us the loss, and our Reset-Request goes out. */
async function loseFromIt(t: LossTester, { wire, session }: SessionOnWire): Promise<void> {
  wire.loseTheirs(compressed)
  await session.ping({ timeout: SPOILT })
  await session.ping({ timeout: SPOILT })
  const before = wire.encrypted().length
  const ping = await session.ping(AFTERWARDS)
  const next = wire.encrypted()[before]
  const bit =
    next === undefined ? 'no packet' : `bit A ${next.packet.flushed ? '' : 'not '}set in the next packet`
  t.check(
    'rfc3078-8.2/reset-heeded',
    evidence({ next, ping }, `${bit}, ${pingsOf(ping).seen}`, next?.entry ?? ping.entry),
    is(
      `after our Reset-Request, bit A set in the next packet, and ${ALL}`,
      (came) => came.next?.packet.flushed === true && came.ping.answered === AFTER,
    ),
  )
}
