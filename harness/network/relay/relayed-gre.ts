import { requireFragmentSize } from '../../protocol/ip.ts'
import { requireIPv4 } from '../failures.ts'
import { GRE_PACKET_LIMIT, KEPT_ERRORS, KEPT_PACKETS } from '../limits.ts'
import { createMailbox } from '../mailbox.ts'
import type { GreSocket, IpCarriage } from '../network.ts'
import { COMMANDS, REPORTS, textOctets, textOf } from './frames.ts'
import { type OtherHalf, say } from './other-half.ts'

/** Returns the GRE socket with number `id`, which the other half has opened. */
export function openSocket(half: OtherHalf, id: number, local: string, remote: string): GreSocket {
  const packets = createMailbox<Uint8Array>(KEPT_PACKETS)
  const errors = createMailbox<{ readonly code: string }>(KEPT_ERRORS)
  let open = true
  half.holders.set(id, ({ kind, payload }) => {
    if (kind === REPORTS.packet) packets.put(payload)
    else if (kind === REPORTS.pathError) errors.put({ code: textOf(payload) })
  })
  return {
    local,
    remote,
    send(packet, carriage) {
      if (!open) return
      if (packet.length > GRE_PACKET_LIMIT) setImmediate(() => errors.put({ code: 'EMSGSIZE' }))
      else if (carriage === undefined) say(half, COMMANDS.packet, id, packet)
      else say(half, COMMANDS.carriedPacket, id, carriedPacket(packet, carriage))
    },
    onPacket: packets.listen,
    onError: errors.listen,
    close() {
      if (!open) return
      open = false
      packets.close()
      errors.close()
      half.holders.delete(id)
      say(half, COMMANDS.close, id)
    },
  }
}

/**
 * Encodes the payload of the command `carriedPacket`.
 * @throws RangeError when the size of fragments is no positive multiple of 8.
 * @throws UsageError when the source is not dotted IPv4.
 */
function carriedPacket(packet: Uint8Array, carriage: IpCarriage): Uint8Array {
  if (carriage.source !== undefined) requireIPv4(carriage.source)
  if (carriage.fragments !== undefined) requireFragmentSize(carriage.fragments.size)
  const how = textOctets(JSON.stringify(carriage))
  const payload = new Uint8Array(2 + how.length + packet.length)
  payload.set([how.length >> 8, how.length & 0xff])
  payload.set(how, 2)
  payload.set(packet, 2 + how.length)
  return payload
}
