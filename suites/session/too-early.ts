import {
  ChapCode,
  type Evidence,
  encodeOptions,
  evidence,
  Inconclusive,
  IpcpOption,
  PacketCode,
  PppProtocolNumber,
  type PppStep,
  scenario,
  shownBy,
} from '../kit.ts'
import {
  gettingSomewhere,
  isPacket,
  networkControlIn,
  none,
  placeSession,
  type SeenFrame,
} from '../steps/sessions.ts'

const { chap, ipcp, lcp } = PppProtocolNumber

/** IPCP Configure-Request that asks for an address. */
const REQUEST = {
  code: PacketCode.configureRequest,
  identifier: 1,
  data: encodeOptions([{ type: IpcpOption.address, data: new Uint8Array(4) }]),
}

/** Holds back our CHAP Response, so that authentication goes on. */
const withoutResponse = ({ protocol, actions }: PppStep) =>
  protocol === chap ? actions.filter(({ kind }) => kind !== 'send') : actions

export default scenario(
  {
    id: 'session/too-early',
    purpose: 'While authentication is going on, an IPCP Configure-Request is discarded without an answer.',
    decides: ['rfc1661-3.5/others-discarded', 'rfc1661-3.5/authentication-first'],
    provenBy: ['ppp-answers-too-early'],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp', 'chap-md5'],
    profile: 'open',
  },
  async (t) => {
    const peer = { onStep: withoutResponse }
    const { wire, session } = await placeSession(t, { proves: ['chap-md5'], encryption: 'none', peer })
    const challenge = await wire.next(isPacket(chap, ChapCode.challenge), gettingSomewhere(t.timers))
    if (challenge === undefined) throw new Inconclusive('no CHAP Challenge came')
    const before = wire.frames().length
    wire.send(ipcp, REQUEST)
    // LCP is open, so its Echo-Reply shows that the request was read.
    if ((await session.echo()) === undefined) throw new Inconclusive('LCP Echo-Request drew no reply')
    const since = wire.frames().slice(before)
    const rejected = since.find(isPacket(lcp, PacketCode.protocolReject))
    const answers = networkControlIn(since)
    t.check('rfc1661-3.5/others-discarded', reactions(answers, rejected), SILENCE)
    t.check('rfc1661-3.5/authentication-first', answers, none('no network-layer protocol before the login'))
  },
)

const SILENCE = none('no answer to an IPCP Configure-Request before the login')

/** Adds the Protocol-Reject, if one came, to the answers in a network-layer protocol. */
function reactions(answers: Evidence<readonly SeenFrame[]>, rejected: SeenFrame | undefined) {
  if (rejected === undefined) return answers
  const all = evidence([...answers.value, rejected], `${answers.seen}, and Protocol-Reject`, answers.entry)
  return shownBy(all, rejected.entry)
}
