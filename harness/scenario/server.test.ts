import { expect, test } from 'vitest'
import { createScenarios } from './scenario.ts'
import { onReference, playedOnReference } from './testing/on-reference.ts'

const scenario = createScenarios<'3/it', 'none'>({
  '3/it': { section: '3', page: 1, level: 'implied', binds: ['originator'], text: 'It dials.' },
})
const meta = {
  id: 'server/it',
  purpose: 'It dials.',
  decides: ['3/it'],
  provenBy: ['none'],
  iut: 'originator',
} as const

test('the IUT dials, its call is connected, it hangs up, and the trace says how the dial ended', async () => {
  const result = await onReference(
    scenario(meta, async (t) => {
      const { dial, control, call, request } = await t.acceptCall({ phoneNumber: '0815', window: 3 })
      expect(request.message.maximumChannels).toBe(0)
      expect(call.request.message).toMatchObject({
        phoneNumber: '0815',
        phoneNumberLength: 4,
        packetRecvWindowSize: 3,
      })
      const data = await call.tunnel.nextData(t.timers.tunnel)
      expect(data?.packet).toMatchObject({ callId: call.reply.callId, sequenceNumber: 0 })
      expect(await dial.ended(1_000)).toBeUndefined()

      await dial.hangUp()
      t.field('3/it', await control.await('Call-Clear-Request'), 'callId', call.request.message.callId)
      control.send('Call-Disconnect-Notify', { callId: call.reply.callId, resultCode: 4 })
      const stop = await control.await('Stop-Control-Connection-Request')
      t.field('3/it', stop, 'reason', 1)
      control.send('Stop-Control-Connection-Reply', { resultCode: 1 })
      expect((await control.next(t.timers.close)).kind).toBe('closed')
      expect(await dial.ended(1_000)).toMatchObject({ detail: 'the connection is over' })
    }),
  )
  expect(result).toMatchObject({ verdict: 'pass' })
})

test.each([
  [true, ['the dial of the implementation ended: the connection is over']],
  [false, []],
])('what its user is told is noted, where the dial ended by itself: %s', async (byItself, told) => {
  const { trace } = await playedOnReference(
    scenario(meta, async (t) => {
      const { dial, control } = await t.accept()
      if (byItself) control.end()
      else await dial.stop()
      expect(await dial.ended(1_000)).toBeDefined()
    }),
  )
  const notes = trace.entries.flatMap((entry) => (entry.kind === 'note' ? [entry.text] : []))
  expect(notes.filter((text) => text.startsWith('the dial of the implementation ended'))).toEqual(told)
})

test('the IUT can dial again, another address, and connections that were not taken are reset', async () => {
  const result = await onReference(
    scenario(meta, async (t) => {
      const { dial, control } = await t.accept()
      await dial.stop()
      expect(await dial.ended(1_000)).toBeDefined()
      expect((await control.next(t.timers.close)).kind).toBe('closed')
      const again = await t.accept({ at: t.addresses[1] ?? '' })
      expect(again.control.from).toBe(t.addresses[1])
      await t.dial()
      await t.clock.sleep(10)
      t.decide('3/it', { ok: true, expected: '', seen: '' })
    }),
  )
  expect(result).toMatchObject({ verdict: 'pass' })
})

test('an originator that does not connect makes a preamble inconclusive, and is decided elsewhere', async () => {
  const inconclusive = await onReference(
    scenario(meta, async (t) => {
      const { dial } = await t.accept()
      expect(await dial.nextConnection({ window: 10 })).toBeUndefined()
      await dial.connection({ window: 10 })
    }),
  )
  expect(inconclusive).toMatchObject({
    verdict: 'inconclusive',
    reason: 'no TCP connection for 10 ms from 10.0.0.1, which was told to dial',
  })
  const decided = await onReference(
    scenario(meta, async (t) => {
      const { dial } = await t.accept()
      await dial.expectConnection('3/it', { window: 10 })
    }),
  )
  expect(decided).toMatchObject({ verdict: 'fail' })
})

test('a further call that the IUT asks for does not come between a request and its reply', async () => {
  const result = await onReference(
    scenario(meta, async (t) => {
      const { control } = await t.acceptCall()
      await t.dial()
      await t.clock.sleep(10)
      control.send('Echo-Request', { identifier: 5 })
      await control.expect('3/it', 'Echo-Reply')
      await control.await('Outgoing-Call-Request')
    }),
  )
  expect(result).toMatchObject({ verdict: 'pass' })
})
