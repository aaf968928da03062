import { LcpOption, receivedAs, scenario } from '../kit.ts'
import { echo, openLcp } from '../steps/lcp.ts'

/** XON and XOFF. */
const MAP = Uint8Array.of(0x00, 0x0a, 0x00, 0x00)

export default scenario(
  {
    id: 'outgoing-call/link-info',
    purpose:
      'A map of characters, agreed on with PPP, disturbs nothing; the PAC that is told of it is told of that call.',
    decides: ['1.1/ordinary-ppp', '2.15/peers-call-id'],
    provenBy: ['link-info-own-call-id', 'lcp-no-echo-reply'],
    iut: 'originator',
    needs: ['ppp'],
  },
  async (t) => {
    const { control, call } = await t.acceptCall({ setAside: ['Outgoing-Call-Request'] })
    const { clock, timers, unique } = t
    await openLcp({ clock, timers, unique, iut: 'originator' }, call.tunnel, [
      { type: LcpOption.accm, data: MAP },
    ])
    // Some tell as soon as the call is connected, some once PPP has agreed, some never.
    const told = receivedAs(await control.next(), 'Set-Link-Info')
    if (told !== undefined) t.field('2.15/peers-call-id', told, 'peersCallId', call.reply.callId)
    const answer = await echo(t, call.tunnel, 20)
    t.decide('1.1/ordinary-ppp', {
      ok: answer !== undefined,
      expected: 'LCP Echo-Reply on the open link',
      seen: answer === undefined ? 'none' : 'it',
      entry: answer?.entry,
    })
  },
)
