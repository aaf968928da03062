import { CcpCode, PppProtocolNumber, scenario } from '../kit.ts'
import { isPacket, onlyMode, placeSession, reachNetwork } from '../steps/sessions.ts'

const AFTER = 5

export default scenario(
  {
    id: 'session/loss-stateful',
    purpose: 'In stateful mode both ends find their way after a loss, by Reset-Request.',
    decides: ['rfc3078-8.2/reset-requested', 'rfc3078-8.2/flushed-read', 'rfc3078-8.2/reset-heeded'],
    provenBy: ['mppe-no-reset-request', 'mppe-ignores-flushed', 'mppe-ignores-reset'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp', 'ms-chap-v2', 'mppe-128', 'mppe-stateful'],
    profile: 'encrypted',
    vary: { lost: { 'packet-to-it': 'ours', 'packet-from-it': 'theirs' } },
  },
  async (t) => {
    const { wire, session } = await placeSession(t, { encryption: onlyMode(128, false) })
    await reachNetwork(session)
    if (t.vary.lost === 'ours') {
      wire.loseOurs(PppProtocolNumber.compressed)
      await session.ping({ timeout: 200 })
      const asked = wire.next(isPacket(PppProtocolNumber.ccp, CcpCode.resetRequest), t.timers.tunnel)
      await session.ping({ timeout: 200 })
      const request = await asked
      t.decide('rfc3078-8.2/reset-requested', {
        ok: request !== undefined,
        expected: 'CCP Reset-Request for an encrypted packet behind one that was lost',
        seen: request === undefined ? 'none' : 'it',
        entry: request?.entry,
      })
      if (request === undefined) return
    } else {
      wire.loseTheirs(PppProtocolNumber.compressed)
      await session.ping({ timeout: 200 })
      // This one shows us the loss: our Reset-Request goes out.
      await session.ping({ timeout: 200 })
    }
    const before = wire.encrypted().length
    const { answered, entry } = await session.ping({ count: AFTER, timeout: 200, window: 1 })
    const next = wire.encrypted()[before]
    if (t.vary.lost === 'ours')
      t.decide('rfc3078-8.2/flushed-read', {
        ok: answered === AFTER,
        expected: `${AFTER} of ${AFTER} pings answered, the first of them with bit A as 1`,
        seen: `${answered} of them`,
        entry,
      })
    else
      t.decide('rfc3078-8.2/reset-heeded', {
        ok: next?.packet.flushed === true && answered === AFTER,
        expected: `bit A as 1 in the next packet, and ${AFTER} of ${AFTER} pings answered`,
        seen: `${next === undefined ? 'no packet' : `bit A as ${next.packet.flushed ? 1 : 0}`}, ${answered} pings answered`,
        entry: next?.entry ?? entry,
      })
  },
)
