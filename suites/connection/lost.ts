import { scenario, startReply, startRequest } from '../kit.ts'
import { fallsSilent, firstData, spokenTo } from '../steps/lcp.ts'
import { describeSequel, humour, sequel, TERMINATION } from '../steps/originator.ts'

const recipient = scenario(
  {
    id: 'connection/lost',
    purpose:
      'When TCP went away with a call, a new control connection can place a call with the same Call ID.',
    decides: ['3/tcp-loss-handled', '3.2.1/call-ids-released'],
    provenBy: ['drop-keeps-call-ids', 'accepts-once'],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp'],
    vary: { end: { fin: 'FIN', rst: 'RST' } },
  },
  async (t) => {
    const lost = await t.establish()
    const { tunnel } = await t.placeCall(lost)
    await firstData(t, tunnel)
    if (t.vary.end === 'FIN') lost.end()
    else lost.reset()
    await fallsSilent(t, tunnel, t.timers.close)

    const control = await t.expectConnection('3/tcp-loss-handled')
    control.send('Start-Control-Connection-Request', startRequest())
    const start = await control.expect('3/tcp-loss-handled', 'Start-Control-Connection-Reply')
    t.field('3/tcp-loss-handled', start, 'resultCode', 1)
    control.send('Outgoing-Call-Request', t.callRequest({ callId: tunnel.callId }))
    const reply = await control.expect('3.2.1/call-ids-released', 'Outgoing-Call-Reply', t.timers.call)
    t.field('3.2.1/call-ids-released', reply, 'resultCode', 1)
  },
)

/** Octets of a start reply of 156. */
const HALF = 78
/** A version over which it asks to stop. */
const NOBODYS = 0xffff

const originator = scenario(
  {
    id: 'connection/lost',
    purpose:
      'When TCP goes away its dial ends or it connects again; a new connection finds it at work, and every Call ID free.',
    decides: ['3/tcp-loss-handled', '3.2.1/call-ids-released'],
    provenBy: ['loss-unnoticed', 'dials-once', 'drop-keeps-call-ids'],
    iut: 'originator',
    needs: ['dial-end'],
    valuesNeed: { after: { call: ['ppp'], 'clear-request': ['ppp', 'hang-up'] } },
    vary: {
      after: {
        accept: 'accept',
        'half-a-reply': 'half-a-reply',
        'stop-request': 'stop-request',
        'start-request': 'start-request',
        'start-reply': 'start-reply',
        'call-request': 'call-request',
        call: 'call',
        'clear-request': 'clear-request',
      },
      end: { fin: 'FIN', rst: 'RST' },
    },
  },
  async (t) => {
    const { after, end } = t.vary
    const dial = await t.dial()
    const control = await dial.connection()
    if (after !== 'accept') await control.await('Start-Control-Connection-Request')
    if (after === 'half-a-reply') control.begin('Start-Control-Connection-Reply', HALF, startReply())
    else if (after === 'stop-request') {
      control.send('Start-Control-Connection-Reply', startReply({ protocolVersion: NOBODYS }))
      await control.await('Stop-Control-Connection-Request', t.timers.request)
    } else if (after !== 'accept' && after !== 'start-request')
      control.send('Start-Control-Connection-Reply', startReply())
    if (after === 'call-request') await control.await('Outgoing-Call-Request', t.timers.request)
    const lost = after === 'call' || after === 'clear-request' ? await t.answerCall(control) : undefined
    if (lost !== undefined) await spokenTo(t, lost.tunnel)
    if (after === 'clear-request' && lost !== undefined) {
      humour(lost.tunnel)
      await dial.hangUp()
      await control.await('Call-Clear-Request', TERMINATION + t.timers.close)
    }
    if (end === 'FIN') control.end()
    else control.reset()

    const follows = await sequel(t, dial, t.timers.dial)
    const { again } = follows
    t.decide('3/tcp-loss-handled', {
      ok: follows.ended !== undefined || again !== undefined,
      expected: 'its dial ends, or it connects again',
      seen: describeSequel(follows),
    })
    if (again === undefined) await dial.stop()
    const next = again ?? (await (await t.dial()).expectConnection('3/tcp-loss-handled'))
    await next.expect('3/tcp-loss-handled', 'Start-Control-Connection-Request')
    next.send('Start-Control-Connection-Reply', startReply())
    const request = await next.expect('3/tcp-loss-handled', 'Outgoing-Call-Request', t.timers.request)
    if (lost === undefined) return
    const tunnels = await t.openTunnel()
    const { callId } = lost.reply
    next.send('Outgoing-Call-Reply', t.callReply(request, { callId }))
    const data = await spokenTo(t, tunnels.end(callId, request.message.callId))
    t.decide('3.2.1/call-ids-released', {
      ok: data !== undefined,
      expected: 'data in a call with the Call ID of the lost one',
      seen: data === undefined ? 'no data, nor any answer to a Configure-Request' : 'data',
      entry: data?.entry,
    })
  },
)

export default [recipient, originator]
