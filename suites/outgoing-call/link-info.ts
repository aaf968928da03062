import { arrivalOf, LcpOption, present, receivedAs, scenario } from '../kit.ts'
import { echo, openLcp } from '../steps/lcp.ts'

/** An Async-Control-Character-Map (ACCM) with XON and XOFF. */
const MAP = Uint8Array.of(0x00, 0x0a, 0x00, 0x00)

export default scenario(
  {
    id: 'outgoing-call/link-info',
    purpose:
      'An Async-Control-Character-Map that PPP negotiates does not disturb the link; a Set-Link-Info about it has the Call ID of the call.',
    decides: ['1.1/ordinary-ppp', '2.15/peers-call-id'],
    provenBy: ['link-info-own-call-id', 'lcp-no-echo-reply'],
    iut: 'originator',
    needs: ['ppp'],
  },
  async (t) => {
    const { control, call } = await t.acceptCall({ setAside: ['Outgoing-Call-Request'] })
    await openLcp({ ...t, iut: 'originator' }, call.tunnel, [{ type: LcpOption.accm, data: MAP }])
    // Some send Set-Link-Info once the call is connected, some once LCP is open, some never.
    const told = receivedAs(await control.next(), 'Set-Link-Info')
    if (told !== undefined) t.field('2.15/peers-call-id', told, 'peersCallId', call.reply.callId)
    const answer = arrivalOf(await echo(t, call.tunnel, 20), 'LCP Echo-Reply', 'no LCP Echo-Reply')
    t.check('1.1/ordinary-ppp', answer, present('LCP Echo-Reply on the open link'))
  },
)
