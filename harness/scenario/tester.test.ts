import { expect, test } from 'vitest'
import { createSimulatedNetwork } from '../network/simulated.ts'
import { createVirtualClock } from '../network/virtual-clock.ts'
import { controlMessage, encodeControl } from '../protocol/control.ts'
import { PPTP_PORT } from '../protocol/messages.ts'
import { play } from './play.ts'
import { DIAL_TIMERS } from './profile.ts'
import { casesOf, createScenarios } from './scenario.ts'

const TIMERS = {
  connect: 1_000,
  reply: 1_000,
  close: 1_000,
  call: 1_000,
  tunnel: 1_000,
  ...DIAL_TIMERS,
  speed: 1,
}

const scenario = createScenarios<'3/implied' | '3/should', 'none'>({
  '3/implied': { section: '3', page: 1, level: 'implied', binds: ['recipient'], text: 'It is there.' },
  '3/should': { section: '3', page: 1, level: 'SHOULD', binds: ['recipient'], text: 'It had better be.' },
})

test('a refused connection decides several requirements, each by its own level, and ends the scenario', async () => {
  const [one] = casesOf(
    scenario(
      {
        id: 'tester/connection',
        purpose: 'Somebody listens.',
        decides: ['3/implied', '3/should'],
        provenBy: ['none'],
        iut: 'recipient',
      },
      async (t) => {
        await t.expectConnection(['3/implied', '3/should'])
        throw new Error('went on without a connection')
      },
    ),
  )
  if (one === undefined) throw new Error('a scenario has at least one case')
  const clock = createVirtualClock()
  const world = createSimulatedNetwork({ clock, latency: 1 })
  world.host('10.0.0.1')
  const network = world.host('10.0.0.2')
  const { result } = await clock.run(
    play(one, { network, address: '10.0.0.1', timers: TIMERS, startedAt: 0, firstUnique: 1 }),
  )
  expect(result.verdict).toBe('fail')
  expect(result.findings.map(({ requirement, verdict }) => [requirement, verdict])).toEqual([
    ['3/implied', 'fail'],
    ['3/should', 'warn'],
  ])
})

test('a preamble opens a second connection where the first is closed without a reply, and no third', async () => {
  for (const [dropped, verdict] of [
    [1, 'pass'],
    [2, 'inconclusive'],
  ] as const) {
    const [one] = casesOf(
      scenario(
        {
          id: 'tester/establish',
          purpose: 'A control connection is there.',
          decides: ['3/implied'],
          provenBy: ['none'],
          iut: 'recipient',
        },
        async (t) => {
          await t.establish()
          t.decide('3/implied', { ok: true, expected: 'a connection', seen: 'a connection' })
        },
      ),
    )
    if (one === undefined) throw new Error('a scenario has at least one case')
    const clock = createVirtualClock()
    const world = createSimulatedNetwork({ clock })
    let accepted = 0
    await world.host('10.0.0.1').listen({ address: '10.0.0.1', port: PPTP_PORT }, (connection) => {
      const isDropped = ++accepted <= dropped
      connection.onEvent((event) => {
        if (event.kind === 'data' && !isDropped)
          connection.send(encodeControl(controlMessage('Start-Control-Connection-Reply', { resultCode: 1 })))
        else if (event.kind === 'data' || event.kind === 'end') connection.end()
      })
    })
    const network = world.host('10.0.0.2')
    const { result } = await clock.run(
      play(one, { network, address: '10.0.0.1', timers: TIMERS, startedAt: 0, firstUnique: 1 }),
    )
    expect([result.verdict, accepted]).toEqual([verdict, 2])
  }
})
