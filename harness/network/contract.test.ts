import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { EnvironmentError, UsageError } from '../errors/errors.ts'
import { type GreSocket, isConnection, type Network, type TcpConnection, type TcpEvent } from './network.ts'
import { canOpenRawGre } from './raw-gre.ts'
import { serveRelay } from './relay/end.ts'
import { createRelay } from './relay/host.ts'
import { createSimulatedNetwork } from './simulated.ts'
import { createSystemNetwork } from './system.ts'
import { loopbackAddresses } from './testing/loopback.ts'
import { createVirtualClock } from './virtual-clock.ts'

/** Two hosts that reach each other, on any kind of network. */
interface Pair {
  readonly here: Network
  readonly there: Network
  /** Runs a play to its end on the network's clock; rejects when the play does. */
  run<T>(play: () => Promise<T>): Promise<T>
}

const [HERE, THERE, ELSEWHERE] = loopbackAddresses()

const networks: { name: string; noGre: string | undefined; pair: () => Pair }[] = [
  {
    name: 'SystemNetwork',
    noGre: missingRawSockets(),
    pair: () => ({ here: createSystemNetwork(), there: createSystemNetwork(), run: (play) => play() }),
  },
  {
    name: 'A network through a relay',
    noGre: missingRawSockets(),
    pair: () => ({ here: relayed(), there: relayed(), run: (play) => play() }),
  },
  {
    name: 'SimulatedNetwork',
    noGre: undefined,
    pair: () => {
      const clock = createVirtualClock()
      const world = createSimulatedNetwork({ clock })
      return { here: world.host(HERE, ELSEWHERE), there: world.host(THERE), run: (play) => clock.run(play()) }
    },
  },
]

describe.each(networks)('$name keeps the contract of Network', ({ noGre, pair }) => {
  let world: Pair

  beforeEach(() => {
    world = pair()
  })
  afterEach(async () => {
    await world.run(() => Promise.all([world.here.close(), world.there.close()]))
  })

  const connected = async (): Promise<{ client: TcpConnection; server: TcpConnection }> => {
    const accepted = arrival<TcpConnection>()
    const listener = await world.there.listen({ address: THERE, port: 0 }, accepted.put)
    const client = await world.here.connect(listener.local, { from: HERE, timeout: 1_000 })
    if (!isConnection(client)) throw new Error(`no connection: ${client.detail}`)
    const server = await accepted.next()
    await listener.close()
    return { client, server }
  }

  describe('TCP', () => {
    it('connects from the address asked for, and both ends agree on the endpoints', () =>
      world.run(async () => {
        const { client, server } = await connected()
        expect(client.local.address).toBe(HERE)
        expect(client.remote.address).toBe(THERE)
        expect(server.local).toEqual(client.remote)
        expect(server.remote).toEqual(client.local)
      }))

    it('connects from the port asked for', () =>
      world.run(async () => {
        const accepted = arrival<TcpConnection>()
        const listener = await world.there.listen({ address: THERE, port: 0 }, accepted.put)
        const free = await world.here.listen({ address: HERE, port: 0 }, () => {})
        await free.close()
        const from = { from: HERE, fromPort: free.local.port, timeout: 1_000 }
        const client = await world.here.connect(listener.local, from)
        if (!isConnection(client)) throw new Error(`no connection: ${client.detail}`)
        expect(client.local).toEqual(free.local)
        expect((await accepted.next()).remote).toEqual(free.local)
        await listener.close()
      }))

    it('returns a failure where no listener is', () =>
      world.run(async () => {
        const listener = await world.there.listen({ address: THERE, port: 0 }, () => {})
        await listener.close()
        const result = await world.here.connect(listener.local, { from: HERE, timeout: 1_000 })
        expect(result).toEqual({ kind: 'refused', detail: 'ECONNREFUSED' })
      }))

    it('refuses to connect from an address that is not its own', () =>
      world.run(async () => {
        const attempt = world.here.connect(
          { address: THERE, port: 1723 },
          { from: '192.0.2.1', timeout: 1_000 },
        )
        await expect(attempt).rejects.toThrow(EnvironmentError)
      }))

    it('refuses to listen on a port in use, and listens again once it is free', () =>
      world.run(async () => {
        const first = await world.there.listen({ address: THERE, port: 0 }, () => {})
        const second = world.there.listen(first.local, () => {})
        await expect(second).rejects.toThrow(`Cannot listen on ${THERE}:${first.local.port}: EADDRINUSE`)
        await expect(second).rejects.toMatchObject({ remedy: expect.stringContaining('port') })
        await first.close()
        const third = await world.there.listen(first.local, () => {})
        expect(third.local).toEqual(first.local)
      }))

    it('hands connections to the listener for their address, and resets the others', () =>
      world.run(async () => {
        const free = await world.there.listen({ address: THERE, port: 0 }, () => {})
        await free.close()
        const [first, second] = [arrival<TcpConnection>(), arrival<TcpConnection>()]
        const one = await world.there.listen(free.local, first.put, { from: HERE })
        const other = await world.there.listen(free.local, second.put, { from: ELSEWHERE })
        expect([one.local, other.local]).toEqual([free.local, free.local])
        const again = world.there.listen(free.local, () => {}, { from: HERE })
        await expect(again).rejects.toThrow('EADDRINUSE')
        await expect(world.there.listen(free.local, () => {})).rejects.toThrow('EADDRINUSE')

        for (const [from, accepted] of [
          [ELSEWHERE, second],
          [HERE, first],
        ] as const) {
          await world.here.connect(free.local, { from, timeout: 1_000 })
          expect((await accepted.next()).remote.address).toBe(from)
        }

        await one.close()
        await one.close()
        const stranger = await world.here.connect(free.local, { from: HERE, timeout: 1_000 })
        // The reset may arrive before the client's handshake is over.
        if (isConnection(stranger)) {
          const events = arrival<TcpEvent>()
          stranger.onEvent(events.put)
          expect((await events.next()).kind).toBe('reset')
        } else expect(stranger.detail).toBe('ECONNRESET')

        await other.close()
        const refused = await world.here.connect(free.local, { from: HERE, timeout: 1_000 })
        expect(refused).toMatchObject({ kind: 'refused' })
        const anew = await world.there.listen(free.local, () => {}, { from: HERE })
        expect(anew.local).toEqual(free.local)
      }))

    it('listens for another address at once where the last listener has just closed', () =>
      world.run(async () => {
        const free = await world.there.listen({ address: THERE, port: 0 }, () => {})
        await free.close()
        const one = await world.there.listen(free.local, () => {}, { from: HERE })
        // Lanes open and close listeners without waiting for each other.
        const gone = one.close()
        const other = await world.there.listen(free.local, () => {}, { from: ELSEWHERE })
        await gone
        expect(other.local).toEqual(free.local)
      }))

    it('refuses to listen on an address that is not its own', () =>
      world.run(async () => {
        const attempt = world.there.listen({ address: '192.0.2.1', port: 0 }, () => {})
        await expect(attempt).rejects.toThrow(/EADDRNOTAVAIL/)
      }))

    it('keeps accepted connections when the listener closes', () =>
      world.run(async () => {
        const { client, server } = await connected()
        const seen = record(server)
        client.send(octets(1, 2, 3))
        await seen.until(() => seen.received() === 3)
        expect([...seen.octets()]).toEqual([1, 2, 3])
      }))

    it('carries octets both ways, in order and whole', () =>
      world.run(async () => {
        const { client, server } = await connected()
        const atServer = record(server)
        const atClient = record(client)
        const large = Uint8Array.from({ length: 300_000 }, (_, at) => at % 251)
        client.send(large)
        client.send(octets(9))
        server.send(octets(4, 5))
        await atServer.until(() => atServer.received() === large.length + 1)
        await atClient.until(() => atClient.received() === 2)
        expect(atServer.octets().equals(Buffer.concat([large, octets(9)]))).toBe(true)
        expect([...atClient.octets()]).toEqual([4, 5])
      }))

    it('copies the octets that it sends', () =>
      world.run(async () => {
        const { client, server } = await connected()
        const seen = record(server)
        const message = octets(1, 2, 3)
        client.send(message)
        message.fill(0)
        await seen.until(() => seen.received() === 3)
        expect([...seen.octets()]).toEqual([1, 2, 3])
      }))

    it('keeps events until there is a listener', () =>
      world.run(async () => {
        const { client, server } = await connected()
        const atClient = record(client)
        client.send(octets(1))
        client.end()
        server.send(octets(2))
        await atClient.until(() => atClient.received() === 1)
        const seen = record(server)
        await seen.until(() => seen.kinds().includes('end'))
        expect(seen.kinds()).toEqual(['data', 'end'])
      }))

    it('reports FIN as end, and the other direction stays open', () =>
      world.run(async () => {
        const { client, server } = await connected()
        const atServer = record(server)
        const atClient = record(client)
        client.end()
        await atServer.until(() => atServer.kinds().includes('end'))
        server.send(octets(7, 8))
        await atClient.until(() => atClient.received() === 2)
        expect(atClient.kinds()).toEqual(['data'])
        server.end()
        await atClient.until(() => atClient.kinds().includes('closed'))
        await atServer.until(() => atServer.kinds().includes('closed'))
        expect(atClient.kinds()).toEqual(['data', 'end', 'closed'])
        expect(atServer.kinds()).toEqual(['end', 'closed'])
      }))

    it('reports RST as reset at the other end, and only as closed at the end that sent it', () =>
      world.run(async () => {
        const { client, server } = await connected()
        const atServer = record(server)
        const atClient = record(client)
        client.reset()
        await atServer.until(() => atServer.kinds().includes('closed'))
        await atClient.until(() => atClient.kinds().includes('closed'))
        expect(atServer.events).toEqual([{ kind: 'reset', detail: 'ECONNRESET' }, { kind: 'closed' }])
        expect(atClient.events).toEqual([{ kind: 'closed' }])
      }))

    it('reports only the close after it has reset a connection, whatever is under way', () =>
      world.run(async () => {
        const { client, server } = await connected()
        const atClient = record(client)
        const atServer = record(server)
        server.send(octets(1))
        await atClient.until(() => atClient.received() === 1)
        server.send(octets(2, 3))
        server.end()
        client.reset()
        await atClient.until(() => atClient.kinds().includes('closed'))
        await atServer.until(() => atServer.kinds().includes('closed'))
        expect(atClient.kinds()).toEqual(['data', 'closed'])
        expect(atClient.received()).toBe(1)
      }))

    it('reports nothing while reading is paused, even if octets have arrived', () =>
      world.run(async () => {
        const { client, server } = await connected()
        const seen = record(server)
        const atClient = record(client)
        client.send(octets(1))
        await seen.until(() => seen.received() === 1)
        client.send(octets(2))
        server.pause(true)
        server.send(octets(9))
        await atClient.until(() => atClient.received() === 1)
        expect(seen.received()).toBe(1)
        server.pause(false)
        await seen.until(() => seen.received() === 2)
      }))

    it('does nothing on a connection that has ended', () =>
      world.run(async () => {
        const { client, server } = await connected()
        const atServer = record(server)
        const atClient = record(client)
        client.end()
        client.send(octets(1))
        client.end()
        server.end()
        await atClient.until(() => atClient.kinds().includes('closed'))
        await atServer.until(() => atServer.kinds().includes('closed'))
        client.send(octets(1))
        client.end()
        client.reset()
        client.pause(true)
        client.pause(false)
        server.reset()
        expect(atClient.kinds()).toEqual(['end', 'closed'])
        expect(atServer.kinds()).toEqual(['end', 'closed'])
      }))

    it('stalls a sender whose peer does not read, and loses nothing', () =>
      world.run(async () => {
        const { client, server } = await connected()
        const seen = record(server)
        const atClient = record(client)
        server.pause(true)
        const chunk = new Uint8Array(100_000).fill(5)
        for (let count = 0; count < 10; count++) client.send(chunk)
        server.send(octets(1))
        await atClient.until(() => atClient.received() === 1)
        expect(seen.kinds()).toEqual([])
        server.pause(false)
        await seen.until(() => seen.received() === 1_000_000)
        expect(seen.octets().equals(Buffer.alloc(1_000_000, 5))).toBe(true)
      }))

    it('resets every connection when the network is closed', () =>
      world.run(async () => {
        const { client, server } = await connected()
        const atServer = record(server)
        const atClient = record(client)
        await world.here.close()
        await atServer.until(() => atServer.kinds().includes('closed'))
        expect(atServer.kinds()).toEqual(['reset', 'closed'])
        expect(atClient.kinds()).toEqual(['closed'])
      }))
  })

  describe.skipIf(noGre !== undefined)(`GRE${noGre === undefined ? '' : ` (${noGre})`}`, () => {
    const tunnel = async (): Promise<{ ours: GreSocket; theirs: GreSocket }> => ({
      ours: await world.here.openGre(THERE, { from: HERE }),
      theirs: await world.there.openGre(HERE, { from: THERE }),
    })

    it('carries packets both ways, without IP header', () =>
      world.run(async () => {
        const { ours, theirs } = await tunnel()
        expect([ours.local, ours.remote, theirs.local, theirs.remote]).toEqual([HERE, THERE, THERE, HERE])
        const atTheirs = arrival<Uint8Array>()
        const atOurs = arrival<Uint8Array>()
        theirs.onPacket(atTheirs.put)
        ours.onPacket(atOurs.put)
        ours.send(octets(0x30, 0x01, 0x88, 0x0b, 0, 0, 0, 1))
        expect(await atTheirs.next()).toEqual(octets(0x30, 0x01, 0x88, 0x0b, 0, 0, 0, 1))
        theirs.send(octets(1, 2, 3))
        expect(await atOurs.next()).toEqual(octets(1, 2, 3))
      }))

    it.each([0, 1, 8, 1_500, 8_192, 65_515])('carries a packet of %i octets', (size) =>
      world.run(async () => {
        const { ours, theirs } = await tunnel()
        const seen = arrival<Uint8Array>()
        theirs.onPacket(seen.put)
        const packet = Uint8Array.from({ length: size }, (_, at) => at % 253)
        ours.send(packet)
        expect(Buffer.from(await seen.next()).equals(packet)).toBe(true)
      }),
    )

    it('reports a packet that is too long', () =>
      world.run(async () => {
        const { ours } = await tunnel()
        const errors = arrival<{ code: string }>()
        ours.onError(errors.put)
        ours.send(new Uint8Array(65_516))
        expect(await errors.next()).toEqual({ code: 'EMSGSIZE' })
      }))

    it('keeps packets, in order, until there is a listener', () =>
      world.run(async () => {
        const { ours, theirs } = await tunnel()
        const answered = arrival<Uint8Array>()
        ours.onPacket(answered.put)
        for (let count = 0; count < 100; count++) ours.send(octets(count))
        // A second socket for the same path shows when the packets have arrived.
        const witness = await world.there.openGre(HERE, { from: THERE })
        witness.onPacket(() => witness.send(octets(1)))
        ours.send(octets(100))
        await answered.next()
        const seen: number[] = []
        theirs.onPacket((packet) => seen.push(packet[0] ?? -1))
        expect(seen).toEqual(Array.from({ length: 101 }, (_, at) => at))
      }))

    it.each([
      ['in-order', 8, 100],
      ['in-order', 24, 1_532],
      ['in-order', 1_480, 65_515],
      ['reversed', 8, 100],
      ['reversed', 24, 1_532],
      ['reversed', 1_480, 65_515],
      ['reversed', 4_096, 64],
    ] as const)('carries a packet in fragments, %s, of %i octets each', (order, size, length) =>
      world.run(async () => {
        const { ours, theirs } = await tunnel()
        const seen = arrival<Uint8Array>()
        theirs.onPacket(seen.put)
        const packet = Uint8Array.from({ length }, (_, at) => at % 253)
        ours.send(packet, { fragments: { size, order } })
        ours.send(octets(1))
        const [first, second] = [await seen.next(), await seen.next()]
        expect(Buffer.from(first).equals(packet)).toBe(true)
        expect(second).toEqual(octets(1))
      }),
    )

    it('refuses sizes that fragments cannot have', () =>
      world.run(async () => {
        const { ours } = await tunnel()
        for (const size of [0, -8, 12, Number.NaN])
          expect(() => ours.send(octets(1), { fragments: { size, order: 'in-order' } })).toThrow(RangeError)
      }))

    it.each([
      ['whole', {}],
      ['in fragments', { fragments: { size: 8, order: 'reversed' } }],
    ] as const)('sends from a false address, %s: only the socket for that address gets it', (_, how) =>
      world.run(async () => {
        const { ours, theirs } = await tunnel()
        const stranger = await world.there.openGre(ELSEWHERE, { from: THERE })
        const atTheirs = arrival<Uint8Array>()
        const atStranger = arrival<Uint8Array>()
        theirs.onPacket(atTheirs.put)
        stranger.onPacket(atStranger.put)
        ours.send(new Uint8Array(20).fill(66), { ...how, source: ELSEWHERE })
        ours.send(octets(1))
        expect(await atStranger.next()).toEqual(new Uint8Array(20).fill(66))
        expect(await atTheirs.next()).toEqual(octets(1))
        expect(() => ours.send(octets(1), { source: 'nobody' })).toThrow(UsageError)
      }),
    )

    it('receives only from the address that it was opened for', () =>
      world.run(async () => {
        const { ours, theirs } = await tunnel()
        const seen = arrival<Uint8Array>()
        theirs.onPacket(seen.put)
        const stranger = await world.here.openGre(THERE, { from: ELSEWHERE })
        stranger.send(octets(66))
        ours.send(octets(1))
        expect(await seen.next()).toEqual(octets(1))
      }))

    it('reports a remote end without a GRE socket, and still sends afterwards', () =>
      world.run(async () => {
        const ours = await world.here.openGre(THERE, { from: HERE })
        const errors = arrival<{ code: string }>()
        ours.onError(errors.put)
        // The kernel ignores ICMP that quotes fewer than eight octets of the packet.
        ours.send(new Uint8Array(8))
        expect(await errors.next()).toEqual({ code: 'ENOPROTOOPT' })
        const theirs = await world.there.openGre(HERE, { from: THERE })
        const seen = arrival<Uint8Array>()
        theirs.onPacket(seen.put)
        ours.send(octets(2))
        expect(await seen.next()).toEqual(octets(2))
      }))

    it('delivers nothing after close, and may be closed twice', () =>
      world.run(async () => {
        const { ours, theirs } = await tunnel()
        const witness = await world.there.openGre(HERE, { from: THERE })
        const atWitness = arrival<Uint8Array>()
        witness.onPacket(atWitness.put)
        let seen = 0
        theirs.onPacket(() => {
          seen++
          theirs.close()
        })
        ours.send(octets(1))
        ours.send(octets(2))
        await atWitness.next()
        await atWitness.next()
        theirs.close()
        theirs.send(octets(3))
        expect(seen).toBe(1)
      }))
  })
})

/** Creates a network whose sockets the other half of a tester holds, at the other end of a pipe. */
function relayed(): Network {
  let hear: (octets: Uint8Array) => void = () => {}
  const end = serveRelay(
    createSystemNetwork,
    inOnePiece((octets) => hear(octets)),
  )
  const relay = createRelay({
    write: inOnePiece(end.push),
    onOctets: (listener) => {
      hear = listener
    },
    onEnd: () => {},
  })
  return relay.openNetwork()
}

/** Delivers all octets of one turn of the event loop together, as a pipe does. */
function inOnePiece(deliver: (octets: Uint8Array) => void): (octets: Uint8Array) => void {
  let pieces: Uint8Array[] = []
  return (octets) => {
    if (pieces.push(octets) > 1) return
    setImmediate(() => {
      const all = Buffer.concat(pieces)
      pieces = []
      deliver(all)
    })
  }
}

function octets(...values: number[]): Uint8Array {
  return Uint8Array.from(values)
}

/** Creates a queue: `next` resolves with the items of `put`, each once and in order. */
function arrival<T>(): { put(item: T): void; next(): Promise<T> } {
  const items: T[] = []
  const waiting: ((item: T) => void)[] = []
  return {
    put(item) {
      const first = waiting.shift()
      if (first === undefined) items.push(item)
      else first(item)
    },
    next() {
      const item = items.shift()
      return item === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(item)
    },
  }
}

/** Records the events of a connection; `until` waits until they fulfil a condition. */
function record(connection: TcpConnection) {
  const events: TcpEvent[] = []
  let check = (): void => {}
  connection.onEvent((event) => {
    events.push(event)
    check()
  })
  return {
    events,
    octets: () => Buffer.concat(events.flatMap((event) => (event.kind === 'data' ? [event.octets] : []))),
    /** How many octets arrived. */
    received: () => events.reduce((sum, event) => sum + (event.kind === 'data' ? event.octets.length : 0), 0),
    /** Kinds of events, several `data` in a row as one: networks cut octets differently. */
    kinds: () =>
      events.map((event) => event.kind).filter((kind, at, all) => kind !== 'data' || all[at - 1] !== 'data'),
    until(condition: () => boolean): Promise<void> {
      return new Promise((resolve) => {
        check = () => {
          if (condition()) resolve()
        }
        check()
      })
    },
  }
}

/** Returns why raw sockets cannot be tested. PPTPSPEC_REQUIRE_RAW=1 makes tests fail instead. */
function missingRawSockets(): string | undefined {
  const ability = canOpenRawGre()
  if (ability.ok || process.env.PPTPSPEC_REQUIRE_RAW === '1') return undefined
  return ability.reason
}
