import {
  ChapCode,
  decodePacket,
  describeOutcome,
  encodePacket,
  Inconclusive,
  octetsOf,
  type PppAction,
  PppProtocolNumber,
  type PppStep,
  scenario,
} from '../kit.ts'
import { placeSession } from '../steps/sessions.ts'

const SAYINGS = {
  'wrong-proof': `S=${'0123456789'.repeat(4)} M=Welcome`,
  'no-proof': 'M=Welcome',
}

/** Our Success, but with another Message. */
function saying(message: string, sent: () => void) {
  return ({ protocol, actions }: PppStep): readonly PppAction[] =>
    actions.map((action) => {
      const packet = action.kind === 'send' ? decodePacket(action.octets) : undefined
      if (protocol !== PppProtocolNumber.chap || packet?.code !== ChapCode.success) return action
      sent()
      return { kind: 'send', octets: encodePacket({ ...packet, data: octetsOf(message) }) }
    })
}

export default scenario(
  {
    id: 'session/forged-success',
    purpose: 'A Success of MS-CHAPv2 that does not prove that we know its secret ends the session.',
    decides: ['rfc2759-5/verified'],
    provenBy: ['ppp-trusts-any-success'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp', 'proves-itself', 'ms-chap-v2', 'chap-md5'],
    profile: 'open',
    vary: { success: SAYINGS },
  },
  async (t) => {
    let sent = false
    const { session } = await placeSession(t, {
      demands: ['ms-chap-v2'],
      proves: ['chap-md5'],
      encryption: 'none',
      peer: {
        onStep: saying(t.vary.success, () => {
          sent = true
        }),
      },
    })
    const outcome = await session.opened()
    if (!sent) throw new Inconclusive(`it did not prove who it is: ${describeOutcome(outcome)}`)
    const end = outcome.kind === 'opened' ? undefined : outcome
    t.decide('rfc2759-5/verified', {
      ok: end !== undefined && end.kind !== 'timeout',
      expected: 'the link ends, for our Success proves nothing',
      seen: describeOutcome(outcome),
      entry: outcome.entry,
    })
  },
)
