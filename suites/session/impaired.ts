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
/** Pings in one batch; no batch follows one in which a ping was not answered. */
const BATCH = 20
/**
 * After a loss, stateful mode reads nothing until a Reset-Request is answered. That request may be
 * lost too, and is repeated after three seconds: each ping has 15 seconds.
 */
const STUBBORN = { timeout: 500, retries: 30 } as const
/** ms that negotiation may take: each of its packets that is lost is repeated after 3 seconds. */
const OPENING = 60_000
/** Calls that are tried before the case is inconclusive. */
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

/** Sends pings in batches, and stops after the first batch with a ping that was not answered. */
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
 * Preamble: opens a session, in at most `CALLS` calls. When its CCP Configure-Ack is lost, our
 * second Configure-Request makes pppd, for one, give the link up. IPCP may be open on our side
 * only, because our Configure-Ack was lost: one answered ping shows that both sides are open.
 * @throws Inconclusive when no call brings a session.
 */
async function open(t: Placing, encryption: EncryptionPolicy): Promise<SessionOnWire> {
  for (let tries = 1; ; tries++) {
    const placed = await placeSession(t, { encryption })
    const outcome = await placed.session.opened(OPENING)
    const isOpen = outcome.kind === 'opened'
    if (isOpen && (await placed.session.ping(STUBBORN)).answered === 1) return placed
    if (tries === CALLS)
      throw new Inconclusive(
        `no PPP session in ${CALLS} calls: ${isOpen ? 'PPP opened, but no ping was answered' : describeOutcome(outcome)}`,
      )
    // Ends this connection before the next one begins: pptpd, for one, loses a connection that
    // comes while another ends.
    await placed.control.dispose()
  }
}

/**
 * Preamble: opens a stateful session, and makes sure that it survives one loss. A session that does
 * not is judged by session/loss-stateful, and shows nothing about many losses.
 * @throws Inconclusive when the session does not survive one loss.
 */
async function openStateful(t: Placing): Promise<SessionOnWire> {
  const placed = await open(t, onlyMode(128, false))
  const { wire, session } = placed
  wire.loseOurs(PppProtocolNumber.compressed)
  await session.ping({ timeout: 200 })
  if ((await session.ping(STUBBORN)).answered === 1) return placed
  throw new Inconclusive('the implementation read nothing after a single loss (see session/loss-stateful)')
}
