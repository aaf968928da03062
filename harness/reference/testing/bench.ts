import { controlMessage, type DecodedMessage, decodeControl, encodeControl } from '../../protocol/control.ts'
import { createFramer } from '../../protocol/framer.ts'
import { type DecodedGre, decodeGre, encodeGre, type GrePacket, grePacket } from '../../protocol/gre.ts'
import type { BodyValues, ControlMessage, MessageName } from '../../protocol/messages.ts'
import { concat, toHex } from '../../protocol/octets.ts'
import type { Command, ReferenceAction, ReferenceEvent } from '../events.ts'
import type { Machine } from '../machine.ts'

export const US = '10.0.0.1'
export const PEER = '10.0.0.2'

type UntimedEvent = ReferenceEvent extends infer E
  ? E extends ReferenceEvent
    ? Omit<E, 'now'>
    : never
  : never

/** Runs a reference peer in a test: keeps its clock and timers, and records its actions. */
export interface Bench {
  happen(event: UntimedEvent): readonly ReferenceAction[]
  /** Opens a TCP connection to the machine and returns its id. */
  connect(from?: string): string
  octets(connection: string, octets: Uint8Array): void
  send<N extends MessageName>(connection: string, name: N, values?: Partial<ControlMessage<N>>): void
  /** Opens a control connection up to its start reply, and returns its id. */
  establish(from?: string): string
  /** Places a call, with Call ID 7 unless given, and returns the machine's Call ID. */
  place(connection: string, values?: Partial<BodyValues<'Outgoing-Call-Request'>>): number
  gre(values: Partial<GrePacket> & { readonly callId: number }, from?: string): void
  command(command: Command): void
  /** Lets time pass, firing timers in order. */
  advance(ms: number): void
  now(): number
  /** The messages that the machine sent on a connection since this was last called for it. */
  messages(connection: string): readonly DecodedMessage[]
  /** The GRE packets that the machine sent since this was last called. */
  packets(): readonly DecodedGre[]
  /** Whether the machine sent FIN or RST. */
  closed(connection: string): boolean
  /** The numbers of the machine's attempts to connect so far. */
  attempts(): readonly number[]
  /** The ids of the timers that run. */
  timers(): readonly string[]
  /** Everything that a peer could observe, with its time: no logs, no timers. */
  transcript(): string
}

export function createBench(machine: Machine): Bench {
  const timers = new Map<string, { readonly at: number; readonly order: number }>()
  const framers = new Map<string, ReturnType<typeof createFramer>>()
  const inbox = new Map<string, DecodedMessage[]>()
  const closed = new Set<string>()
  const attempts: number[] = []
  const lines: string[] = []
  let packets: DecodedGre[] = []
  let now = 0
  let order = 0
  let connections = 0

  function happen(event: UntimedEvent): readonly ReferenceAction[] {
    const actions = machine.handle({ ...event, now } as ReferenceEvent)
    for (const action of actions) note(action)
    return actions
  }

  function note(action: ReferenceAction): void {
    switch (action.kind) {
      case 'set-timer':
        timers.set(action.id, { at: now + action.ms, order: order++ })
        return
      case 'cancel-timer':
        timers.delete(action.id)
        return
      case 'connect':
        attempts.push(action.attempt)
        lines.push(`${now} connect ${action.to.address}:${action.to.port}`)
        return
      case 'send': {
        lines.push(`${now} ${action.connection} ${toHex(action.octets)}`)
        const framer = framers.get(action.connection) ?? createFramer()
        framers.set(action.connection, framer)
        const box = inbox.get(action.connection) ?? []
        inbox.set(action.connection, box)
        for (const framed of framer.push(action.octets))
          if (framed.kind === 'message') box.push(decodeControl(framed.octets))
        return
      }
      case 'end':
      case 'reset':
        closed.add(action.connection)
        lines.push(`${now} ${action.connection} ${action.kind}`)
        return
      case 'stop-listening':
        lines.push(`${now} ${action.kind}`)
        return
      case 'send-gre':
        lines.push(`${now} gre ${action.to} ${toHex(action.octets)}`)
        packets.push(decodeGre(action.octets))
        return
      case 'log':
    }
  }

  const bench: Bench = {
    happen,
    connect(from = PEER) {
      const id = `c${++connections}`
      happen({
        kind: 'tcp-opened',
        connection: id,
        local: { address: US, port: 1723 },
        remote: { address: from, port: 50_000 + connections },
        by: 'peer',
      })
      return id
    },
    octets: (connection, octets) => void happen({ kind: 'tcp-octets', connection, octets }),
    send(connection, name, values = {}) {
      const message = { ...controlMessage(name), ...values } as unknown as ControlMessage
      bench.octets(connection, encodeControl(message))
    },
    establish(from) {
      const id = bench.connect(from)
      bench.send(id, 'Start-Control-Connection-Request')
      bench.messages(id)
      return id
    },
    place(connection, values = {}) {
      bench.messages(connection)
      bench.send(connection, 'Outgoing-Call-Request', { ...callRequest(), ...values })
      const reply = bench.messages(connection).find((one) => one.name === 'Outgoing-Call-Reply')
      return reply?.name === 'Outgoing-Call-Reply' ? reply.callId : 0
    },
    gre: (values, from = PEER) => void happen({ kind: 'gre', from, octets: encodeGre(grePacket(values)) }),
    command: (command) => void happen({ kind: 'command', command }),
    advance(ms) {
      const until = now + ms
      for (;;) {
        const [next] = [...timers].sort(([, a], [, b]) => a.at - b.at || a.order - b.order)
        if (next === undefined || next[1].at > until) break
        const [id, { at }] = next
        now = at
        timers.delete(id)
        happen({ kind: 'timer', id })
      }
      now = until
    },
    now: () => now,
    messages(connection) {
      const taken = inbox.get(connection) ?? []
      inbox.set(connection, [])
      return taken
    },
    packets() {
      const taken = packets
      packets = []
      return taken
    },
    closed: (connection) => closed.has(connection),
    attempts: () => attempts,
    timers: () => [...timers.keys()],
    transcript: () => lines.join('\n'),
  }
  return bench
}

/** Returns values of an Outgoing-Call-Request that any PAC accepts. */
export function callRequest(): Partial<BodyValues<'Outgoing-Call-Request'>> {
  return {
    callId: 7,
    minimumBps: 300,
    maximumBps: 100_000_000,
    bearerType: 3,
    framingType: 3,
    packetRecvWindowSize: 8,
  }
}

/** Makes an LCP packet in its PPP frame. */
export function lcp(code: number, identifier: number, data: readonly number[] = []): Uint8Array {
  const length = 4 + data.length
  return concat(
    Uint8Array.from([0xff, 0x03, 0xc0, 0x21, code, identifier, length >> 8, length & 0xff]),
    Uint8Array.from(data),
  )
}
