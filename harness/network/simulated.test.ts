import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UsageError } from '../errors/errors.ts'
import { isConnection, type Network, type TcpConnection, type TcpEvent } from './network.ts'
import { createSimulatedNetwork } from './simulated.ts'
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts'

const CLIENT = '10.0.0.1'
const SERVER = '10.0.0.2'

interface TwoHosts {
  readonly clock: VirtualClock
  readonly client: Network
  readonly server: Network
}

function twoHosts(latency?: number): TwoHosts {
  const clock = createVirtualClock()
  const world = createSimulatedNetwork({ clock, ...(latency === undefined ? {} : { latency }) })
  return { clock, client: world.host(CLIENT), server: world.host(SERVER) }
}

async function connect({ client, server }: TwoHosts): Promise<{ near: TcpConnection; far: TcpConnection }> {
  const accepted = new Promise<TcpConnection>((resolve) => {
    server.listen({ address: SERVER, port: 1723 }, resolve)
  })
  const near = await client.connect({ address: SERVER, port: 1723 }, { timeout: 1_000 })
  if (!isConnection(near)) throw new Error(near.detail)
  return { near, far: await accepted }
}

describe('simulated TCP', () => {
  it('takes a round trip to connect, and a latency per segment', async () => {
    const set = twoHosts(10)
    const log: unknown[] = []
    await set.clock.run(
      (async () => {
        const connecting = connect(set)
        const { near, far } = await connecting
        log.push(['accepted', set.clock.now()])
        far.onEvent((event) => log.push([event.kind, set.clock.now()]))
        near.send(Uint8Array.of(1))
        await set.clock.sleep(5)
        near.end()
        await set.clock.sleep(10)
      })(),
    )
    expect(log).toEqual([
      ['accepted', 30],
      ['data', 40],
      ['end', 45],
    ])
  })

  it('gives up on an address without a host after the time-out', async () => {
    const { clock, client } = twoHosts()
    const result = await clock.run(client.connect({ address: '10.0.0.9', port: 1723 }, { timeout: 250 }))
    expect(result).toEqual({ kind: 'timeout', detail: 'ETIMEDOUT' })
    expect(clock.now()).toBe(250)
  })

  it('gives up on a host that answers too late, which then accepts nothing', async () => {
    const { clock, client, server } = twoHosts(100)
    let accepted = 0
    await server.listen({ address: SERVER, port: 1723 }, () => accepted++)
    const result = await clock.run(client.connect({ address: SERVER, port: 1723 }, { timeout: 150 }))
    expect(result).toEqual({ kind: 'timeout', detail: 'ETIMEDOUT' })
    await clock.run(clock.sleep(1_000))
    expect(accepted).toBe(0)
  })

  it('resets a connection whose listener closed during the handshake', async () => {
    const { clock, client, server } = twoHosts(10)
    const listener = await server.listen({ address: SERVER, port: 1723 }, () => {})
    const events = await clock.run(
      (async () => {
        const near = await client.connect({ address: SERVER, port: 1723 }, { timeout: 1_000 })
        await listener.close()
        if (!isConnection(near)) throw new Error(near.detail)
        return new Promise<TcpEvent[]>((resolve) => {
          const seen: TcpEvent[] = []
          near.onEvent((event) => {
            seen.push(event)
            if (event.kind === 'closed') resolve(seen)
          })
        })
      })(),
    )
    expect(events.map((event) => event.kind)).toEqual(['reset', 'closed'])
  })

  it('gives up an attempt when its network closes', async () => {
    const { clock, client } = twoHosts()
    const attempt = client.connect({ address: '10.0.0.9', port: 1723 }, { timeout: 1_000 })
    await client.close()
    expect(await clock.run(attempt)).toEqual({ kind: 'unreachable', detail: 'ECANCELED' })
  })

  it('carries at most one window of octets to an end that does not read', async () => {
    const set = twoHosts()
    const sizes: number[] = []
    await set.clock.run(
      (async () => {
        const { near, far } = await connect(set)
        far.pause(true)
        far.onEvent((event) => event.kind === 'data' && sizes.push(event.octets.length))
        for (let count = 0; count < 3; count++) near.send(new Uint8Array(30_000))
        near.send(new Uint8Array(100_000))
        near.end()
        await set.clock.sleep(1_000)
        expect(sizes).toEqual([])
        far.pause(false)
        await set.clock.sleep(0)
        expect(sizes).toEqual([30_000, 30_000])
        await set.clock.sleep(1_000)
      })(),
    )
    expect(sizes).toEqual([30_000, 30_000, 30_000, 65_535, 34_465])
  })

  it('delivers one event per send, in order and whole, whatever the reader does', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.record({ send: fc.uint8Array({ minLength: 1, maxLength: 50 }) }),
            fc.record({ pause: fc.boolean() }),
            fc.record({ wait: fc.nat({ max: 5 }) }),
          ),
        ),
        async (steps) => {
          const set = twoHosts()
          const { near, far } = await set.clock.run(connect(set))
          const seen: Uint8Array[] = []
          let kind = ''
          far.onEvent((event) => {
            if (event.kind === 'data') seen.push(event.octets)
            kind = event.kind
          })
          await set.clock.run(
            (async () => {
              for (const step of steps) {
                if ('send' in step) near.send(step.send)
                else if ('pause' in step) far.pause(step.pause)
                else await set.clock.sleep(step.wait)
              }
              near.end()
              far.pause(false)
              await set.clock.sleep(1_000)
            })(),
          )
          expect(seen).toEqual(steps.flatMap((step) => ('send' in step ? [step.send] : [])))
          expect(kind).toBe('end')
        },
      ),
    ))

  it('delivers every octet of chunks larger than the window', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 200_000 }), { maxLength: 8 }), async (sizes) => {
        const set = twoHosts()
        const { near, far } = await set.clock.run(connect(set))
        let received = 0
        let expectedNext = 0
        let inOrder = true
        const ended = new Promise<void>((resolve) => {
          far.onEvent((event) => {
            if (event.kind === 'end') resolve()
            if (event.kind !== 'data') return
            for (const octet of event.octets) {
              inOrder &&= octet === expectedNext
              expectedNext = (expectedNext + 1) & 0xff
            }
            received += event.octets.length
          })
        })
        let sent = 0
        for (const size of sizes) {
          near.send(Uint8Array.from({ length: size }, (_, at) => (sent + at) & 0xff))
          sent += size
        }
        near.end()
        await set.clock.run(ended)
        expect([received, inOrder]).toEqual([sent, true])
      }),
      { numRuns: 20 },
    ))

  it('lets a listener reset from within an event', async () => {
    const set = twoHosts()
    const { near, far } = await set.clock.run(connect(set))
    const seen: string[] = []
    const closed = new Promise<void>((resolve) => {
      far.onEvent((event) => {
        seen.push(event.kind)
        if (event.kind === 'data') far.reset()
        if (event.kind === 'closed') resolve()
      })
    })
    near.send(Uint8Array.of(1))
    near.send(Uint8Array.of(2))
    await set.clock.run(closed)
    expect(seen).toEqual(['data', 'closed'])
  })
})

describe('simulated hosts', () => {
  it('have addresses of their own', () => {
    const world = createSimulatedNetwork({ clock: createVirtualClock() })
    world.host(CLIENT)
    expect(() => world.host(SERVER, CLIENT)).toThrow(UsageError)
    expect(() => world.host('somewhere')).toThrow(UsageError)
    expect(() => world.host(SERVER)).not.toThrow()
  })

  it('listen on all their addresses at 0.0.0.0', async () => {
    const { clock, client, server } = twoHosts()
    await server.listen({ address: '0.0.0.0', port: 1723 }, () => {})
    expect(
      isConnection(await clock.run(client.connect({ address: SERVER, port: 1723 }, { timeout: 9 }))),
    ).toBe(true)
    await expect(server.listen({ address: SERVER, port: 1723 }, () => {})).rejects.toThrow(/EADDRINUSE/)
  })

  it('do not answer GRE where there is no host', async () => {
    const { clock, client } = twoHosts()
    const socket = await client.openGre('10.0.0.9')
    const errors: string[] = []
    socket.onError(({ code }) => errors.push(code))
    socket.send(new Uint8Array(20))
    await clock.run(clock.sleep(100))
    expect(errors).toEqual([])
  })
})

describe('a play on the simulated network', () => {
  it('is the same every time', async () => {
    const play = async (): Promise<unknown[]> => {
      const log: unknown[] = []
      const set = twoHosts()
      await set.clock.run(
        (async () => {
          const { near, far } = await connect(set)
          const gre = await set.client.openGre(SERVER)
          const peer = await set.server.openGre(CLIENT)
          peer.onPacket((packet) => peer.send(packet))
          gre.onPacket((packet) => log.push(['gre', set.clock.now(), ...packet]))
          far.onEvent((event) => {
            log.push(['far', set.clock.now(), event])
            if (event.kind === 'data') far.send(event.octets)
          })
          near.onEvent((event) => log.push(['near', set.clock.now(), event]))
          for (let round = 0; round < 20; round++) {
            near.send(Uint8Array.of(round))
            gre.send(Uint8Array.of(round))
            await set.clock.sleep(round % 3)
          }
          near.reset()
          await set.clock.sleep(10)
        })(),
      )
      return log
    }
    const first = await play()
    expect(first.length).toBeGreaterThan(50)
    expect(await play()).toEqual(first)
  })
})
