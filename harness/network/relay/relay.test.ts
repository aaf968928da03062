import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { EnvironmentError } from '../../errors/errors.ts'
import type { Network, TcpConnection, TcpEvent } from '../network.ts'
import { createSimulatedNetwork } from '../simulated.ts'
import { createVirtualClock } from '../virtual-clock.ts'
import { type RelayEnd, serveRelay } from './end.ts'
import { COMMANDS, createFrameReader, type Frame, frameOctets, jsonFrame, REPORTS } from './frames.ts'
import { createRelay } from './host.ts'

const HERE = '10.0.0.1'
const THERE = '10.0.0.2'

describe('frames', () => {
  const frame = fc.record({
    kind: fc.integer({ min: 0, max: 255 }),
    id: fc.integer({ min: 0, max: 0xffff_ffff }),
    payload: fc.uint8Array({ maxLength: 200 }),
  })

  it('are read as they were written, however the stream is cut', () => {
    const pieces = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 20 }), pieces, (frames, sizes) => {
        const stream = Buffer.concat(frames.map(({ kind, id, payload }) => frameOctets(kind, id, payload)))
        const read: Frame[] = []
        const reader = createFrameReader((one) => void read.push(one))
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1
          reader.push(stream.subarray(at, at + size))
          at += size
        }
        expect(read).toEqual(frames)
      }),
    )
  })

  it.each([
    ['shorter than its kind and number', [0, 0, 0, 4]],
    ['longer than the limit', [0x40, 0, 0, 0]],
  ])('are refused when one is %s', (_, octets) => {
    expect(() => createFrameReader(() => {}).push(Uint8Array.from(octets))).toThrow(RangeError)
  })
})

/** Creates both halves of a tester in a simulated world, and a pipe between them. */
function halves() {
  const world = createSimulatedNetwork({ clock: createVirtualClock() })
  let hear: (octets: Uint8Array) => void = () => {}
  let end: (why: string) => void = () => {}
  const opened: Network[] = []
  const served: RelayEnd = serveRelay(
    () => {
      const network = world.host(HERE)
      opened.push(network)
      return network
    },
    (octets) => hear(octets),
  )
  const relay = createRelay({
    write: (octets) => served.push(octets),
    onOctets(listener) {
      hear = listener
    },
    onEnd(listener) {
      end = listener
    },
  })
  return {
    relay,
    served,
    peer: world.host(THERE),
    opened,
    hear: (octets: Uint8Array) => hear(octets),
    lose: (why: string) => end(why),
  }
}

describe('a relay whose other half is lost', () => {
  it('rejects pending and later requests, and keeps the first reason', async () => {
    const { relay, peer, lose } = halves()
    const accepted: TcpConnection[] = []
    await peer.listen({ address: THERE, port: 1723 }, (connection) => void accepted.push(connection))
    const network = relay.openNetwork()
    const connecting = network.connect({ address: THERE, port: 1723 }, { timeout: 1_000 })
    const body = relay.whileAlive(() => new Promise<never>(() => {}))
    lose('its container has ended')
    lose('and again')
    await expect(connecting).rejects.toThrow('is lost: its container has ended')
    await expect(body).rejects.toThrow(EnvironmentError)
    await expect(network.openGre(THERE)).rejects.toThrow(EnvironmentError)
    await expect(relay.whileAlive(async () => 1)).rejects.toThrow(EnvironmentError)
    await expect(relay.ready).rejects.toThrow(EnvironmentError)
    await network.close()
    expect(relay.lost()).toBe('its container has ended')
  })

  it('is lost when it sends octets that are not frames', () => {
    const { relay, hear } = halves()
    hear(Uint8Array.of(0xff, 0, 0, 0))
    expect(relay.lost()).toMatch(/sent octets that are not frames/)
  })

  it('keeps earlier events of its connections, and reports no later ones', async () => {
    const { relay, lose, hear } = halves()
    const network = relay.openNetwork()
    const connecting = network.connect({ address: THERE, port: 1723 }, { timeout: 1_000 })
    const ends = { local: { address: HERE, port: 1 }, remote: { address: THERE, port: 1723 } }
    // The network has number 2, and the connection number 4.
    hear(jsonFrame(REPORTS.opened, 4, ends))
    const connection = (await connecting) as TcpConnection
    const events: TcpEvent[] = []
    hear(frameOctets(REPORTS.data, 4, Uint8Array.of(1)))
    connection.onEvent((event) => void events.push(event))
    lose('killed')
    hear(frameOctets(REPORTS.closed, 4))
    connection.send(Uint8Array.of(1))
    connection.reset()
    expect(events).toEqual([{ kind: 'data', octets: Uint8Array.of(1) }])
  })
})

describe('a connection at the other end of a relay', () => {
  async function connected() {
    const { relay, hear } = halves()
    const connecting = relay.openNetwork().connect({ address: THERE, port: 1723 }, { timeout: 1_000 })
    const ends = { local: { address: HERE, port: 1 }, remote: { address: THERE, port: 1723 } }
    hear(jsonFrame(REPORTS.opened, 4, ends))
    const connection = (await connecting) as TcpConnection
    const kinds: string[] = []
    connection.onEvent(({ kind }) => void kinds.push(kind))
    return { connection, kinds, report: (kind: number) => hear(frameOctets(kind, 4, Uint8Array.of(1))) }
  }

  it('reports only its close once it is reset, whatever was under way', async () => {
    const { connection, kinds, report } = await connected()
    report(REPORTS.data)
    connection.reset()
    for (const kind of [REPORTS.data, REPORTS.end, REPORTS.reset, REPORTS.closed]) report(kind)
    expect(kinds).toEqual(['data', 'closed'])
  })

  it('keeps events that arrive while reading is paused, until it resumes', async () => {
    const { connection, kinds, report } = await connected()
    connection.pause(true)
    report(REPORTS.data)
    report(REPORTS.end)
    expect(kinds).toEqual([])
    connection.pause(false)
    expect(kinds).toEqual(['data', 'end'])
    report(REPORTS.closed)
    expect(kinds).toEqual(['data', 'end', 'closed'])
  })
})

it('ignores reports about closed sockets, and resets connections accepted by a closed listener', () => {
  const { relay, served, hear } = halves()
  relay.openNetwork()
  const push = vi.spyOn(served, 'push')
  hear(frameOctets(REPORTS.data, 77, Uint8Array.of(1)))
  hear(
    jsonFrame(REPORTS.accepted, 5, {
      listener: 78,
      local: { address: HERE, port: 1723 },
      remote: { address: THERE, port: 9 },
    }),
  )
  expect(push.mock.calls).toEqual([[frameOctets(COMMANDS.reset, 5)]])
})
