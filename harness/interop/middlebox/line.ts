import type { Clock, TcpConnection } from '../../network/network.ts'
import { type DecodedMessage, decodeControl, encodeControl } from '../../protocol/control.ts'
import { createFramer } from '../../protocol/framer.ts'
import type { ControlMessage, MessageName } from '../../protocol/messages.ts'
import { concat } from '../../protocol/octets.ts'
import { createMailbox } from '../../scenario/mailbox.ts'

/** The tester's end of a control connection that goes through a middlebox. */
export interface LineEnd {
  /** The address of the other end as this one sees it: dotted IPv4. */
  readonly remote: string
  /** Sends the octets in one segment. */
  send(...what: readonly (ControlMessage | Uint8Array)[]): void
  /** The next message; undefined when none comes within `window` ms. */
  next(window?: number): Promise<DecodedMessage | undefined>
  /**
   * The next message of that name; other messages are dropped. Undefined when it does not come
   * within `window` ms.
   */
  receive<N extends MessageName>(name: N, window?: number): Promise<ControlMessage<N> | undefined>
  /**
   * Waits until `octets` octets have arrived since the connection was opened. @returns false when
   * they have not within `window` ms.
   */
  arrived(octets: number, window?: number): Promise<boolean>
  /** The number of octets that have arrived since the connection was opened. */
  octets(): number
  /** Closes with FIN. */
  end(): void
  /** Closes with RST. */
  reset(): void
  /** Waits until the other end has closed. @returns false when it has not within `window` ms. */
  ended(window?: number): Promise<boolean>
}

/** Both ends of one control connection. */
export interface Line {
  readonly client: LineEnd
  readonly server: LineEnd
}

/** ms after which a segment counts as lost: a middlebox on this machine takes one or two. */
export const PASSAGE = 2_000

/** Makes a TCP connection an end of a control connection; only that end may read it then. */
export function lineEnd(connection: TcpConnection, clock: Clock): LineEnd {
  const framer = createFramer()
  const messages = createMailbox<DecodedMessage>(clock)
  const changes = createMailbox<undefined>(clock)
  let octets = 0
  let over = false
  connection.onEvent((event) => {
    if (event.kind === 'data') {
      octets += event.octets.length
      for (const framed of framer.push(event.octets))
        messages.put(decodeControl(framed.kind === 'message' ? framed.octets : framed.rest))
    } else over = true
    changes.put(undefined)
  })
  /** Waits until `holds` returns true, which is checked at each event. */
  async function until(holds: () => boolean, window: number): Promise<boolean> {
    const deadline = clock.now() + window
    while (!holds()) {
      const left = deadline - clock.now()
      if (left <= 0) return false
      await changes.take(left)
    }
    return true
  }
  return {
    remote: connection.remote.address,
    send: (...what) =>
      connection.send(concat(...what.map((one) => (one instanceof Uint8Array ? one : encodeControl(one))))),
    next: (window = PASSAGE) => messages.take(window),
    async receive<N extends MessageName>(name: N, window = PASSAGE) {
      const deadline = clock.now() + window
      for (;;) {
        const message = await messages.take(Math.max(0, deadline - clock.now()))
        if (message === undefined) return undefined
        if (message.name === name) return message as unknown as ControlMessage<N>
      }
    },
    arrived: (count, window = PASSAGE) => until(() => octets >= count, window),
    octets: () => octets,
    end: () => connection.end(),
    reset: () => connection.reset(),
    ended: (window = PASSAGE) => until(() => over, window),
  }
}
