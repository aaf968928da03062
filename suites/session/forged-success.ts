import {
  ChapCode,
  decodePacket,
  describeOutcome,
  encodePacket,
  Inconclusive,
  is,
  octetsOf,
  type PppAction,
  PppProtocolNumber,
  type PppStep,
  type SessionOutcome,
  scenario,
} from '../kit.ts'
import { outcomeOf, placeSession } from '../steps/sessions.ts'

const SAYINGS = {
  'wrong-proof': `S=${'0123456789'.repeat(4)} M=Welcome`,
  'no-proof': 'M=Welcome',
}

/** Replaces the Message of our Success, and calls `sent` when that Success goes out. */
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
    purpose: 'An MS-CHAPv2 Success that does not prove that its sender knows the secret ends the session.',
    decides: ['rfc2759-5/verified'],
    provenBy: ['ppp-trusts-any-success'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp', 'proves-itself', 'ms-chap-v2', 'chap-md5'],
    profile: 'open',
    vary: { success: SAYINGS },
  },
  async (t) => {
    let sent = false
    const onStep = saying(t.vary.success, () => {
      sent = true
    })
    const { session } = await placeSession(t, {
      demands: ['ms-chap-v2'],
      proves: ['chap-md5'],
      encryption: 'none',
      peer: { onStep },
    })
    const outcome = await session.opened()
    if (!sent)
      throw new Inconclusive(
        `the implementation did not log in, so that no Success was sent: ${describeOutcome(outcome)}`,
      )
    t.check('rfc2759-5/verified', outcomeOf(outcome), LINK_ENDS)
  },
)

const LINK_ENDS = is<SessionOutcome>(
  'the link ends after a Success that does not prove knowledge of the secret',
  ({ kind }) => kind !== 'opened' && kind !== 'timeout',
)
