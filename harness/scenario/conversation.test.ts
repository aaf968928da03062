import { describe, expect, test } from 'vitest'
import { controlMessage, type DecodedMessage, decodeControl, encodeControl } from '../protocol/control.ts'
import { encodeGre, grePacket } from '../protocol/gre.ts'
import type { BodyValues, ControlMessage, MessageName } from '../protocol/messages.ts'
import type { Side, TraceStep } from '../trace/trace.ts'
import { type CallView, type ConnectionView, followConversation, type TunnelView } from './conversation.ts'

const TESTER = '10.0.0.2'
const IUT = '10.0.0.1'

function message<N extends MessageName>(name: N, values: Partial<BodyValues<N>> = {}): DecodedMessage {
  return decodeControl(encodeControl(controlMessage(name, values) as unknown as ControlMessage))
}

/** A conversation with functions that add events to it; each event takes 10 ms. */
function begin() {
  const conversation = followConversation()
  let index = 0
  const happens = (step: TraceStep) => ({ index: index++, at: index * 10, ...step })
  return {
    conversation,
    lifecycle: (step: TraceStep) => conversation.lifecycle(happens(step)),
    /** Opens a TCP connection; `tester`: the tester's address. */
    open(number: number, opener: Side = 'tester', tester = TESTER): ConnectionView {
      const connection = conversation.lifecycle(
        happens({
          kind: 'tcp-open',
          connection: number,
          opener,
          tester: { address: tester, port: 40_000 + number },
          iut: { address: IUT, port: 1723 },
        }),
      )
      if (connection === undefined) throw new Error('a connection that opens is one')
      return connection
    },
    /** Sends a message from a side; returns the call that it named before it took effect. */
    send<N extends MessageName>(
      connection: ConnectionView,
      from: Side,
      name: N,
      values?: Partial<BodyValues<N>>,
    ): CallView | undefined {
      const one = message(name, values)
      const call = conversation.callOf(connection, from, one)
      conversation.apply(connection, from, one, happens({ kind: 'note', text: '' }).at)
      return call
    },
    /** Returns the call of a packet that a side sends with that Call ID in its key. */
    packet(from: Side, callId: number, tester = TESTER): { call: CallView | undefined; tunnel: TunnelView } {
      const sent = grePacket({ callId, sequenceNumber: 0, payload: Uint8Array.of(1) })
      const entry = happens({ kind: 'gre', from, tester, iut: IUT, octets: encodeGre(sent) })
      return { call: conversation.callOfPacket(entry, sent), tunnel: conversation.tunnel(entry) }
    },
  }
}

type Conversed = ReturnType<typeof begin>

function establish({ open, send }: Conversed, number = 1, opener: Side = 'tester'): ConnectionView {
  const connection = open(number, opener)
  send(connection, opener, 'Start-Control-Connection-Request')
  send(connection, opener === 'tester' ? 'iut' : 'tester', 'Start-Control-Connection-Reply', {
    resultCode: 1,
  })
  return connection
}

/** Adds an outgoing call: `pns` asks with Call ID 5 unless given, the other side answers with 6. */
function place({ send }: Conversed, connection: ConnectionView, pns: Side, pnsId = 5, pacId = 6): CallView {
  const pac = pns === 'tester' ? 'iut' : 'tester'
  send(connection, pns, 'Outgoing-Call-Request', { callId: pnsId, packetRecvWindowSize: 8 })
  const call = send(connection, pac, 'Outgoing-Call-Reply', {
    callId: pacId,
    peersCallId: pnsId,
    resultCode: 1,
    packetRecvWindowSize: 16,
  })
  if (call === undefined) throw new Error('the reply names no call')
  return call
}

describe('a control connection', () => {
  test.each(['tester', 'iut'] as const)(
    'is open, established, stopped and closed: opened by the %s',
    (opener) => {
      const conversed = begin()
      const { open, send, lifecycle } = conversed
      const other = opener === 'tester' ? 'iut' : 'tester'
      const connection = open(1, opener)
      expect(connection).toMatchObject({ number: 1, originator: opener, phase: 'open', phaseSince: 10 })
      send(connection, opener, 'Start-Control-Connection-Request')
      expect(connection).toMatchObject({ phase: 'open', openStarts: { [opener]: 1, [other]: 0 } })
      send(connection, other, 'Start-Control-Connection-Reply', { resultCode: 1 })
      expect(connection).toMatchObject({
        phase: 'established',
        phaseSince: 30,
        established: true,
        openStarts: { [opener]: 0 },
      })
      send(connection, opener, 'Stop-Control-Connection-Request', { reason: 1 })
      expect(connection).toMatchObject({
        phase: 'established',
        openStops: { [opener]: 1 },
        stopSent: { [opener]: 'request', [other]: undefined },
      })
      send(connection, other, 'Stop-Control-Connection-Reply', { resultCode: 1 })
      expect(connection).toMatchObject({
        phase: 'stopped',
        openStops: { [opener]: 0 },
        stopSent: { [opener]: 'request', [other]: 'reply' },
      })
      lifecycle({ kind: 'tcp-end', connection: 1, from: other })
      lifecycle({ kind: 'tcp-reset', connection: 1, from: opener, detail: 'ECONNRESET' })
      expect(connection).toMatchObject({
        phase: 'closed',
        phaseSince: 60,
        closedBy: other,
        wasReset: false,
        established: true,
        wholesome: true,
      })
    },
  )

  test('is refused by any other Result Code than 1, and stays refused', () => {
    const { open, send } = begin()
    const connection = open(1)
    send(connection, 'tester', 'Start-Control-Connection-Request')
    send(connection, 'iut', 'Start-Control-Connection-Reply', { resultCode: 5 })
    send(connection, 'iut', 'Start-Control-Connection-Reply', { resultCode: 1 })
    expect(connection).toMatchObject({ phase: 'refused', established: false })
  })

  test('is not stopped by a reply that reports an error', () => {
    const conversed = begin()
    const connection = establish(conversed)
    conversed.send(connection, 'iut', 'Stop-Control-Connection-Reply', { resultCode: 2 })
    expect(connection).toMatchObject({ phase: 'established', stopSent: { iut: undefined } })
  })

  test('tells a RST from a FIN', () => {
    const { open, lifecycle } = begin()
    const connection = open(1)
    expect(lifecycle({ kind: 'tcp-reset', connection: 1, from: 'iut', detail: 'ECONNRESET' })).toBe(
      connection,
    )
    expect(connection).toMatchObject({ phase: 'closed', closedBy: 'iut', wasReset: true })
  })

  test('counts the Echo-Requests of a side by Identifier', () => {
    const { open, send } = begin()
    const connection = open(1)
    for (const identifier of [7, 7, 8]) send(connection, 'iut', 'Echo-Request', { identifier })
    expect([...connection.openEchoes.iut]).toEqual([
      [7, 2],
      [8, 1],
    ])
    expect(connection.openEchoes.tester.size).toBe(0)
    for (const identifier of [7, 8, 8, 9])
      send(connection, 'tester', 'Echo-Reply', { identifier, resultCode: 1 })
    expect([...connection.openEchoes.iut]).toEqual([[7, 1]])
  })

  test('whose opening the trace does not show is troubled from the start', () => {
    const { conversation, send } = begin()
    const connection = conversation.connection(3)
    expect(connection).toMatchObject({
      originator: undefined,
      troubled: { tester: true, iut: true },
      wholesome: false,
    })
    send(connection, 'iut', 'Start-Control-Connection-Reply', { resultCode: 1 })
    expect(conversation.connection(3)).toBe(connection)
    expect(connection.phase).toBe('established')
    expect(conversation.tunnelOf(connection).known).toBe(false)
  })

  test('does not change at entries of other kinds', () => {
    const { lifecycle } = begin()
    expect(lifecycle({ kind: 'note', text: 'nothing' })).toBeUndefined()
    expect(lifecycle({ kind: 'gre-error', detail: 'ENOPROTOOPT' })).toBeUndefined()
  })
})

describe.each(['tester', 'iut'] as const)('a call of which the PNS is the %s', (pns) => {
  const pac = pns === 'tester' ? 'iut' : 'tester'

  test('outgoing: is asked for and connected, with a Call ID and a window of each', () => {
    const conversed = begin()
    const connection = establish(conversed)
    const call = place(conversed, connection, pns)
    expect(connection.calls).toEqual([call])
    expect(call).toMatchObject({
      direction: 'outgoing',
      pns,
      pac,
      pnsId: 5,
      pacId: 6,
      phase: 'connected',
      window: { [pns]: 8, [pac]: 16 },
      shared: false,
      clearing: false,
    })
  })

  test('incoming: is asked for, accepted and connected', () => {
    const conversed = begin()
    const { send } = conversed
    const connection = establish(conversed)
    send(connection, pac, 'Incoming-Call-Request', { callId: 6 })
    const [call] = connection.calls
    expect(call).toMatchObject({
      direction: 'incoming',
      pns,
      pac,
      pacId: 6,
      pnsId: undefined,
      phase: 'asked',
    })
    const reply = { callId: 5, peersCallId: 6, resultCode: 1, packetRecvWindowSize: 8 }
    expect(send(connection, pns, 'Incoming-Call-Reply', reply)).toBe(call)
    expect(call).toMatchObject({ pnsId: 5, phase: 'accepted', window: { [pns]: 8 } })
    const connected = { peersCallId: 5, packetRecvWindowSize: 16 }
    expect(send(connection, pac, 'Incoming-Call-Connected', connected)).toBe(call)
    expect(call).toMatchObject({ phase: 'connected', window: { [pns]: 8, [pac]: 16 } })
    expect(send(connection, pac, 'Incoming-Call-Connected', connected)).toBeUndefined()
  })

  test('is named by the Call ID that each message carries, if the right side sends it', () => {
    const conversed = begin()
    const { conversation } = conversed
    const connection = establish(conversed)
    const call = place(conversed, connection, pns)
    const named = (from: Side, one: DecodedMessage) => conversation.callOf(connection, from, one)
    expect(named(pns, message('Call-Clear-Request', { callId: 5 }))).toBe(call)
    expect(named(pac, message('Call-Disconnect-Notify', { callId: 6 }))).toBe(call)
    expect(named(pac, message('WAN-Error-Notify', { peersCallId: 5 }))).toBe(call)
    expect(named(pns, message('Set-Link-Info', { peersCallId: 6 }))).toBe(call)
    expect(named(pns, message('Call-Clear-Request', { callId: 6 }))).toBeUndefined()
    expect(named(pac, message('Call-Disconnect-Notify', { callId: 5 }))).toBeUndefined()
    expect(named(pac, message('Call-Clear-Request', { callId: 5 }))).toBeUndefined()
    expect(named(pac, message('Set-Link-Info', { peersCallId: 6 }))).toBeUndefined()
    expect(named(pns, message('Echo-Request', { identifier: 5 }))).toBeUndefined()
  })

  test('is cleared by its PNS and ended by its PAC', () => {
    const conversed = begin()
    const { send } = conversed
    const connection = establish(conversed)
    const call = place(conversed, connection, pns)
    send(connection, pns, 'Call-Clear-Request', { callId: 5 })
    expect(call).toMatchObject({ clearing: true, phase: 'connected' })
    send(connection, pac, 'Call-Disconnect-Notify', { callId: 6, resultCode: 4 })
    expect(call).toMatchObject({ phase: 'over', ended: { by: pac, how: 'notify' } })
  })

  test('is ended by a Call-Disconnect-Notify with another Call ID while it is being cleared', () => {
    const conversed = begin()
    const { send } = conversed
    const connection = establish(conversed)
    const call = place(conversed, connection, pns)
    send(connection, pac, 'Call-Disconnect-Notify', { callId: 99 })
    expect(call.phase).toBe('connected')
    send(connection, pns, 'Call-Clear-Request', { callId: 5 })
    expect(send(connection, pac, 'Call-Disconnect-Notify', { callId: 99 })).toBeUndefined()
    expect(call.phase).toBe('over')
  })

  test('belongs to the packets that carry the Call ID of their receiver (A-49)', () => {
    const conversed = begin()
    const call = place(conversed, establish(conversed), pns)
    expect(conversed.packet(pns, 6).call).toBe(call)
    expect(conversed.packet(pac, 5).call).toBe(call)
    expect(conversed.packet(pns, 5).call).toBeUndefined()
    expect(conversed.packet(pac, 6).call).toBeUndefined()
    expect(conversed.packet(pns, 6, '10.0.0.3').call).toBeUndefined()
  })
})

describe('calls', () => {
  test('a refused call does not end, and its Call ID does not hide a living call (A-40)', () => {
    const conversed = begin()
    const { send, packet } = conversed
    const connection = establish(conversed)
    const living = place(conversed, connection, 'tester')
    send(connection, 'tester', 'Outgoing-Call-Request', { callId: 7 })
    send(connection, 'iut', 'Outgoing-Call-Reply', { callId: 6, peersCallId: 7, resultCode: 4 })
    const refused = connection.calls.at(-1)
    expect(refused).toMatchObject({ phase: 'refused', pacId: undefined })
    expect(packet('tester', 6).call).toBe(living)
    send(connection, 'iut', 'Call-Disconnect-Notify', { callId: 6 })
    expect([living.phase, refused?.phase, refused?.ended]).toEqual(['over', 'refused', undefined])
  })

  test('a call that ended before it was answered may still be answered, and stays over (A-04)', () => {
    const conversed = begin()
    const { send } = conversed
    const connection = establish(conversed)
    send(connection, 'tester', 'Outgoing-Call-Request', { callId: 5 })
    send(connection, 'tester', 'Call-Clear-Request', { callId: 5 })
    send(connection, 'iut', 'Call-Disconnect-Notify', { callId: 0 })
    const [call] = connection.calls
    const reply = { callId: 6, peersCallId: 5, resultCode: 1 }
    expect(send(connection, 'iut', 'Outgoing-Call-Reply', reply)).toBe(call)
    expect(call).toMatchObject({ phase: 'over', pacId: 6 })
    expect(send(connection, 'iut', 'Outgoing-Call-Reply', reply)).toBeUndefined()
  })

  test('a message names the living one of several calls with one Call ID, or else the newest', () => {
    const conversed = begin()
    const { send, conversation } = conversed
    const connection = establish(conversed)
    const clear = message('Call-Clear-Request', { callId: 5 })
    const first = place(conversed, connection, 'tester', 5, 6)
    const second = place(conversed, connection, 'tester', 5, 7)
    expect([first.shared, second.shared]).toEqual([false, true])
    send(connection, 'iut', 'Call-Disconnect-Notify', { callId: 7 })
    expect(conversation.callOf(connection, 'tester', clear)).toBe(first)
    send(connection, 'iut', 'Call-Disconnect-Notify', { callId: 6 })
    expect(conversation.callOf(connection, 'tester', clear)).toBe(second)
    // Packets of the call that has just ended may still be on their way.
    expect(place(conversed, connection, 'tester', 5, 8).shared).toBe(true)
    send(connection, 'iut', 'Call-Disconnect-Notify', { callId: 8 })
    for (let identifier = 0; identifier < 100; identifier++)
      send(connection, 'tester', 'Echo-Request', { identifier })
    expect(place(conversed, connection, 'tester', 5, 9).shared).toBe(false)
  })

  test.each([
    ['stop', 'Stop-Control-Connection-Reply'],
    ['close', 'tcp-end'],
  ] as const)('end with their connection, by a %s', (how, what) => {
    const conversed = begin()
    const { send, lifecycle } = conversed
    const connection = establish(conversed)
    const call = place(conversed, connection, 'tester')
    const notified = place(conversed, connection, 'tester', 15, 16)
    send(connection, 'iut', 'Call-Disconnect-Notify', { callId: 16 })
    if (what === 'tcp-end') lifecycle({ kind: what, connection: 1, from: 'iut' })
    else send(connection, 'iut', what, { resultCode: 1 })
    expect(call).toMatchObject({ phase: 'over', ended: { by: 'iut', how } })
    expect(notified.ended).toMatchObject({ by: 'iut', how: 'notify', phase: 'connected' })
  })

  test('the oldest of thousands of calls are forgotten', () => {
    const conversed = begin()
    const connection = establish(conversed)
    for (let callId = 1; callId <= 2_001; callId++)
      conversed.send(connection, 'tester', 'Outgoing-Call-Request', { callId })
    expect(connection.calls).toHaveLength(1_001)
    expect(connection.calls.at(-1)?.pnsId).toBe(2_001)
  })
})

describe('a tunnel', () => {
  test('is known once it has a control connection, and lives as long as one of its calls', () => {
    const conversed = begin()
    const { conversation, packet, send } = conversed
    expect(packet('iut', 5).tunnel).toMatchObject({ known: false })
    const connection = establish(conversed)
    const { tunnel } = packet('iut', 5)
    expect([tunnel.known, tunnel.isLive()]).toEqual([true, false])
    const call = place(conversed, connection, 'tester')
    expect(packet('iut', 5).tunnel).toBe(tunnel)
    expect(conversation.tunnelOf(connection)).toBe(tunnel)
    expect(tunnel.isLive()).toBe(true)
    expect([tunnel.assigned('tester', 5), tunnel.assigned('iut', 6)]).toEqual([call, call])
    expect(tunnel.assigned('tester', 6)).toBeUndefined()
    send(connection, 'iut', 'Call-Disconnect-Notify', { callId: 6 })
    expect(tunnel.isLive()).toBe(false)
  })

  test('finds living calls of other tunnels, not its own', () => {
    const conversed = begin()
    const { open, packet, send } = conversed
    const connection = establish(conversed)
    const call = place(conversed, connection, 'tester')
    open(2, 'tester', '10.0.0.3')
    const { tunnel } = packet('tester', 6, '10.0.0.3')
    expect(tunnel.elsewhere('iut', 6)).toBe(call)
    expect(tunnel.elsewhere('tester', 6)).toBeUndefined()
    expect(packet('tester', 6).tunnel.elsewhere('iut', 6)).toBeUndefined()
    send(connection, 'iut', 'Call-Disconnect-Notify', { callId: 6 })
    expect(tunnel.elsewhere('iut', 6)).toBeUndefined()
  })
})

describe('trouble', () => {
  test('on one connection is trouble of its tunnel, even if the other connections have none', () => {
    const conversed = begin()
    const { conversation, packet } = conversed
    const connection = establish(conversed)
    const other = establish(conversed, 2)
    conversation.trouble(connection, 'iut')
    expect(connection).toMatchObject({ troubled: { tester: false, iut: true }, wholesome: false })
    expect(other).toMatchObject({ troubled: { tester: false, iut: false }, wholesome: true })
    expect(conversation.tunnelOf(other).known).toBe(false)
    expect(packet('iut', 5, '10.0.0.3').tunnel.known).toBe(false)
  })

  test.each([
    [
      'an unrecognized message',
      ({ conversation }: Conversed, connection: ConnectionView) =>
        conversation.apply(connection, 'iut', decodeControl(new Uint8Array(16)), 100),
    ],
    [
      'a gap in the trace',
      ({ lifecycle }: Conversed) => lifecycle({ kind: 'tcp-gap', connection: 1, from: 'iut', detail: '' }),
    ],
    [
      'an undefined Result Code',
      (conversed: Conversed, connection: ConnectionView) => {
        conversed.send(connection, 'tester', 'Outgoing-Call-Request', { callId: 5 })
        conversed.send(connection, 'iut', 'Outgoing-Call-Reply', {
          callId: 6,
          peersCallId: 5,
          resultCode: 99,
        })
      },
    ],
  ] as const)('comes of %s', (_, happens) => {
    const conversed = begin()
    const connection = establish(conversed)
    happens(conversed, connection)
    expect(connection).toMatchObject({ troubled: { tester: false, iut: true }, wholesome: false })
    expect(conversed.conversation.tunnelOf(connection).known).toBe(false)
  })
})
