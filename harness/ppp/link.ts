import { decodeFrame, encodeFrame, PppProtocolNumber } from './frame.ts'
import type { Lcp } from './lcp.ts'
import type { PppAction, PppEvent, PppNotice, PppProtocol } from './protocol.ts'

/** What a link wants done. Timers have names of the link's own. */
export type LinkAction =
  | { readonly kind: 'send'; readonly frame: Uint8Array }
  /** Starts a timer, or starts it again. */
  | { readonly kind: 'set-timer'; readonly timer: string; readonly ms: number }
  | { readonly kind: 'cancel-timer'; readonly timer: string }
  | { readonly kind: 'opened'; readonly protocol: number }
  | { readonly kind: 'notice'; readonly notice: PppNotice }
  /** LCP is finished: the link is over. */
  | { readonly kind: 'finished' }

/** One end of a PPP link: frames in, frames out. Pure. */
export interface PppLink {
  open(): readonly LinkAction[]
  receive(frame: Uint8Array): readonly LinkAction[]
  timer(timer: string): readonly LinkAction[]
  /** Asks the peer to terminate. */
  close(): readonly LinkAction[]
}

/**
 * Puts LCP and the protocols above it on one link. The others come up when LCP opens and go down with it; frames of a protocol
 * that nobody here speaks draw a Protocol-Reject while LCP is open, and are dropped otherwise (RFC 1661 sections 3.4 and 5.7).
 */
export function createLink(lcp: Lcp, upper: readonly PppProtocol[] = []): PppLink {
  function pass(machine: PppProtocol, event: PppEvent): readonly LinkAction[] {
    return machine.handle(event).flatMap((action) => carry(machine, action))
  }

  function carry(machine: PppProtocol, action: PppAction): readonly LinkAction[] {
    const { protocol } = machine
    switch (action.kind) {
      case 'send':
        return [{ kind: 'send', frame: encodeFrame(protocol, action.octets) }]
      case 'set-timer':
        return [{ kind: 'set-timer', timer: String(protocol), ms: action.ms }]
      case 'cancel-timer':
        return [{ kind: 'cancel-timer', timer: String(protocol) }]
      case 'opened':
        return [
          { kind: 'opened', protocol },
          ...(machine === lcp ? upper.flatMap((above) => pass(above, { kind: 'up' })) : []),
        ]
      case 'down':
        return machine === lcp ? upper.flatMap((above) => pass(above, { kind: 'down' })) : []
      case 'finished':
        return machine === lcp ? [{ kind: 'finished' }] : []
      case 'notice':
        return [action]
    }
  }

  return {
    open: () => pass(lcp, { kind: 'up' }),
    close: () => pass(lcp, { kind: 'close' }),
    timer(timer) {
      const machine = [lcp, ...upper].find((one) => String(one.protocol) === timer)
      return machine === undefined ? [] : pass(machine, { kind: 'timer' })
    },
    receive(octets) {
      const frame = decodeFrame(octets)
      if (frame === undefined) return []
      if (frame.protocol === lcp.protocol) return pass(lcp, { kind: 'packet', octets: frame.information })
      if (lcp.state() !== 'opened') return []
      const machine = upper.find((one) => one.protocol === frame.protocol)
      if (machine !== undefined) return pass(machine, { kind: 'packet', octets: frame.information })
      const reject = lcp.protocolReject(frame.protocol, frame.information)
      return [{ kind: 'send', frame: encodeFrame(PppProtocolNumber.lcp, reject) }]
    },
  }
}
