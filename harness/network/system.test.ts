import { describe, expect, it } from 'vitest'
import { UsageError } from '../errors/errors.ts'
import { impaired } from './impaired.ts'
import { type Endpoint, isConnection, type Network, type TcpConnection, type TcpEvent } from './network.ts'
import { canOpenRawGre } from './raw-gre.ts'
import { createSystemNetwork, systemClock } from './system.ts'
import { loopbackAddresses } from './testing/loopback.ts'

const [HERE, THERE] = loopbackAddresses()
const rawMissing = !canOpenRawGre().ok && process.env.PPTPSPEC_REQUIRE_RAW !== '1'

async function withNetwork(play: (network: Network) => Promise<void>): Promise<void> {
  const network = createSystemNetwork()
  try {
    await play(network)
  } finally {
    await network.close()
  }
}

async function connect(network: Network): Promise<{ near: TcpConnection; far: TcpConnection; at: Endpoint }> {
  let accept = (_: TcpConnection): void => {}
  const accepted = new Promise<TcpConnection>((resolve) => {
    accept = resolve
  })
  const { local } = await network.listen({ address: HERE, port: 0 }, (connection) => accept(connection))
  const near = await network.connect(local, { timeout: 1_000 })
  if (!isConnection(near)) throw new Error(near.detail)
  return { near, far: await accepted, at: local }
}

function closed(connection: TcpConnection, events: TcpEvent[] = []): Promise<TcpEvent[]> {
  return new Promise((resolve) => {
    connection.onEvent((event) => {
      events.push(event)
      if (event.kind === 'closed') resolve(events)
    })
  })
}

describe('the system clock', () => {
  it('fires in order, and not what was cancelled', async () => {
    const fired: string[] = []
    const cancelled = systemClock.after(1, () => fired.push('cancelled'))
    systemClock.after(5, () => fired.push('second'))
    systemClock.after(0, () => fired.push('first'))
    cancelled.cancel()
    cancelled.cancel()
    const start = systemClock.now()
    await systemClock.sleep(20)
    expect(systemClock.now() - start).toBeGreaterThan(18)
    expect(fired).toEqual(['first', 'second'])
  })

  it.each([-1, Number.NaN, 2 ** 31])('refuses a delay of %d', (delay) => {
    expect(() => systemClock.after(delay, () => {})).toThrow(RangeError)
  })
})

describe('SystemNetwork', () => {
  it.each(['localhost', '::1', ''])('refuses %j as an address', (address) =>
    withNetwork(async (network) => {
      await expect(network.connect({ address, port: 1 }, { timeout: 1 })).rejects.toThrow(UsageError)
      await expect(
        network.connect({ address: HERE, port: 1 }, { timeout: 1, from: address }),
      ).rejects.toThrow(UsageError)
      await expect(network.listen({ address, port: 0 }, () => {})).rejects.toThrow(UsageError)
      await expect(network.openGre(address)).rejects.toThrow(UsageError)
    }),
  )

  it('closes a connection that only this end has ended', () =>
    withNetwork(async (network) => {
      const { near } = await connect(network)
      near.end()
      // The connection has no listener, as one that was opened only as a probe.
      await network.close()
      expect((await closed(near)).map(({ kind }) => kind)).toContain('closed')
    }))

  it('hands over data as Uint8Array, not as Buffer', () =>
    withNetwork(async (network) => {
      const { near, far } = await connect(network)
      near.send(Uint8Array.of(1, 2))
      near.end()
      far.end()
      const [first] = await closed(far)
      expect(first).toStrictEqual({ kind: 'data', octets: Uint8Array.of(1, 2) })
    }))

  it('sends FIN after the queued octets, however many', () =>
    withNetwork(async (network) => {
      const { near, far } = await connect(network)
      const chunk = new Uint8Array(1_000_000)
      for (let count = 0; count < 8; count++) near.send(chunk)
      near.end()
      far.end()
      const events = await closed(far)
      const received = events.reduce(
        (sum, event) => sum + (event.kind === 'data' ? event.octets.length : 0),
        0,
      )
      expect(received).toBe(8_000_000)
      expect(events.slice(-2).map((event) => event.kind)).toEqual(['end', 'closed'])
    }))

  it('reports a reset met by our own write, then closed', () =>
    withNetwork(async (network) => {
      const { near, far } = await connect(network)
      // Paused, so that the end cannot learn of the reset by reading.
      near.pause(true)
      const seen: TcpEvent[] = []
      const ended = closed(near, seen)
      const gone = closed(far)
      far.reset()
      await gone
      near.send(Uint8Array.of(1))
      await ended
      expect(seen.map((event) => event.kind)).toEqual(['reset', 'closed'])
      expect(seen[0]).toMatchObject({ detail: expect.stringMatching(/^(EPIPE|ECONNRESET)$/) })
    }))

  it('stops reading when much has arrived before there is a listener', () =>
    withNetwork(async (network) => {
      const { near, far } = await connect(network)
      const total = 32_000_000
      near.send(new Uint8Array(total))
      near.end()
      // When the second connection is open, the first has been read as far as it is without a
      // listener.
      await connect(network)
      far.end()
      const events = await closed(far)
      expect(events.reduce((sum, event) => sum + (event.kind === 'data' ? event.octets.length : 0), 0)).toBe(
        total,
      )
    }))

  it('gives up attempts under way when it closes, and may be closed twice', async () => {
    const network = createSystemNetwork()
    const listener = createSystemNetwork()
    const { local } = await listener.listen({ address: HERE, port: 0 }, () => {})
    const attempt = network.connect(local, { timeout: 10_000 })
    await network.close()
    expect(await attempt).toEqual({ kind: 'unreachable', detail: 'ECANCELED' })
    await network.close()
    await listener.close()
  })

  it.skipIf(rawMissing)(
    'can be impaired: over real sockets, too, exactly the packets arrive that the plan passes',
    () =>
      withNetwork(async (network) => {
        const lost = new Set<number>()
        const rough = impaired(network, {
          seed: 5,
          send: { loss: 0.3, jitter: 3 },
          onImpairment: ({ action, index }) => action === 'lose' && lost.add(index),
        })
        const from = await rough.openGre(THERE, { from: HERE })
        const to = await network.openGre(HERE, { from: THERE })
        const seen: number[] = []
        for (let index = 0; index < 100; index++) from.send(Uint8Array.of(index))
        await new Promise<void>((resolve) => {
          to.onPacket(([index = -1]) => {
            seen.push(index)
            if (seen.length === 100 - lost.size) resolve()
          })
        })
        expect(lost.size).toBeGreaterThan(10)
        const passed = Array.from({ length: 100 }, (_, index) => index).filter((index) => !lost.has(index))
        expect(seen.sort((a, b) => a - b)).toEqual(passed)
      }),
  )
})
