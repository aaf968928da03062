import { expect, test } from 'vitest'
import { createScenarios } from './scenario.ts'
import { onReference } from './testing/on-reference.ts'

const entry = { section: '3', page: 1, level: 'implied', binds: ['sender'] } as const
const scenario = createScenarios<'3/any' | '3/accepts' | '3/dials', 'one' | 'other'>({
  '3/any': { ...entry, text: 'It answers.', iut: ['recipient', 'originator'] },
  '3/accepts': { ...entry, text: 'It takes as many as its reply says.', iut: ['recipient'] },
  '3/dials': { ...entry, text: 'It takes as many as its request says.', iut: ['originator'] },
})
const meta = {
  id: 'either/it',
  purpose: 'It works.',
  decides: ['3/any', '3/accepts', '3/dials'],
  provenBy: { recipient: ['one', 'other'], originator: ['one'] },
  iut: 'both',
  needs: ['outgoing-calls', 'ppp'],
} as const

test('a scenario for both roles is two scenarios, which differ in what depends on the role', () => {
  const [recipient, originator] = scenario(meta, async () => {})
  expect(recipient).toMatchObject({
    id: 'either/it',
    iut: 'recipient',
    decides: ['3/any', '3/accepts'],
    provenBy: ['one', 'other'],
    needs: ['outgoing-calls', 'ppp'],
  })
  expect(originator).toMatchObject({
    id: 'either/it',
    iut: 'originator',
    decides: ['3/any', '3/dials'],
    provenBy: ['one'],
    needs: ['ppp'],
  })
})

test('one body gets a connection and a call in either role, and decides the requirements of the role', async () => {
  const roles: string[] = []
  const both = scenario(meta, async (t) => {
    const control = await t.establish({ hostName: 'here' })
    // An originator's Outgoing-Call-Request has come by now; it was set aside.
    await t.clock.sleep(100)
    control.send('Echo-Request', { identifier: 7 })
    t.field('3/any', await control.await('Echo-Reply'), 'identifier', 7)
    const { tunnel, announcedBy } = await t.placeCall(control, { packetRecvWindowSize: 3 })
    const data = await tunnel.nextData(t.timers.tunnel)
    t.decide(['3/accepts', '3/dials'], {
      ok: data?.packet.callId === tunnel.callId && tunnel.peersWindow > 0,
      expected: 'data',
      seen: String(data?.packet.callId),
      entry: announcedBy,
    })
    roles.push(t.iut)
  })
  const results = await Promise.all(both.map(onReference))
  expect(roles.sort()).toEqual(['originator', 'recipient'])
  expect(results.map(({ verdict, reason }) => [verdict, reason])).toEqual([
    ['pass', undefined],
    ['pass', undefined],
  ])
  expect(results.map(({ findings }) => findings.map(({ requirement }) => requirement))).toEqual([
    ['3/any', '3/accepts'],
    ['3/any', '3/dials'],
  ])
})

test('a second connection of an originator comes from a second dial', async () => {
  const both = scenario(meta, async (t) => {
    const first = await t.establish()
    first.end()
    const second = await t.establish()
    t.decide('3/any', { ok: await second.isAlive(), expected: 'an answer', seen: 'none' })
  })
  for (const one of both) expect((await onReference(one)).verdict).toBe('pass')
})
