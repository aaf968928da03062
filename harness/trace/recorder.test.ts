import { expect, test } from 'vitest'
import type { GreSocket, IpCarriage, Network, TcpConnection, TcpEvent } from '../network/network.ts'
import { type RecordedConnection, recordNetwork } from './recorder.ts'

/** A network whose far end is played by the test. */
function scriptedNetwork() {
  let now = 100
  const connections: { emit(event: TcpEvent): void; sent: Uint8Array[]; resets: number }[] = []
  const gre: {
    emit(packet: Uint8Array): void
    fail(code: string): void
    readonly carriages: (IpCarriage | undefined)[]
  }[] = []
  function connection(): TcpConnection {
    let listener: (event: TcpEvent) => void = () => {}
    const handle = { emit: (event: TcpEvent) => listener(event), sent: [] as Uint8Array[], resets: 0 }
    connections.push(handle)
    return {
      local: { address: '192.0.2.1', port: 40_000 },
      remote: { address: '192.0.2.2', port: 1723 },
      send: (octets) => handle.sent.push(octets),
      end() {},
      reset() {
        handle.resets++
        listener({ kind: 'closed' })
      },
      pause() {},
      onEvent(next) {
        listener = next
      },
    }
  }
  let accept: (connection: TcpConnection) => void = () => {}
  const network: Network = {
    clock: {
      now: () => now,
      after: () => ({ cancel() {} }),
      sleep: async () => {},
    },
    connect: async (remote) =>
      remote.port === 1 ? { kind: 'refused', detail: 'ECONNREFUSED' } : connection(),
    async listen(local, next) {
      accept = next
      return { local, close: async () => {} }
    },
    async openGre(remote): Promise<GreSocket> {
      let onPacket: (packet: Uint8Array) => void = () => {}
      let onError: (error: { code: string }) => void = () => {}
      const carriages: (IpCarriage | undefined)[] = []
      gre.push({ emit: (packet) => onPacket(packet), fail: (code) => onError({ code }), carriages })
      return {
        local: '192.0.2.1',
        remote,
        send(_, carriage) {
          carriages.push(carriage)
        },
        onPacket(next) {
          onPacket = next
        },
        onError(next) {
          onError = next
        },
        close() {},
      }
    },
    close: async () => {},
  }
  return {
    network,
    connections,
    gre,
    accept: () => accept(connection()),
    pass: (ms: number) => {
      now += ms
    },
  }
}

const TARGET = { address: '192.0.2.2', port: 1723 }

test('records both directions before any listener gets them, with ms since the beginning', async () => {
  const far = scriptedNetwork()
  const recorder = recordNetwork(far.network, { startedAt: 5 })
  const result = await recorder.network.connect(TARGET, { timeout: 1 })
  if (!('send' in result)) throw new Error('not connected')
  const seen: number[] = []
  result.onEvent((_, entry) => seen.push(entry))
  far.pass(7)
  const own = Uint8Array.of(1)
  result.send(own)
  own[0] = 9
  far.connections[0]?.emit({ kind: 'data', octets: Uint8Array.of(2) })
  result.end()
  result.send(Uint8Array.of(3))
  far.connections[0]?.emit({ kind: 'end' })
  far.connections[0]?.emit({ kind: 'closed' })
  expect(recorder.trace()).toMatchObject({
    startedAt: 5,
    entries: [
      { index: 0, at: 0, kind: 'tcp-open', connection: 1, opener: 'tester' },
      { index: 1, at: 7, kind: 'tcp-data', from: 'tester', octets: Uint8Array.of(1) },
      { index: 2, kind: 'tcp-data', from: 'iut', octets: Uint8Array.of(2) },
      { index: 3, kind: 'tcp-end', from: 'tester' },
      { index: 4, kind: 'tcp-end', from: 'iut' },
    ],
  })
  expect(seen).toEqual([2, 4, 4])
})

test('keeps events that arrive before there is a listener, and later passes them on with their entry', async () => {
  const far = scriptedNetwork()
  const recorder = recordNetwork(far.network, { startedAt: 0 })
  let accepted: RecordedConnection | undefined
  await recorder.network.listen({ address: '0.0.0.0', port: 1723 }, (connection) => {
    accepted = connection
  })
  far.accept()
  far.connections[0]?.emit({ kind: 'data', octets: Uint8Array.of(1) })
  recorder.note('later')
  const entries: number[] = []
  accepted?.onEvent((_, entry) => entries.push(entry))
  expect(entries).toEqual([1])
  expect(recorder.trace().entries[0]).toMatchObject({ kind: 'tcp-open', opener: 'iut' })

  const socket = await recorder.network.openGre('192.0.2.2')
  far.gre[0]?.emit(Uint8Array.of(3))
  far.gre[0]?.emit(Uint8Array.of(4))
  recorder.note('later still')
  const packets: (readonly [octet: number | undefined, entry: number])[] = []
  socket.onPacket(([octet], entry) => packets.push([octet, entry]))
  far.gre[0]?.emit(Uint8Array.of(5))
  expect(packets).toEqual([
    [3, 3],
    [4, 4],
    [5, 6],
  ])
})

test('records refusals, GRE, its errors, notes and the connections that closing resets', async () => {
  const far = scriptedNetwork()
  const recorder = recordNetwork(far.network, { startedAt: 0 })
  await recorder.network.connect({ address: '192.0.2.2', port: 1 }, { timeout: 1 })
  await recorder.network.connect(TARGET, { timeout: 1 })
  const socket = await recorder.network.openGre('192.0.2.2')
  socket.send(Uint8Array.of(1, 2))
  far.gre[0]?.emit(Uint8Array.of(3))
  far.gre[0]?.fail('ENOPROTOOPT')
  recorder.note('x'.repeat(5000))
  await recorder.network.close()
  expect(recorder.trace().entries.map((entry) => entry.kind)).toEqual([
    'tcp-refused',
    'tcp-open',
    'gre',
    'gre',
    'gre-error',
    'note',
    'tcp-reset',
  ])
  expect(recorder.trace().entries[6]).toMatchObject({ from: 'tester', detail: 'the scenario is over' })
  expect(recorder.trace().entries[5]).toMatchObject({ text: expect.stringMatching(/^x{2000}…$/) })
})

test('records the claimed source address and the fragmentation of a packet, and passes both to the network', async () => {
  const far = scriptedNetwork()
  const recorder = recordNetwork(far.network, { startedAt: 0 })
  const socket = await recorder.network.openGre('192.0.2.2')
  const fragments = { size: 8, order: 'reversed' } as const
  socket.send(new Uint8Array(9), { fragments })
  socket.send(new Uint8Array(3), { source: '192.0.2.77' })
  const common = { kind: 'gre', from: 'tester', iut: '192.0.2.2' }
  expect(recorder.trace().entries).toMatchObject([
    { ...common, tester: '192.0.2.1', octets: new Uint8Array(9), fragments },
    { ...common, tester: '192.0.2.77', octets: new Uint8Array(3) },
  ])
  expect(far.gre[0]?.carriages).toEqual([{ fragments }, { source: '192.0.2.77' }])
})

test('keeps a copy of octets that are sent, and the array itself of octets that are handed over', async () => {
  const far = scriptedNetwork()
  const recorder = recordNetwork(far.network, { startedAt: 0 })
  const socket = await recorder.network.openGre('192.0.2.2')
  const sent = Uint8Array.of(1, 2)
  socket.send(sent)
  sent.fill(9)
  const handedOver = Uint8Array.of(3, 4)
  socket.handOver(handedOver)
  socket.close()
  socket.handOver(Uint8Array.of(5))
  const octets = recorder.trace().entries.map((entry) => entry.kind === 'gre' && entry.octets)
  expect(octets).toEqual([Uint8Array.of(1, 2), Uint8Array.of(3, 4)])
  expect(octets[1]).toBe(handedOver)
  expect(far.gre[0]?.carriages).toEqual([undefined, undefined, undefined])
})

test('records the decision about a packet that is handed over to an impaired path', async () => {
  const far = scriptedNetwork()
  const impairment = { seed: 1, send: { loss: 1 } }
  const recorder = recordNetwork(far.network, { startedAt: 0, impairment })
  const socket = await recorder.network.openGre('192.0.2.2')
  socket.handOver(Uint8Array.of(1, 2))
  expect(recorder.trace().entries).toMatchObject([
    { kind: 'gre', from: 'tester', octets: Uint8Array.of(1, 2), only: 'sent' },
    { kind: 'impairment', action: 'lose' },
  ])
  expect(far.gre[0]?.carriages).toEqual([])
})

test('packets that our own full socket loses are reported: the implementation did not lose them', async () => {
  const far = scriptedNetwork()
  const recorder = recordNetwork(far.network, { startedAt: 0 })
  await recorder.network.openGre('192.0.2.2')
  far.gre[0]?.fail('ENOPROTOOPT')
  expect(recorder.overflow()).toBeUndefined()
  far.gre[0]?.fail('EOVERFLOW')
  expect(recorder.overflow()).toBe(
    'packets were lost in the tester: the receive buffer of its socket was full',
  )
  expect(recorder.trace().entries.at(-1)).toMatchObject({ kind: 'gre-error', detail: 'EOVERFLOW' })
})

test('a flood fills the trace, ends the connections and is reported', async () => {
  const far = scriptedNetwork()
  const recorder = recordNetwork(far.network, { startedAt: 0, limits: { entries: 4, octets: 1000 } })
  const result = await recorder.network.connect(TARGET, { timeout: 1 })
  if (!('send' in result)) throw new Error('not connected')
  const heard: (readonly [kind: string, entry: number])[] = []
  result.onEvent((event, entry) => heard.push([event.kind, entry]))
  for (let i = 0; i < 10; i++) far.connections[0]?.emit({ kind: 'data', octets: new Uint8Array(10) })
  expect(recorder.overflow()).toMatch(/full: 4 entries, 30 octets/)
  expect(recorder.trace().entries).toHaveLength(5)
  expect(recorder.trace().entries.at(-1)).toMatchObject({
    kind: 'note',
    text: expect.stringContaining('trace is full'),
  })
  expect(far.connections[0]?.resets).toBe(1)
  far.connections[0]?.emit({ kind: 'end' })
  expect(heard).toEqual([
    ['data', 1],
    ['data', 2],
    ['data', 3],
    ['closed', 4],
    ['end', 4],
  ])
  expect(recorder.note('more')).toBe(recorder.trace().entries.at(-1))
})
