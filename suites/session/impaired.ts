import { describeOutcome, type EncryptionPolicy, Inconclusive, PppProtocolNumber, scenario } from '../kit.ts'
import {
  allUnspoilt,
  onlyMode,
  type PingCounts,
  type PlacedSession,
  pingCounts,
  placeSession,
} from '../steps/sessions.ts'

const PINGS = 100
/** Pings in one go; what does not work at all is not tried a hundred times. */
const BATCH = 20
/**
 * Stateful encryption reads nothing between a loss and the end of a Reset-Request, which may be
 * lost as well and is repeated after three seconds.
 */
const STUBBORN = { timeout: 500, retries: 30 } as const
/** What negotiating may take when its packets are lost: each is repeated after three seconds. */
const OPENING = 60_000
/** Calls that may come to nothing before one does. */
const CALLS = 6

export default scenario(
  {
    id: 'session/impaired',
    purpose:
      'A session lives on a path that loses one packet in twenty and swaps others: in the end every ping is answered.',
    decides: ['4/carries-ppp', '1.1/ordinary-ppp'],
    provenBy: ['mppe-lost-for-ever'],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp', 'ms-chap-v2', 'mppe-128'],
    profile: 'encrypted',
    impairment: { send: { loss: 0.05, reordering: 0.05 }, receive: { loss: 0.05, reordering: 0.05 } },
    vary: { mode: { stateless: true, stateful: false } },
    valuesNeed: { mode: { stateful: ['mppe-stateful'] } },
  },
  async (t) => {
    const { session } = t.vary.mode ? await open(t, onlyMode(128, true)) : await openStateful(t)
    const pings = pingCounts(await pingInBatches(session))
    t.check(['4/carries-ppp', '1.1/ordinary-ppp'], pings, allUnspoilt(EXPECTED))
  },
)

const EXPECTED = `${PINGS} of ${PINGS} pings answered with their own data, each sent ${STUBBORN.retries + 1} times at most`

type SessionOnWire = Pick<PlacedSession<string>, 'wire' | 'session'>
type Placing = Parameters<typeof placeSession>[0]

/** Pings in batches, up to the first batch of which not all were answered. */
async function pingInBatches(session: SessionOnWire['session']): Promise<PingCounts> {
  let sum: PingCounts = { requests: PINGS, answered: 0, spoilt: 0, sent: 0, entry: undefined }
  for (let due = 0; due < PINGS && sum.answered === due; due += BATCH) {
    const batch = await session.ping({ count: BATCH, ...STUBBORN })
    sum = {
      requests: PINGS,
      answered: sum.answered + batch.answered,
      spoilt: sum.spoilt + batch.spoilt,
      sent: sum.sent + batch.sent,
      entry: batch.entry ?? sum.entry,
    }
  }
  return sum
}

/**
 * Preamble: opens a session, in another call if need be: where its CCP Configure-Ack got lost, our
 * second Configure-Request makes pppd, for one, give the link up. When IPCP is open on our side, it
 * may still be closed on the other, because our Configure-Ack was lost. One answered ping shows
 * that both are open.
 */
async function open(t: Placing, encryption: EncryptionPolicy): Promise<SessionOnWire> {
  for (let tries = 1; ; tries++) {
    const placed = await placeSession(t, { encryption })
    const outcome = await placed.session.opened(OPENING)
    const isOpen = outcome.kind === 'opened'
    if (isOpen && (await placed.session.ping(STUBBORN)).answered === 1) return placed
    if (tries === CALLS)
      throw new Inconclusive(
        `no PPP session in ${CALLS} calls: ${isOpen ? 'the implementation opened, and no ping was answered' : describeOutcome(outcome)}`,
      )
    // Done with before the next: pptpd, for one, loses a connection that comes while another ends.
    await placed.control.dispose()
  }
}

/**
 * Preamble: opens a stateful session, and makes sure that it survives one loss. Whether it should
 * is decided by session/loss-stateful; where it does not, nothing is to be learnt from hundreds of
 * losses.
 */
async function openStateful(t: Placing): Promise<SessionOnWire> {
  const placed = await open(t, onlyMode(128, false))
  const { wire, session } = placed
  wire.loseOurs(PppProtocolNumber.compressed)
  await session.ping({ timeout: 200 })
  if ((await session.ping(STUBBORN)).answered === 1) return placed
  throw new Inconclusive('after a single loss it read nothing any more (see session/loss-stateful)')
}
