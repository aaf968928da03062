import { absent, controlMessage, encodeControl, holds, type Malformation, scenario } from '../kit.ts'
import { dataIn } from '../steps/incoming.ts'
import { callAsked, pppIn, watching } from '../steps/originator.ts'

/** An Echo-Request that shares a TCP segment with the call reply. */
const ECHO_BEHIND = encodeControl(controlMessage('Echo-Request', { identifier: 0x5102 }))

/** How the reply is sent where all of it is sent at once. */
const WHOLE = {
  'octet-by-octet': { delivery: 'octet-by-octet' },
  'echo-request-behind': { append: ECHO_BEHIND },
} as const satisfies Record<string, Malformation>

/** Octets of the reply that are sent first: to the end of Result Code, which says success. */
const HALF = 17

export default scenario(
  {
    id: 'outgoing-call/delivery',
    purpose:
      'A call reply connects the call wherever TCP cuts it, even with another message in its segment; half a reply does not connect it.',
    decides: ['1.4/message-boundaries', '3.2.4.2/wait-reply-no-data'],
    provenBy: ['framer-needs-whole-message-per-read', 'data-before-call-reply'],
    iut: 'originator',
    needs: ['ppp'],
    vary: { delivery: ['octet-by-octet', 'half-and-late', 'echo-request-behind'] },
  },
  async (t) => {
    const { control, request, tunnels } = await callAsked(t)
    const reply = t.callReply(request)
    const tunnel = tunnels.end(reply.callId, request.message.callId)
    const { delivery } = t.vary
    if (delivery === 'half-and-late') {
      const complete = control.begin('Outgoing-Call-Reply', HALF, reply)
      const early = dataIn(await tunnel.nextData(watching(t.timers)), request.entry)
      t.check(
        '3.2.4.2/wait-reply-no-data',
        early,
        absent('no data in the tunnel: only half of the reply was sent'),
      )
      complete()
    } else control.send('Outgoing-Call-Reply', reply, WHOLE[delivery])
    t.check('1.4/message-boundaries', await pppIn(t, tunnel, request.entry), holds('PPP in the tunnel'))
    if (delivery === 'echo-request-behind') await control.expect('1.4/message-boundaries', 'Echo-Reply')
  },
)
