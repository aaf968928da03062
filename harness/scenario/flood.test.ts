import { expect, test } from 'vitest'
import type { TcpConnection } from '../network/network.ts'
import { createSimulatedNetwork } from '../network/simulated.ts'
import { createVirtualClock } from '../network/virtual-clock.ts'
import { controlMessage, encodeControl } from '../protocol/control.ts'
import { PPTP_PORT } from '../protocol/messages.ts'
import { concat } from '../protocol/octets.ts'
import { messagesOf, readTrace } from '../trace/messages.ts'
import { type Played, play } from './play.ts'
import { DIAL_TIMERS } from './profile.ts'
import { casesOf, createScenarios } from './scenario.ts'
import { startReply } from './server.ts'
import type { Tester } from './tester.ts'

const IUT = '10.0.0.1'
const TIMERS = {
  connect: 1_000,
  reply: 1_000,
  close: 1_000,
  call: 1_000,
  tunnel: 1_000,
  speed: 1,
  ...DIAL_TIMERS,
}
/** How many messages a flood has: far more than any play should read. */
const FLOOD = 32_000
/** How many messages of a flood the peer sends in one write. */
const TOGETHER = 64
/** How many messages a play may read in a flood: unseen ones, and those on their way. */
const FEW = 1_000

const scenario = createScenarios<'3/it', 'none'>({
  '3/it': { section: '3', page: 1, level: 'implied', binds: ['recipient'], text: 'It answers.' },
})

/** Sends Echo messages with the Identifiers from 0 on. */
function flood(connection: TcpConnection, name: 'Echo-Reply' | 'Echo-Request'): void {
  for (let at = 0; at < FLOOD; at += TOGETHER)
    connection.send(
      concat(
        ...Array.from({ length: TOGETHER }, (_, index) => {
          const identifier = at + index
          return encodeControl(
            name === 'Echo-Reply'
              ? controlMessage(name, { identifier, resultCode: 1 })
              : controlMessage(name, { identifier }),
          )
        }),
      ),
    )
}

/**
 * Plays against a peer that answers the first message with a start reply, and then floods the
 * tester. It never closes.
 */
function againstFlood(
  name: 'Echo-Reply' | 'Echo-Request',
  body: (t: Tester<'3/it'>) => Promise<void>,
): Promise<Played> {
  const [one] = casesOf(
    scenario(
      { id: 'flood/it', purpose: 'It answers.', decides: ['3/it'], provenBy: ['none'], iut: 'recipient' },
      body,
    ),
  )
  if (one === undefined) throw new Error('a scenario has at least one case')
  const clock = createVirtualClock()
  const world = createSimulatedNetwork({ clock, latency: 1 })
  const peer = world.host(IUT)
  const network = world.host('10.0.0.2')
  return clock.run(
    (async () => {
      await peer.listen({ address: IUT, port: PPTP_PORT }, (connection) => {
        let started = false
        connection.onEvent(({ kind }) => {
          if (kind !== 'data' || started) return
          started = true
          connection.send(encodeControl(controlMessage('Start-Control-Connection-Reply', startReply())))
          flood(connection, name)
        })
      })
      return play(one, { network, address: IUT, timers: TIMERS, startedAt: 0, firstUnique: 1_000_000 })
    })(),
  )
}

function received({ trace }: Played): number {
  return messagesOf(readTrace(trace)).filter(({ from }) => from === 'iut').length
}

test('a peer that sends replies without end is judged by the first ones; few more are read', async () => {
  const played = await againstFlood('Echo-Reply', async (t) => {
    const control = await t.establish()
    await control.expectAlive('3/it', 'an Echo-Reply')
  })
  expect(played.result).toMatchObject({
    verdict: 'fail',
    findings: [{ seen: expect.stringMatching(/^Echo-Reply/) }],
  })
  expect(received(played)).toBeLessThan(FEW)
  // The tester does not wait for a flooding peer to close.
  expect(played.result.duration).toBeLessThan(100)
})

test('a flood is not read while the scenario does something else, and is complete and in order later', async () => {
  const seen: number[] = []
  const { trace } = await againstFlood('Echo-Reply', async (t) => {
    const control = await t.establish()
    await t.clock.sleep(60_000)
    t.note('looks again')
    while (seen.length < FLOOD / 2) {
      const observation = await control.next()
      if (observation.kind !== 'message' || observation.message.name !== 'Echo-Reply') break
      seen.push(observation.message.identifier)
    }
    t.decide('3/it', { ok: true, expected: '', seen: '' })
  })
  const meanwhile = trace.entries.slice(
    0,
    trace.entries.findIndex(({ kind }) => kind === 'note'),
  )
  const unseen = messagesOf(readTrace({ ...trace, entries: meanwhile }))
  expect(unseen.length).toBeGreaterThan(TOGETHER)
  expect(unseen.length).toBeLessThan(FEW)
  expect(seen).toEqual(Array.from({ length: FLOOD / 2 }, (_, identifier) => identifier))
})

test('the connection is reset if a flood begins after the scenario has ended', async () => {
  const played = await againstFlood('Echo-Reply', async (t) => {
    await t.establish()
    t.decide('3/it', { ok: true, expected: '', seen: '' })
  })
  expect(played.result.verdict).toBe('pass')
  expect(received(played)).toBeLessThan(FEW)
  expect(played.result.duration).toBeLessThan(100)
})

test('Echo-Requests without end do not delay the end of a play', async () => {
  const played = await againstFlood('Echo-Request', async (t) => {
    await t.establish()
    t.decide('3/it', { ok: true, expected: '', seen: '' })
  })
  expect(played.result.verdict).toBe('pass')
  expect(received(played)).toBeLessThan(FEW)
  expect(played.result.duration).toBeLessThan(100)
})

test('messages that piled up because the scenario stopped reading are not a flood', async () => {
  const played = await againstFlood('Echo-Reply', async (t) => {
    const control = await t.connect()
    const readOn = control.stopReading()
    control.send('Start-Control-Connection-Request')
    await t.clock.sleep(100)
    readOn()
    t.decide('3/it', { ok: true, expected: '', seen: '' })
  })
  expect(played.result.verdict).toBe('pass')
  expect(received(played)).toBeGreaterThan(FEW)
  expect(played.result.duration).toBeGreaterThan(500)
})
