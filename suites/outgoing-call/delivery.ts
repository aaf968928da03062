import { controlMessage, encodeControl, scenario } from '../kit.ts'
import { describeSign } from '../steps/incoming.ts'
import { carriesPpp, describeCarrying, watching } from '../steps/originator.ts'

/** With what a call reply may share a segment. */
const ECHO_BEHIND = encodeControl(controlMessage('Echo-Request', { identifier: 0x5102 }))

/** To the end of Result Code: success, as far as it came. */
const HALF = 17

export default scenario(
  {
    id: 'outgoing-call/delivery',
    purpose:
      'A call reply connects the call wherever TCP cuts it, also with another message in the same segment; half a reply connects nothing.',
    decides: ['1.4/message-boundaries', '3.2.4.2/wait-reply-no-data'],
    provenBy: ['framer-needs-whole-message-per-read', 'data-before-call-reply'],
    iut: 'originator',
    needs: ['ppp'],
    vary: {
      delivery: {
        'octet-by-octet': 'octet-by-octet',
        'half-and-late': 'half-and-late',
        'echo-request-behind': 'echo-request-behind',
      },
    },
  },
  async (t) => {
    const { delivery } = t.vary
    const { control } = await t.accept()
    const tunnels = await t.openTunnel()
    const request = await control.await('Outgoing-Call-Request', t.timers.request)
    const reply = t.callReply(request)
    const tunnel = tunnels.end(reply.callId, request.message.callId)
    if (delivery === 'half-and-late') {
      const complete = control.begin('Outgoing-Call-Reply', HALF, reply)
      const early = await tunnel.nextData(watching(t.timers))
      t.decide('3.2.4.2/wait-reply-no-data', {
        ok: early === undefined,
        expected: 'no data: the reply is not complete',
        seen: describeSign(early),
        entry: early?.entry ?? request.entry,
      })
      complete()
    } else
      control.send(
        'Outgoing-Call-Reply',
        reply,
        delivery === 'octet-by-octet' ? { delivery } : { append: ECHO_BEHIND },
      )
    const ok = await carriesPpp(t, tunnel)
    t.decide('1.4/message-boundaries', {
      ok,
      expected: 'PPP in the tunnel',
      seen: describeCarrying(ok),
      entry: request.entry,
    })
    if (delivery === 'echo-request-behind') await control.expect('1.4/message-boundaries', 'Echo-Reply')
  },
)
