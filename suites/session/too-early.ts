import {
  ChapCode,
  encodeOptions,
  Inconclusive,
  IpcpOption,
  PacketCode,
  PppProtocolNumber,
  type PppStep,
  scenario,
} from '../kit.ts'
import {
  describeProtocols,
  gettingSomewhere,
  isNetworkControl,
  isPacket,
  placeSession,
} from '../steps/sessions.ts'

/** Keeps our Response to ourselves. */
const withoutResponse = ({ protocol, actions }: PppStep) =>
  protocol === PppProtocolNumber.chap ? actions.filter(({ kind }) => kind !== 'send') : actions

export default scenario(
  {
    id: 'session/too-early',
    purpose: 'While authentication is going on, the request for an address is dropped without a word.',
    decides: ['rfc1661-3.5/others-discarded', 'rfc1661-3.5/authentication-first'],
    provenBy: ['ppp-answers-too-early'],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp', 'chap-md5'],
    profile: 'open',
  },
  async (t) => {
    const { wire, session } = await placeSession(t, {
      proves: ['chap-md5'],
      encryption: 'none',
      peer: { onStep: withoutResponse },
    })
    const challenge = await wire.next(
      isPacket(PppProtocolNumber.chap, ChapCode.challenge),
      gettingSomewhere(t.timers),
    )
    if (challenge === undefined) throw new Inconclusive('no CHAP Challenge came')
    const before = wire.frames().length
    wire.send(PppProtocolNumber.ipcp, {
      code: PacketCode.configureRequest,
      identifier: 1,
      data: encodeOptions([{ type: IpcpOption.address, data: new Uint8Array(4) }]),
    })
    // LCP is open, so its Echo-Reply shows that the request was read.
    if ((await session.echo()) === undefined) throw new Inconclusive('LCP Echo-Request drew no reply')
    const since = wire.frames().slice(before)
    const answers = since.filter(isNetworkControl)
    const rejected = since.find(isPacket(PppProtocolNumber.lcp, PacketCode.protocolReject))
    t.decide('rfc1661-3.5/others-discarded', {
      ok: answers.length === 0 && rejected === undefined,
      expected: 'no answer to an IPCP Configure-Request before the login',
      seen:
        answers.length > 0
          ? `protocol ${describeProtocols(answers)}`
          : rejected === undefined
            ? 'none'
            : 'Protocol-Reject',
      entry: answers[0]?.entry ?? rejected?.entry,
    })
    t.decide('rfc1661-3.5/authentication-first', {
      ok: answers.length === 0,
      expected: 'no network-layer protocol before the login',
      seen: answers.length === 0 ? 'none' : `protocol ${describeProtocols(answers)}`,
      entry: answers[0]?.entry,
    })
  },
)
