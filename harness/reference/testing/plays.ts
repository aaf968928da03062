import { encodeIcmpEcho, IcmpType, IP_PROTOCOL_ICMP } from '../../ppp/datagram.ts'
import { controlMessage, encodeControl } from '../../protocol/control.ts'
import { encodeGre, grePacket } from '../../protocol/gre.ts'
import { concat } from '../../protocol/octets.ts'
import type { Configuration } from '../configuration.ts'
import type { FollowUp } from '../events.ts'
import { type Bench, callRequest, lcp, PEER, US } from './bench.ts'
import { createPppCaller } from './ppp-caller.ts'

/** A conversation with the machine that covers one part of its behaviour. */
export interface Play {
  readonly configuration?: Partial<Configuration>
  readonly body: (bench: Bench) => void
}

const start = () => encodeControl(controlMessage('Start-Control-Connection-Request'))
const echo = (identifier: number) => encodeControl(controlMessage('Echo-Request', { identifier }))
const patched = (octets: Uint8Array, at: number, ...values: readonly number[]) => {
  const copy = octets.slice()
  copy.set(values, at)
  return copy
}

/**
 * Opens LCP on a call as its peer: acknowledges the machine's Configure-Request and sends one with
 * these options. Returns the next sequence number.
 */
function openLcp(bench: Bench, own: number, options: readonly number[] = []): number {
  const first = bench.packets().find((packet) => packet.kind === 'gre' && packet.payload.length > 8)
  const request = first?.kind === 'gre' ? first.payload : new Uint8Array(0)
  bench.gre({ callId: own, sequenceNumber: 0, payload: lcp(2, request[5] ?? 0, [...request.subarray(8)]) })
  bench.gre({ callId: own, sequenceNumber: 1, acknowledgmentNumber: 0, payload: lcp(1, 1, options) })
  return 2
}

/** Lets the machine open a connection, and answers its start request. Returns the id. */
function originate(
  bench: Bench,
  next: FollowUp,
  reply: Parameters<typeof controlMessage<'Start-Control-Connection-Reply'>>[1] = {},
): string {
  bench.command({ name: 'start', to: { address: PEER, port: 1723 }, next })
  opened(bench, 'o1')
  bench.send('o1', 'Start-Control-Connection-Reply', { resultCode: 1, ...reply })
  return 'o1'
}
function opened(bench: Bench, id: string, local = US): void {
  bench.happen({
    kind: 'tcp-opened',
    connection: id,
    local: { address: local, port: 40_000 },
    remote: { address: PEER, port: 1723 },
    by: 'us',
    attempt: bench.attempts().at(-1) ?? 0,
  })
}

/** All plays. Together they consult every fault but those of PPP. */
export const PLAYS: Readonly<Record<string, Play>> = {
  'wrong Magic Cookie': {
    body(bench) {
      const id = bench.connect()
      bench.octets(id, patched(start(), 4, 0))
      bench.octets(id, start())
      bench.advance(100_000)
    },
  },
  'short Length': {
    body(bench) {
      const id = bench.connect()
      bench.octets(id, patched(start(), 0, 0, 4))
      bench.octets(id, start())
    },
  },
  'impossible Length': {
    body(bench) {
      const id = bench.connect()
      bench.octets(id, patched(start(), 0, 0xff, 0xff))
    },
  },
  'malformed messages': {
    body(bench) {
      for (const octets of [
        patched(concat(echo(1), new Uint8Array(4)), 0, 0, 20),
        patched(echo(2), 3, 2),
        patched(echo(3), 8, 0, 99),
        patched(echo(4), 10, 1),
      ]) {
        const id = bench.establish()
        bench.octets(id, octets)
        bench.octets(id, echo(9))
        bench.happen({ kind: 'tcp-closed', connection: id })
      }
    },
  },
  segmentation: {
    body(bench) {
      const id = bench.connect()
      bench.octets(id, concat(start(), echo(1)))
      bench.octets(id, echo(2).slice(0, 9))
      bench.octets(id, echo(2).slice(9))
    },
  },
  versions: {
    body(bench) {
      for (const protocolVersion of [0x0000, 0x0101, 0x0200]) {
        const id = bench.connect()
        bench.send(id, 'Start-Control-Connection-Request', { protocolVersion })
        bench.send(id, 'Start-Control-Connection-Request')
        bench.happen({ kind: 'tcp-closed', connection: id })
      }
    },
  },
  'start fields': {
    body(bench) {
      const full = 'n'.repeat(64)
      for (const values of [{ hostName: full, vendorName: full }, { maximumChannels: 5 }, { reserved1: 1 }]) {
        const id = bench.connect()
        bench.send(id, 'Start-Control-Connection-Request', values)
        bench.happen({ kind: 'tcp-closed', connection: id })
      }
    },
  },
  'start twice, and a second connection': {
    body(bench) {
      const id = bench.establish()
      bench.send(id, 'Start-Control-Connection-Request')
      bench.establish()
    },
  },
  'before the start': {
    body(bench) {
      const id = bench.connect()
      bench.octets(id, echo(1))
      bench.send(id, 'Stop-Control-Connection-Request', { reason: 1 })
      bench.send(id, 'Outgoing-Call-Request', callRequest())
      bench.send(id, 'Incoming-Call-Request', { callBearerType: 1 })
      bench.send(id, 'Set-Link-Info')
      bench.advance(30_000)
      bench.octets(id, Uint8Array.of(0))
      bench.advance(70_000)
    },
  },
  'keep-alive answered': {
    body(bench) {
      const id = bench.establish()
      bench.advance(60_000)
      bench.send(id, 'Echo-Reply', { identifier: 1, resultCode: 1 })
      bench.advance(60_000)
    },
  },
  'keep-alive answered with another Identifier': {
    body(bench) {
      const id = bench.establish()
      bench.advance(60_000)
      bench.send(id, 'Echo-Reply', { identifier: 2, resultCode: 1 })
      bench.advance(61_000)
    },
  },
  'keep-alive unanswered': {
    body(bench) {
      bench.establish()
      bench.advance(200_000)
    },
  },
  'echo and stop': {
    body(bench) {
      const id = bench.establish()
      bench.octets(id, echo(0xdeadbeef))
      bench.send(id, 'Echo-Reply', { identifier: 5, resultCode: 1 })
      const own = bench.place(id)
      bench.send(id, 'Stop-Control-Connection-Request', { reason: 1 })
      bench.gre({ callId: own, sequenceNumber: 0, payload: lcp(1, 1) })
      bench.advance(1_000)
    },
  },
  'stop, and what comes behind it': {
    body(bench) {
      const id = bench.establish()
      const stop = encodeControl(controlMessage('Stop-Control-Connection-Request', { reason: 3 }))
      bench.octets(id, concat(stop, echo(1)))
      bench.advance(1_000)
    },
  },
  'stop, for an undefined Reason': {
    body(bench) {
      bench.send(bench.establish(), 'Stop-Control-Connection-Request', { reason: 9 })
    },
  },
  'connection lost': {
    body(bench) {
      const id = bench.establish()
      const own = bench.place(id)
      bench.happen({ kind: 'tcp-ended', connection: id })
      bench.gre({ callId: own, sequenceNumber: 0, payload: lcp(1, 1) })
      bench.advance(20_000)
      bench.happen({ kind: 'tcp-closed', connection: id })
      bench.place(bench.establish())
    },
  },
  'calls and their ends': {
    body(bench) {
      const id = bench.establish()
      const own = bench.place(id)
      const second = bench.place(id, { callId: 8 })
      bench.send(id, 'Set-Link-Info', { peersCallId: own })
      bench.send(id, 'Set-Link-Info', { peersCallId: 0 })
      bench.send(id, 'WAN-Error-Notify', { peersCallId: 7 })
      bench.send(id, 'Call-Clear-Request', { callId: 999 })
      bench.send(id, 'Call-Clear-Request', { callId: 7 })
      bench.gre({ callId: own, sequenceNumber: 0, payload: lcp(1, 1) })
      bench.place(id, { callId: 7 })
      bench.command({ name: 'clear-call', callId: second })
    },
  },
  'one call after another': {
    body(bench) {
      const id = bench.establish()
      bench.place(id)
      bench.send(id, 'Call-Clear-Request', { callId: 7 })
      bench.place(id, { callId: 8 })
    },
  },
  'call requests in error': {
    configuration: { channels: 2 },
    body(bench) {
      const id = bench.establish()
      for (const values of [
        { bearerType: 0 },
        { framingType: 4 },
        { minimumBps: 9, maximumBps: 8 },
        { phoneNumberLength: 65 },
        { phoneNumber: '5'.repeat(64), phoneNumberLength: 64 },
        { packetRecvWindowSize: 0 },
      ])
        for (const callId of [1]) {
          bench.place(id, { ...values, callId })
          bench.send(id, 'Call-Clear-Request', { callId })
        }
      bench.place(id, { callId: 0 })
      bench.place(id, { callId: 0 })
      bench.place(id, { callId: 2 })
      bench.place(id, { callId: 3 })
      bench.octets(id, echo(1))
    },
  },
  'a call that is not answered': {
    configuration: { dialOutcome: 'busy' },
    body: (bench) => void bench.place(bench.establish()),
  },
  'incoming calls': {
    body(bench) {
      const id = bench.establish()
      bench.send(id, 'Incoming-Call-Request', { callId: 3, callBearerType: 9 })
      bench.send(id, 'Incoming-Call-Request', { callId: 4, callBearerType: 1 })
      bench.advance(50)
      bench.send(id, 'Incoming-Call-Connected', {
        peersCallId: 0x4002,
        packetRecvWindowSize: 4,
        framingType: 1,
      })
      bench.send(id, 'Incoming-Call-Connected', {
        peersCallId: 0x4001,
        packetRecvWindowSize: 4,
        framingType: 1,
      })
      bench.advance(100)
      bench.send(id, 'Call-Disconnect-Notify', { callId: 4, resultCode: 1 })
      bench.gre({ callId: 0x4001, sequenceNumber: 0, payload: lcp(1, 1) })
      bench.advance(5_000)
    },
  },
  'another port, and another peer': {
    body(bench) {
      bench.place(bench.establish())
      bench.place(bench.establish('10.0.0.3'))
      bench.happen({
        kind: 'tcp-opened',
        connection: 'low',
        local: { address: US, port: 1723 },
        remote: { address: '10.0.0.4', port: 1723 },
        by: 'peer',
      })
    },
  },
  'values that are legal': {
    body(bench) {
      const id = bench.establish()
      bench.place(id, { callId: 1, bearerType: 1 })
      bench.place(id, { callId: 2, framingType: 2 })
      bench.place(id, { callId: 4, bearerType: 2 })
      bench.place(id, { callId: 5, framingType: 1 })
      bench.place(id, { callId: 3, packetProcessingDelay: 0xffff })
      bench.place(id, { callId: 0x4001 })
      const full = '5'.repeat(64)
      const values = { callBearerType: 2 }
      bench.send(id, 'Incoming-Call-Request', { ...values, callId: 0 })
      bench.send(id, 'Incoming-Call-Request', { ...values, callId: 1, dialedNumber: full })
      bench.send(id, 'Incoming-Call-Request', { ...values, callId: 2, dialedNumberLength: 65 })
      bench.octets(id, echo(1))
    },
  },
  'an incoming call that is never connected': {
    body(bench) {
      const id = bench.establish()
      bench.send(id, 'Incoming-Call-Request', { callId: 4, callBearerType: 1 })
      bench.send(id, 'Incoming-Call-Connected', { peersCallId: 0x4002, packetRecvWindowSize: 4 })
      bench.advance(60_000)
    },
  },
  'maps for the line, and a large packet': {
    body(bench) {
      const id = bench.establish()
      const own = bench.place(id)
      bench.send(id, 'Set-Link-Info', { peersCallId: own, sendAccm: 0xffffffff })
      bench.gre({ callId: own, sequenceNumber: 0, payload: lcp(1, 1) })
      bench.gre({ callId: own, sequenceNumber: 1, payload: lcp(11, 1, new Array(1500).fill(0)) })
      bench.advance(1_000)
    },
  },
  'a large packet on an open link': {
    body(bench) {
      const own = bench.place(bench.establish())
      const sequenceNumber = openLcp(bench, own)
      bench.gre({ callId: own, sequenceNumber, payload: lcp(9, 1, new Array(1460).fill(0)) })
    },
  },
  'tunnel, our requests': {
    body(bench) {
      const own = bench.place(bench.establish())
      let sequenceNumber = openLcp(bench, own)
      const request = (identifier: number) => lcp(9, identifier, [0, 0, 0, 0])
      for (let i = 0; i < 4; i++)
        bench.gre({ callId: own, sequenceNumber: sequenceNumber++, payload: request(i) })
      bench.advance(1_000)
      bench.gre({ callId: own, acknowledgmentNumber: 5 })
      bench.gre({ callId: own, sequenceNumber: sequenceNumber++, payload: lcp(99, 1) })
      bench.gre({ callId: own, sequenceNumber: sequenceNumber++, payload: lcp(5, 1) })
      bench.advance(10_000)
    },
  },
  'a whole PPP session': {
    body(bench) {
      const own = bench.place(bench.establish())
      const { peer, act, settle } = createPppCaller(bench, own)
      settle()
      const payload = encodeIcmpEcho({
        type: IcmpType.echoRequest,
        identifier: 1,
        sequence: 1,
        data: new Uint8Array(8),
      })
      act(peer.sendTo({ destination: '198.18.0.1', protocol: IP_PROTOCOL_ICMP, payload }))
      settle()
      act(peer.close())
      bench.advance(10_000)
    },
  },
  'tunnel, data without an answer': {
    body(bench) {
      const own = bench.place(bench.establish())
      for (let sequenceNumber = 0; sequenceNumber < 3; sequenceNumber++) {
        bench.gre({ callId: own, sequenceNumber, payload: lcp(11, 1) })
        bench.advance(1_000)
      }
    },
  },
  'tunnel, what is not to be taken': {
    body(bench) {
      const own = bench.place(bench.establish())
      let sequenceNumber = openLcp(bench, own)
      const request = () => ({
        callId: own,
        sequenceNumber: sequenceNumber++,
        payload: lcp(1, sequenceNumber),
      })
      for (const spoilt of [
        { version: 0 },
        { checksumPresent: 1 },
        { routingPresent: 1 },
        { keyPresent: 0 },
        { sequencePresent: 0 },
        { protocolType: 0x0800 },
        { callId: own ^ 0x2000 },
        { payloadLength: 2_000 },
        { payloadLength: 6, payload: lcp(1, 77).subarray(0, 6), trailing: lcp(1, 77).subarray(6) },
      ])
        bench.happen({ kind: 'gre', from: PEER, octets: encodeGre(grePacket({ ...request(), ...spoilt })) })
      bench.gre(request(), '10.0.0.66')
      const last = request()
      bench.gre(last)
      bench.gre(last)
      bench.gre({ ...last, sequenceNumber: 0 })
      bench.advance(1_000)
    },
  },
  'tunnel, a small window': {
    body(bench) {
      const own = bench.place(bench.establish(), { packetRecvWindowSize: 4 })
      let sequenceNumber = openLcp(bench, own)
      for (let i = 0; i < 20; i++)
        bench.gre({ callId: own, sequenceNumber: sequenceNumber++, payload: lcp(9, i, [0, 0, 0, 0]) })
      bench.advance(30_000)
    },
  },
  'tunnel, a window that opens': {
    body(bench) {
      const own = bench.place(bench.establish(), { packetRecvWindowSize: 8 })
      let sequenceNumber = openLcp(bench, own)
      for (let i = 0; i < 30; i++)
        bench.gre({ callId: own, sequenceNumber: sequenceNumber++, payload: lcp(9, i, [0, 0, 0, 0]) })
      for (let i = 0; i < 5; i++) {
        const numbers = bench
          .packets()
          .flatMap((packet) => (packet.kind === 'gre' ? (packet.sequenceNumber ?? []) : []))
        bench.gre({ callId: own, acknowledgmentNumber: Math.max(0, ...numbers) })
        bench.advance(10)
      }
    },
  },
  'tunnel, a packet before its call, the widest window, one that is too large': {
    body(bench) {
      const id = bench.establish()
      bench.gre({ callId: 0x4001, sequenceNumber: 0, payload: lcp(1, 1) })
      const own = bench.place(id, { packetRecvWindowSize: 0xffff })
      bench.gre({ callId: own, sequenceNumber: 0, payload: lcp(11, 1, new Array(1600).fill(0)) })
      bench.gre({ callId: own, sequenceNumber: 1, payload: lcp(1, 2) })
      bench.advance(1_000)
    },
  },
  'tunnel, an acknowledgment of what was not sent': {
    body(bench) {
      const own = bench.place(bench.establish(), { packetRecvWindowSize: 2 })
      for (let i = 0; i < 4; i++) bench.gre({ callId: own, sequenceNumber: i, payload: lcp(1, i) })
      for (const acknowledgmentNumber of [1000, 0, 1, 2]) bench.gre({ callId: own, acknowledgmentNumber })
    },
  },
  'tunnel, time-outs after a long delay': {
    body(bench) {
      const own = bench.place(bench.establish(), { packetRecvWindowSize: 1, packetProcessingDelay: 20 })
      for (let i = 0; i < 6; i++) bench.gre({ callId: own, sequenceNumber: i, payload: lcp(1, i) })
      bench.advance(30_000)
    },
  },
  'tunnel, the end of the numbers': {
    body(bench) {
      const own = bench.place(bench.establish())
      for (const sequenceNumber of [0, 0x7fff_ffff, 0xffff_fffe, 0xffff_ffff, 0, 1])
        bench.gre({ callId: own, sequenceNumber, payload: lcp(1, sequenceNumber & 0xff) })
      bench.advance(1_000)
    },
  },
  'tunnel, two calls': {
    body(bench) {
      const id = bench.establish()
      const own = [bench.place(id), bench.place(id, { callId: 8 })]
      for (const callId of own) bench.gre({ callId, sequenceNumber: 0, payload: lcp(1, 1) })
      bench.advance(1_000)
    },
  },
  'TCP again': {
    body(bench) {
      const id = bench.establish()
      bench.happen({ kind: 'tcp-closed', connection: id })
      bench.establish()
    },
  },
  'unexpected message': {
    body(bench) {
      const id = bench.establish()
      bench.send(id, 'Incoming-Call-Reply')
      bench.octets(id, echo(1))
    },
  },
  'originator, outgoing call': {
    body(bench) {
      const id = originate(bench, 'outgoing-call')
      bench.send(id, 'Outgoing-Call-Reply', {
        callId: 9,
        peersCallId: 0x4001,
        resultCode: 1,
        packetRecvWindowSize: 4,
      })
      bench.command({ name: 'clear-call', callId: 0x4001 })
      bench.send(id, 'Call-Disconnect-Notify', { callId: 9, resultCode: 4 })
      bench.command({ name: 'stop', address: PEER })
      bench.send(id, 'Stop-Control-Connection-Reply', { resultCode: 1 })
    },
  },
  'originator, a map for the line and an error on it': {
    body(bench) {
      const id = originate(bench, 'outgoing-call')
      bench.send(id, 'Outgoing-Call-Reply', {
        callId: 9,
        peersCallId: 0x4001,
        resultCode: 1,
        packetRecvWindowSize: 4,
      })
      openLcp(bench, 0x4001, [2, 6, 0, 0x0a, 0, 0])
      bench.send(id, 'WAN-Error-Notify', { peersCallId: 0x4001, crcErrors: 1 })
    },
  },
  'originator, calls with odd replies': {
    body(bench) {
      const id = originate(bench, 'outgoing-call')
      bench.send(id, 'Outgoing-Call-Reply', { callId: 9, peersCallId: 0x4321, resultCode: 1 })
      const odd = [
        { callId: 0 },
        { callId: 0x4002 },
        { callId: 9, packetProcessingDelay: 0xffff },
        { callId: 10, physicalChannelId: 0xffff },
      ]
      for (const [index, values] of odd.entries()) {
        bench.send(id, 'Outgoing-Call-Reply', { peersCallId: 0x4001 + index, resultCode: 1, ...values })
        bench.command({ name: 'place-call', address: PEER })
      }
    },
  },
  'originator, calls that the PAC ends': {
    body(bench) {
      const id = originate(bench, 'outgoing-call')
      const full = 'x'.repeat(128)
      for (const [index, values] of [
        { callId: 9, resultCode: 3 },
        { callId: 9, resultCode: 1, callStatistics: full },
        { callId: 0x4003, resultCode: 1 },
        { callId: 77, resultCode: 1 },
      ].entries()) {
        bench.send(id, 'Outgoing-Call-Reply', {
          callId: 9,
          peersCallId: 0x4001 + index,
          resultCode: 1,
          packetRecvWindowSize: 4,
        })
        bench.send(id, 'Call-Disconnect-Notify', values)
        bench.gre({ callId: 0x4001 + index, sequenceNumber: 0, payload: lcp(1, 1) })
        bench.command({ name: 'place-call', address: PEER })
      }
    },
  },
  'originator, a number to dial, and hanging up': {
    body(bench) {
      const to = { address: PEER, port: 1723 }
      bench.command({ name: 'start', to, next: 'outgoing-call', call: { phoneNumber: '0815', window: 2 } })
      opened(bench, 'o1')
      bench.send('o1', 'Start-Control-Connection-Reply', { resultCode: 1 })
      bench.send('o1', 'Outgoing-Call-Reply', { callId: 9, peersCallId: 0x4001, resultCode: 1 })
      bench.command({ name: 'hang-up', address: PEER })
      bench.advance(1_000)
      bench.send('o1', 'Call-Disconnect-Notify', { callId: 9, resultCode: 4 })
      bench.send('o1', 'Stop-Control-Connection-Reply', { resultCode: 1 })
    },
  },
  'originator, half a message, many at once, and a second reply': {
    body(bench) {
      const id = originate(bench, 'outgoing-call')
      const reply = { callId: 9, peersCallId: 0x4001, resultCode: 1, packetRecvWindowSize: 4 }
      bench.send(id, 'Outgoing-Call-Reply', reply)
      bench.octets(id, echo(1).subarray(0, 14))
      bench.gre({ callId: 0x4001, sequenceNumber: 0, payload: lcp(1, 1) })
      bench.octets(id, echo(1).subarray(14))
      bench.octets(id, concat(...Array.from({ length: 65 }, (_, identifier) => echo(identifier))))
      bench.send(id, 'Outgoing-Call-Reply', { ...reply, callId: 10 })
      bench.gre({ callId: 0x4001, sequenceNumber: 1, acknowledgmentNumber: 1, payload: lcp(1, 2) })
    },
  },
  'originator, refused call': {
    body(bench) {
      const id = originate(bench, 'outgoing-call')
      bench.send(id, 'Outgoing-Call-Reply', { callId: 9, peersCallId: 0x4001, resultCode: 4 })
    },
  },
  'originator, call without reply': {
    body(bench) {
      originate(bench, 'outgoing-call')
      bench.advance(300_000)
    },
  },
  'originator, refused': { body: (bench) => void originate(bench, 'outgoing-call', { resultCode: 4 }) },
  'originator, full names': {
    body: (bench) => void originate(bench, 'outgoing-call', { hostName: 'x'.repeat(64) }),
  },
  'originator, stop refused': {
    body(bench) {
      const id = originate(bench, 'outgoing-call', { protocolVersion: 0x0200 })
      bench.send(id, 'Stop-Control-Connection-Reply', { resultCode: 2, errorCode: 4 })
    },
  },
  'originator, stopped while it waits for a reply': {
    body: (bench) =>
      void bench.send(originate(bench, 'outgoing-call'), 'Stop-Control-Connection-Request', { reason: 1 }),
  },
  'originator, closed by the peer': {
    body: (bench) => void bench.happen({ kind: 'tcp-ended', connection: originate(bench, 'outgoing-call') }),
  },
  'originator, part of a reply': {
    body(bench) {
      bench.command({ name: 'start', to: { address: PEER, port: 1723 } })
      opened(bench, 'o1')
      bench.advance(30_000)
      bench.octets('o1', start().subarray(0, 20))
      bench.advance(40_000)
    },
  },
  'originator, later version': {
    body: (bench) => void originate(bench, 'outgoing-call', { protocolVersion: 0x0200 }),
  },
  'originator, earlier version': {
    body(bench) {
      originate(bench, 'outgoing-call', { protocolVersion: 0x0001 })
      bench.advance(200_000)
    },
  },
  'originator, no reply': {
    body(bench) {
      bench.command({ name: 'start', to: { address: PEER, port: 1723 } })
      opened(bench, 'o1')
      bench.advance(100_000)
    },
  },
  'originator, persisting': {
    body(bench) {
      bench.command({ name: 'start', to: { address: PEER, port: 1723 }, persist: true })
      opened(bench, 'o1')
      bench.octets('o1', patched(start(), 4, 0))
      bench.happen({ kind: 'tcp-closed', connection: 'o1' })
      bench.advance(10_000)
      opened(bench, 'o2')
    },
  },
  'originator, incoming call': {
    body(bench) {
      const id = originate(bench, 'incoming-call')
      bench.send(id, 'Incoming-Call-Reply', {
        callId: 9,
        peersCallId: 0x4001,
        resultCode: 1,
        packetRecvWindowSize: 4,
      })
      bench.send(id, 'Call-Clear-Request', { callId: 9 })
      bench.command({ name: 'shut-down' })
      bench.advance(100_000)
    },
  },
  'collision lost': {
    body(bench) {
      bench.command({ name: 'start', to: { address: PEER, port: 1723 } })
      opened(bench, 'o1')
      bench.send(bench.connect(), 'Start-Control-Connection-Request')
    },
  },
  'collision won': {
    body(bench) {
      bench.command({ name: 'start', to: { address: '10.0.0.0', port: 1723 } })
      bench.happen({
        kind: 'tcp-opened',
        connection: 'o1',
        local: { address: US, port: 40_000 },
        remote: { address: '10.0.0.0', port: 1723 },
        by: 'us',
        attempt: 1,
      })
      bench.send(bench.connect('10.0.0.0'), 'Start-Control-Connection-Request')
    },
  },
  'collision won by the first octet': {
    body(bench) {
      const peer = '9.255.255.255'
      bench.command({ name: 'start', to: { address: peer, port: 1723 } })
      bench.happen({
        kind: 'tcp-opened',
        connection: 'o1',
        local: { address: US, port: 40_000 },
        remote: { address: peer, port: 1723 },
        by: 'us',
        attempt: 1,
      })
      bench.send(bench.connect(peer), 'Start-Control-Connection-Request')
    },
  },
}
