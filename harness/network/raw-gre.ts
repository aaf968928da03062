import { EnvironmentError } from '../errors/errors.ts'
import { createGreReceiver, drain } from './gre-receiver.ts'
import { closeGreSender, createGreSender, sendCarried, sendThrough } from './gre-sender.ts'
import { libc } from './libc.ts'
import { GRE_PACKET_LIMIT, KEPT_ERRORS, KEPT_PACKETS } from './limits.ts'
import { createMailbox } from './mailbox.ts'
import type { GreSocket } from './network.ts'
import { pollSocket, release } from './poller.ts'
import { localAddress, must, openSocket, setGreOptions, socketAddress } from './raw-socket.ts'

/**
 * Opens a raw socket for GRE (IP protocol 47) that sends to and receives from one address only.
 * Until the socket is open, the kernel answers GRE packets with ICMP protocol unreachable.
 * @throws UsageError when an address is not dotted IPv4.
 * @throws EnvironmentError when raw sockets are not allowed or not supported, or `from` is not an
 * address of this machine.
 */
export function openRawGre(remote: string, options: { readonly from?: string } = {}): GreSocket {
  const fd = openSocketTo(remote, options.from)
  try {
    return createSocket(fd, localAddress(fd), remote)
  } catch (error) {
    libc().close(fd)
    throw error
  }
}

/**
 * Opens the socket of `openRawGre` and returns its descriptor, for callers that use libc directly
 * (the benchmark does). The caller closes the descriptor.
 * @throws the errors of `openRawGre`
 */
export function openSocketTo(remote: string, from: string | undefined): number {
  const remoteAddress = socketAddress(remote)
  const fromAddress = from === undefined ? undefined : socketAddress(from)
  const sys = libc()
  const fd = openSocket()
  try {
    if (fromAddress !== undefined) must(sys.bind(fd, fromAddress, fromAddress.length), `be bound to ${from}`)
    must(sys.connect(fd, remoteAddress, remoteAddress.length), `reach ${remote}`)
    setGreOptions(fd)
    return fd
  } catch (error) {
    sys.close(fd)
    throw error
  }
}

/**
 * Returns whether this process may open raw GRE sockets, for `doctor`. Opens one and closes it;
 * never throws.
 */
export function canOpenRawGre(): { ok: true } | { ok: false; reason: string; remedy: string } {
  try {
    libc().close(openSocket())
    return { ok: true }
  } catch (error) {
    if (!(error instanceof EnvironmentError)) return { ok: false, reason: String(error), remedy: '' }
    return { ok: false, reason: error.message, remedy: error.remedy ?? '' }
  }
}

/** @throws EnvironmentError where this process may not open raw GRE sockets. */
export function requireRawGre(): void {
  const raw = canOpenRawGre()
  if (!raw.ok) throw new EnvironmentError(raw.reason, raw.remedy === '' ? 'Run pptpspec doctor' : raw.remedy)
}

function createSocket(fd: number, local: string, remote: string): GreSocket {
  const packets = createMailbox<Uint8Array>(KEPT_PACKETS)
  const errors = createMailbox<{ readonly code: string }>(KEPT_ERRORS)
  const report = (code: string): void => {
    // Called after `send` has returned, so that a listener which sends again does not recurse.
    setImmediate(() => errors.put({ code }))
  }
  const sender = createGreSender({ fd, local, remote, report })
  const receiver = createGreReceiver({ fd, local, remote, report, packets })
  pollSocket({ fd, drain: () => drain(receiver) })
  return {
    local,
    remote,
    send(packet, carriage) {
      if (!sender.open) return
      if (packet.length > GRE_PACKET_LIMIT) report('EMSGSIZE')
      else if (carriage === undefined) sendThrough(sender, fd, packet)
      else sendCarried(sender, packet, carriage)
    },
    onPacket: packets.listen,
    onError: errors.listen,
    close() {
      if (!sender.open) return
      receiver.open = false
      closeGreSender(sender)
      packets.close()
      errors.close()
      // The descriptor is closed only when the running poll has returned. Until then the kernel
      // would give packets of the remote to this socket instead of answering with ICMP. Connected
      // to its own address, the socket takes no packet from outside.
      const itself = socketAddress(local)
      libc().connect(fd, itself, itself.length)
      release(fd)
    },
  }
}
