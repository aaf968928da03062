import { type Control, describeObservation, Inconclusive, scenario, type Tester } from '../kit.ts'
import { clearAsked, hangUpLive } from '../steps/originator.ts'

export default scenario(
  {
    id: 'stop/call-unsettled',
    purpose:
      'An originator that is asked to stop while it waits for Outgoing-Call-Reply or Call-Disconnect-Notify replies and closes.',
    decides: ['2.4/sent-in-reply', '2.4/result-code', '3.1.1/stop-closes', '2.3/reason-none-received'],
    provenBy: ['stop-ignored-while-calling', 'stop-reply-result-0', 'stop-never-closes'],
    iut: 'originator',
    readings: ['A-29'],
    vary: { awaits: ['call-reply', 'disconnect-notify'] },
    valuesNeed: { awaits: { 'disconnect-notify': ['hang-up', 'ppp'] } },
  },
  async (t) => {
    const { dial, control } = await t.accept()
    if (t.vary.awaits === 'call-reply') await control.await('Outgoing-Call-Request', t.timers.request)
    else await awaitNotification(t, dial, control)
    control.send('Stop-Control-Connection-Request', { reason: 1 })
    // The IUT may first clear the call that it waits for.
    await control.passOver('Call-Clear-Request')
    const reply = await control.expect('2.4/sent-in-reply', 'Stop-Control-Connection-Reply')
    t.field('2.4/result-code', reply, 'resultCode', 1)
    await control.expectClose(['3.1.1/stop-closes', '2.3/reason-none-received'])
  },
)

/** Preamble: makes the IUT wait for Call-Disconnect-Notify. @throws Inconclusive. */
async function awaitNotification<R extends string>(
  t: Tester<R>,
  dial: Awaited<ReturnType<typeof t.dial>>,
  control: Control<R>,
): Promise<void> {
  const { tunnel } = await t.answerCall(control)
  await hangUpLive(t, dial, tunnel)
  await clearAsked(t, control)
  const meanwhile = await control.next(t.timers.reply)
  if (meanwhile.kind !== 'silence')
    throw new Inconclusive(
      `expected the implementation to wait for Call-Disconnect-Notify, but saw ${describeObservation(meanwhile)}`,
    )
}
