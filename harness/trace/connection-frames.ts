import { printable } from '../protocol/octets.ts'
import { type Connection, type FrameWriter, nextSegment, pushFrame, remark, showAt } from './frame-writer.ts'
import { TcpFlag } from './ip.ts'
import { oppositeSide } from './messages.ts'
import type { Trace, TraceEntry } from './trace.ts'

/**
 * Writes the frames of opening and closing TCP connections, and comments for entries without a
 * frame.
 */

const COMMENT_LIMIT = 500

/** Adds the frames of an entry that is neither stream data nor a packet. */
export function pushEntry(writer: FrameWriter, entry: TraceEntry): void {
  switch (entry.kind) {
    case 'tcp-open':
      pushOpen(writer, entry)
      return
    case 'tcp-refused':
      pushRefused(writer, entry)
      return
    case 'tcp-end':
      pushEnd(writer, entry)
      return
    case 'tcp-reset':
      pushReset(writer, entry)
      return
    case 'gre-error':
      remark(writer, entry, `ICMP error for GRE: ${printable(entry.detail)}`)
      return
    case 'note':
      remark(writer, entry, printable(entry.text, COMMENT_LIMIT))
      return
    case 'tcp-data':
    case 'gre':
    case 'impairment':
      return
  }
}

/** Adds the three frames of a TCP handshake. */
function pushOpen(writer: FrameWriter, entry: TraceEntry & { readonly kind: 'tcp-open' }): void {
  const connection: Connection = {
    ends: { tester: entry.tester, iut: entry.iut },
    next: {
      tester: (entry.connection * 1_000_003) % 2 ** 32,
      iut: (entry.connection * 2_000_003) % 2 ** 32,
    },
  }
  writer.connections.set(entry.connection, connection)
  const accepter = oppositeSide(entry.opener)
  pushFrame(writer, entry, nextSegment(writer, connection, entry.opener, TcpFlag.syn))
  showAt(writer, entry.index)
  pushFrame(writer, entry, nextSegment(writer, connection, accepter, TcpFlag.syn | TcpFlag.ack))
  pushFrame(writer, entry, nextSegment(writer, connection, entry.opener, TcpFlag.ack))
}

function pushRefused(writer: FrameWriter, entry: TraceEntry & { readonly kind: 'tcp-refused' }): void {
  const tester = { address: testerAddress(writer.trace, entry.iut.address), port: 0 }
  const connection: Connection = { ends: { tester, iut: entry.iut }, next: { tester: 0, iut: 0 } }
  pushFrame(writer, entry, nextSegment(writer, connection, 'tester', TcpFlag.syn), {
    comments: [`not opened: ${printable(entry.detail)}; the tester's port is not known`],
  })
  showAt(writer, entry.index)
  if (entry.detail === 'ECONNREFUSED')
    pushFrame(writer, entry, nextSegment(writer, connection, 'iut', TcpFlag.rst | TcpFlag.ack))
}

function pushEnd(writer: FrameWriter, entry: TraceEntry & { readonly kind: 'tcp-end' }): void {
  const connection = writer.connections.get(entry.connection)
  if (connection === undefined) return
  pushFrame(writer, entry, nextSegment(writer, connection, entry.from, TcpFlag.fin | TcpFlag.ack))
  showAt(writer, entry.index)
  pushFrame(writer, entry, nextSegment(writer, connection, oppositeSide(entry.from), TcpFlag.ack))
}

function pushReset(writer: FrameWriter, entry: TraceEntry & { readonly kind: 'tcp-reset' }): void {
  const connection = writer.connections.get(entry.connection)
  if (connection === undefined) return
  pushFrame(writer, entry, nextSegment(writer, connection, entry.from, TcpFlag.rst | TcpFlag.ack), {
    comments: [printable(entry.detail)],
  })
  showAt(writer, entry.index)
  // Sockets may report an end twice; on the wire there is only one.
  writer.connections.delete(entry.connection)
}

function testerAddress(trace: Trace, iut: string): string {
  for (const entry of trace.entries) {
    if (entry.kind === 'tcp-open' && entry.iut.address === iut) return entry.tester.address
    if (entry.kind === 'gre' && entry.iut === iut) return entry.tester
  }
  return '0.0.0.0'
}
