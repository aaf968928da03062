import { closeSync, openSync, writeSync } from 'node:fs'
import { controlMessage, encodeControl } from '../harness/protocol/control.ts'
import { encodeGre, grePacket } from '../harness/protocol/gre.ts'
import { PPTP_PORT } from '../harness/protocol/messages.ts'
import { USUAL_CALL } from '../harness/scenario/usual-call.ts'
import { greIpPacket, TcpFlag, tcpPacket } from '../harness/trace/ip.ts'

/** LINKTYPE_RAW: a frame is an IP packet. */
const LINKTYPE_RAW = 101
const PNS = { address: '192.0.2.1', port: 40_000 }
const PAC = { address: '192.0.2.2', port: PPTP_PORT }
const PNS_CALL = 11
const PAC_CALL = 22
/** Octets of a PPP frame in a data packet. */
const PAYLOAD = 60
/** ms between two frames. */
const INTERVAL = 1
/** 2026-01-01, in s. */
const BEGINNING = 1_767_225_600
/** Frames of a conversation that carry no GRE. */
const CONTROL_FRAMES = 15
/** Octets that are written to the file at once. */
const PIECE = 1 << 20

/**
 * Writes a pcap file with one conversation of `frames` frames that breaks no requirement: a control
 * connection, one call, data in both directions and acknowledgments. Holds one piece of the file in
 * memory at a time.
 */
export function writeConversation(file: string, frames: number): void {
  const descriptor = openSync(file, 'w')
  const piece = Buffer.alloc(PIECE)
  let filled = writeHeader(piece)
  let number = 0
  try {
    for (const frame of conversation(Math.max(0, frames - CONTROL_FRAMES))) {
      if (filled + 16 + frame.length > PIECE) {
        writeSync(descriptor, piece, 0, filled)
        filled = 0
      }
      const at = number++ * INTERVAL
      filled = piece.writeUInt32LE(BEGINNING + Math.floor(at / 1_000), filled)
      filled = piece.writeUInt32LE((at % 1_000) * 1_000, filled)
      filled = piece.writeUInt32LE(frame.length, filled)
      filled = piece.writeUInt32LE(frame.length, filled)
      piece.set(frame, filled)
      filled += frame.length
    }
    writeSync(descriptor, piece, 0, filled)
  } finally {
    closeSync(descriptor)
  }
}

function writeHeader(piece: Buffer): number {
  piece.writeUInt32LE(0xa1b2c3d4, 0)
  piece.writeUInt16LE(2, 4)
  piece.writeUInt16LE(4, 6)
  piece.writeUInt32LE(0xffff, 16)
  return piece.writeUInt32LE(LINKTYPE_RAW, 20)
}

/** Makes the IP packets of a conversation with `gre` GRE packets. */
export function* conversation(gre: number): Generator<Uint8Array, void, void> {
  const talk = createTalk()
  yield talk.segment('pns', TcpFlag.syn)
  yield talk.segment('pac', TcpFlag.syn | TcpFlag.ack)
  yield talk.segment('pns', TcpFlag.ack)
  const capabilities = { framingCapabilities: 3, bearerCapabilities: 3 }
  yield talk.says('pns', encodeControl(controlMessage('Start-Control-Connection-Request', capabilities)))
  yield talk.says(
    'pac',
    encodeControl(
      controlMessage('Start-Control-Connection-Reply', {
        resultCode: 1,
        maximumChannels: 1,
        ...capabilities,
      }),
    ),
  )
  yield talk.says('pns', encodeControl(controlMessage('Outgoing-Call-Request', CALL_REQUEST)))
  yield talk.says('pac', encodeControl(controlMessage('Outgoing-Call-Reply', CALL_REPLY)))
  yield* tunnel(gre)
  yield talk.says('pns', encodeControl(controlMessage('Call-Clear-Request', { callId: PNS_CALL })))
  yield talk.says(
    'pac',
    encodeControl(controlMessage('Call-Disconnect-Notify', { callId: PAC_CALL, resultCode: 4 })),
  )
  yield talk.says('pns', encodeControl(controlMessage('Stop-Control-Connection-Request', { reason: 1 })))
  yield talk.says('pac', encodeControl(controlMessage('Stop-Control-Connection-Reply', { resultCode: 1 })))
  yield talk.segment('pns', TcpFlag.fin | TcpFlag.ack)
  yield talk.segment('pac', TcpFlag.ack)
  yield talk.segment('pac', TcpFlag.fin | TcpFlag.ack)
  yield talk.segment('pns', TcpFlag.ack)
}

const CALL_REQUEST = {
  callId: PNS_CALL,
  callSerialNumber: 1,
  ...USUAL_CALL,
}
const CALL_REPLY = {
  callId: PAC_CALL,
  peersCallId: PNS_CALL,
  resultCode: 1,
  connectSpeed: 10_000_000,
  packetRecvWindowSize: 64,
}

type End = 'pns' | 'pac'

/** Makes the TCP packets of both ends, with correct sequence numbers. */
function createTalk() {
  const next = { pns: 1_000, pac: 2_000 }
  let identification = 0
  const segment = (from: End, flags: number, data: Uint8Array = new Uint8Array(0)): Uint8Array => {
    const octets = tcpPacket({
      source: from === 'pns' ? PNS : PAC,
      destination: from === 'pns' ? PAC : PNS,
      sequence: next[from],
      acknowledgment: (flags & TcpFlag.ack) === 0 ? 0 : next[from === 'pns' ? 'pac' : 'pns'],
      flags,
      identification: identification++,
      data,
    })
    next[from] += data.length + ((flags & (TcpFlag.syn | TcpFlag.fin)) === 0 ? 0 : 1)
    return octets
  }
  return {
    segment,
    says: (from: End, message: Uint8Array) => segment(from, TcpFlag.psh | TcpFlag.ack, message),
  }
}

/**
 * Makes GRE packets in turn: data from the PNS, data from the PAC that acknowledges it, and a pure
 * acknowledgment from the PNS.
 */
function* tunnel(packets: number): Generator<Uint8Array, void, void> {
  const payload = pppPacket()
  for (let count = 0; count < packets; count++) {
    const sequenceNumber = Math.floor(count / 3)
    switch (count % 3) {
      case 0:
        yield packetOf('pns', count, encodeGre(grePacket({ callId: PAC_CALL, sequenceNumber, payload })))
        break
      case 1: {
        const numbers = { sequenceNumber, acknowledgmentNumber: sequenceNumber }
        yield packetOf('pac', count, encodeGre(grePacket({ callId: PNS_CALL, ...numbers, payload })))
        break
      }
      default:
        yield packetOf(
          'pns',
          count,
          encodeGre(grePacket({ callId: PAC_CALL, acknowledgmentNumber: sequenceNumber })),
        )
    }
  }
}

function packetOf(from: End, count: number, gre: Uint8Array): Uint8Array {
  const [source, destination] = from === 'pns' ? [PNS, PAC] : [PAC, PNS]
  return greIpPacket(source.address, destination.address, count & 0xffff, gre)
}

/** Makes a PPP frame that seems to hold an IPv4 packet, of octets that could be encrypted. */
function pppPacket(): Uint8Array {
  return Uint8Array.of(0xff, 0x03, 0x00, 0x21, 0x45, ...new Uint8Array(PAYLOAD - 5).fill(0x2a))
}
