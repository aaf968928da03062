import type { EncryptionPolicy } from '../../harness/ppp/encryption.ts'
import { PppProtocolNumber } from '../../harness/ppp/frame.ts'
import type { MppeReset } from '../../harness/ppp/mppe.ts'
import { Inconclusive } from '../../harness/scenario/judge.ts'
import type { Session } from '../../harness/scenario/session.ts'
import type { Tester } from '../../harness/scenario/tester.ts'
import { scenario } from '../catalogue.ts'
import { onlyMode, placeSession } from '../sessions.ts'

const PINGS = 100
/** Pings in one go; what does not work at all is not tried a hundred times. */
const BATCH = 20
/**
 * Stateful encryption reads nothing between a loss and the end of a Reset-Request, which may be lost as well and is repeated after
 * three seconds.
 */
const STUBBORN = { timeout: 500, retries: 30 } as const
/** What negotiating may take when its packets are lost: each is repeated after three seconds. */
const OPENING = 60_000

export default scenario(
  {
    id: 'session/impaired',
    purpose:
      'A session lives on a path that loses one packet in twenty and swaps others: in the end every ping is answered.',
    decides: ['4/carries-ppp', '1.1/ordinary-ppp'],
    provenBy: ['mppe-lost-for-ever', 'ppp-drops-datagrams'],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp', 'ms-chap-v2', 'mppe-128'],
    profile: 'encrypted',
    impairment: { send: { loss: 0.05, reordering: 0.05 }, receive: { loss: 0.05, reordering: 0.05 } },
    vary: { mode: { stateless: true, stateful: false } },
    valuesNeed: { mode: { stateful: ['mppe-stateful'] } },
  },
  async (t) => {
    const session = t.vary.mode ? await open(t, onlyMode(128, true)) : await openStateful(t)
    let answered = 0
    let spoilt = 0
    let sent = 0
    let entry: number | undefined
    while (answered < PINGS && answered % BATCH === 0) {
      const batch = await session.ping({ count: BATCH, ...STUBBORN })
      answered += batch.answered
      spoilt += batch.spoilt
      sent += batch.sent
      entry = batch.entry ?? entry
      if (batch.answered === 0) break
    }
    t.decide(['4/carries-ppp', '1.1/ordinary-ppp'], {
      ok: answered === PINGS && spoilt === 0,
      expected: `${PINGS} of ${PINGS} pings answered with their own data, each sent ${STUBBORN.retries + 1} times at most`,
      seen: `${answered} of them, ${spoilt} with other data, after ${sent} packets`,
      entry,
    })
  },
)

async function open(t: Tester<string>, encryption: EncryptionPolicy): Promise<Session> {
  const { session } = await placeSession(t, { encryption })
  await session.open(OPENING)
  return session
}

/**
 * Preamble: opens a stateful session, and learns what a Reset does to its peer's key. Whether that is what it should do is decided by
 * session/loss-stateful; here it only has to be known.
 */
async function openStateful(t: Tester<string>): Promise<Session> {
  for (const reset of ['same-key', 'next-key'] satisfies readonly MppeReset[]) {
    const { control, wire, session } = await placeSession(t, {
      encryption: { ...onlyMode(128, false), reset },
    })
    await session.open(OPENING)
    await session.ping(STUBBORN)
    wire.loseOurs(PppProtocolNumber.compressed)
    await session.ping({ timeout: 200 })
    const { answered } = await session.ping(STUBBORN)
    if (answered === 1) {
      t.note(`a Reset leaves its peer with the ${reset === 'same-key' ? 'same' : 'next'} key`)
      return session
    }
    control.end()
  }
  throw new Inconclusive('no ping was answered after a loss')
}
