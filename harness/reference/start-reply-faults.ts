import type { ControlMessage } from '../protocol/messages.ts'
import type { Faults } from './faults.ts'

/** Faults that make something of fields of a start reply which have to be let pass. */
export function mistrusts(reply: ControlMessage<'Start-Control-Connection-Reply'>, faults: Faults): boolean {
  const { framingCapabilities, bearerCapabilities, firmwareRevision, hostName, vendorName } = reply
  const lacks = framingCapabilities !== 3 || bearerCapabilities !== 3
  if (lacks && faults.has('start-reply-capabilities-wanted')) return true
  if (firmwareRevision === 0 && faults.has('start-reply-firmware-wanted')) return true
  const full = Math.max(hostName.length, vendorName.length) === 64
  if (full && faults.has('start-reply-full-names-refused')) return true
  return faults.has('start-reply-vendor-distrusted')
}

/** The octets of a 16-bit number the other way round. */
export function swapped(value: number): number {
  return ((value & 0xff) << 8) | (value >> 8)
}
