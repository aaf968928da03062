import {
  type AnsweredCall,
  arrivalOf,
  type Control,
  is,
  present,
  scenario,
  startReply,
  startRequest,
  type Tester,
} from '../kit.ts'
import { liveCall } from '../steps/calls.ts'
import { fallsSilent, spokenTo } from '../steps/lcp.ts'
import { agreeWithPeer, clearAsked, followed, type Sequel, sequel } from '../steps/originator.ts'

const recipient = scenario(
  {
    id: 'connection/lost',
    purpose:
      'After TCP ended during a call, a new control connection can be established, and a call with the same Call ID placed on it.',
    decides: ['3/tcp-loss-handled', '3.2.1/call-ids-released'],
    provenBy: ['drop-keeps-call-ids', 'accepts-once'],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp'],
    vary: { end: ['fin', 'rst'] },
  },
  async (t) => {
    const { control: lost, tunnel } = await liveCall(t)
    ENDS[t.vary.end](lost)
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

/** How the tester ends TCP: by FIN or by RST. */
const ENDS = {
  fin: (control: Pick<Control<string>, 'end'>) => control.end(),
  rst: (control: Pick<Control<string>, 'reset'>) => control.reset(),
}

const ENDS_OR_AGAIN = is<Sequel<string>>(
  'the dial ends, or the client connects again',
  ({ ended, again }) => ended !== undefined || again !== undefined,
)

const NO_DATA = 'no data, and no answer to a Configure-Request'

/**
 * ms within which the dial ends or the originator connects again. The RFC names no time; pppd waits
 * 5 s for the program that it has started, so a wait of 5 s would be a race.
 */
const GIVING_UP = 30_000
/** Octets of the start reply that are sent: half of its 156. */
const HALF = 78
/** A protocol version that no implementation supports: over it, an originator asks to stop. */
const NOBODYS = 0xffff

type Dial = Awaited<ReturnType<Tester<string>['dial']>>
interface Dialled {
  readonly t: Tester<string>
  readonly dial: Dial
  readonly control: Control<string>
}
type Preamble = (dialled: Dialled) => Promise<AnsweredCall | undefined>

/**
 * Preambles: each takes the conversation to the point at which TCP ends, and returns the call, if
 * there is one.
 */
const PREAMBLES = {
  accept: async () => undefined,
  'start-request': async ({ control }) => {
    await control.await('Start-Control-Connection-Request')
    return undefined
  },
  'half-a-reply': async ({ control }) => {
    await control.await('Start-Control-Connection-Request')
    control.begin('Start-Control-Connection-Reply', HALF, startReply())
    return undefined
  },
  'stop-request': async ({ t, control }) => {
    await control.await('Start-Control-Connection-Request')
    control.send('Start-Control-Connection-Reply', startReply({ protocolVersion: NOBODYS }))
    await control.await('Stop-Control-Connection-Request', t.timers.request)
    return undefined
  },
  'start-reply': async ({ control }) => startReplied(control),
  'call-request': async ({ t, control }) => {
    await startReplied(control)
    await control.await('Outgoing-Call-Request', t.timers.request)
    return undefined
  },
  call: async ({ t, control }) => callConnected(t, control),
  'clear-request': async ({ t, dial, control }) => {
    const call = await callConnected(t, control)
    agreeWithPeer(call.tunnel)
    await dial.hangUp()
    await clearAsked(t, control)
    return call
  },
} as const satisfies Record<string, Preamble>

async function startReplied(control: Control<string>): Promise<undefined> {
  await control.await('Start-Control-Connection-Request')
  control.send('Start-Control-Connection-Reply', startReply())
}

async function callConnected(t: Tester<string>, control: Control<string>): Promise<AnsweredCall> {
  await startReplied(control)
  const call = await t.answerCall(control)
  await spokenTo(t, call.tunnel)
  return call
}

const originator = scenario(
  {
    id: 'connection/lost',
    purpose:
      'When TCP ends, the dial ends or the originator connects again; on the next connection it places a call, and every Call ID is free.',
    decides: ['3/tcp-loss-handled', '3.2.1/call-ids-released'],
    provenBy: ['loss-unnoticed', 'dials-once', 'drop-keeps-call-ids'],
    iut: 'originator',
    needs: ['dial-end'],
    valuesNeed: { after: { call: ['ppp'], 'clear-request': ['ppp', 'hang-up'] } },
    vary: {
      after: [
        'accept',
        'half-a-reply',
        'stop-request',
        'start-request',
        'start-reply',
        'call-request',
        'call',
        'clear-request',
      ],
      end: ['fin', 'rst'],
    },
  },
  async (t) => {
    const dial = await t.dial()
    const control = await dial.connection()
    const lost = await PREAMBLES[t.vary.after]({ t, dial, control })
    ENDS[t.vary.end](control)

    const follows = await sequel(t, dial, GIVING_UP)
    t.check('3/tcp-loss-handled', followed(follows), ENDS_OR_AGAIN)
    if (follows.again === undefined) await dial.stop()
    const next = follows.again ?? (await (await t.dial()).expectConnection('3/tcp-loss-handled'))
    await next.expect('3/tcp-loss-handled', 'Start-Control-Connection-Request')
    next.send('Start-Control-Connection-Reply', startReply())
    const request = await next.expect('3/tcp-loss-handled', 'Outgoing-Call-Request', t.timers.request)
    if (lost === undefined) return
    const tunnels = await t.openTunnel()
    const { callId } = lost.reply
    next.send('Outgoing-Call-Reply', t.callReply(request, { callId }))
    const data = await spokenTo(t, tunnels.end(callId, request.message.callId))
    const released = present('data in the tunnel of a new call that has the Call ID of the lost one')
    t.check('3.2.1/call-ids-released', arrivalOf(data, 'data in the tunnel', NO_DATA), released)
  },
)

export default [recipient, originator]
