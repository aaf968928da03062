import type { Clock, GreSocket, Network, TcpConnection, TcpEvent } from './network.ts'
import { isConnection } from './network.ts'

/** Which way something travels, as the owner of the network sees it. */
export type Direction = 'in' | 'out'

/** When what a host sends leaves, and when it hears of what has arrived. */
export interface Pace {
  /**
   * ms by which one delivery is late. Asked once a delivery; nothing overtakes what was sent before
   * it on the same connection, or in the same direction of the same GRE socket.
   */
  delay(direction: Direction, protocol: 'tcp' | 'gre', now: number): number
  /** The segments in which octets leave that were handed to TCP at once; one unless given. */
  segments?(octets: Uint8Array): readonly Uint8Array[]
}

/**
 * A network on which everything arrives and in order, but at other times: a slow host, a path with
 * a varying delay, bursts. Connecting and closing it take no longer than before.
 */
export function paced(network: Network, pace: Pace): Network {
  return {
    ...network,
    async connect(remote, options) {
      const result = await network.connect(remote, options)
      return isConnection(result) ? pacedConnection(network.clock, result, pace) : result
    },
    listen: (local, accept, options) =>
      network.listen(
        local,
        (connection) => accept(pacedConnection(network.clock, connection, pace)),
        options,
      ),
    openGre: async (remote, options) => pacedGre(network.clock, await network.openGre(remote, options), pace),
  }
}

function pacedConnection(clock: Clock, connection: TcpConnection, pace: Pace): TcpConnection {
  const leave = inOrder(clock, (now) => pace.delay('out', 'tcp', now))
  const arrive = inOrder(clock, (now) => pace.delay('in', 'tcp', now))
  let listener: ((event: TcpEvent) => void) | undefined
  return {
    ...connection,
    send(octets) {
      for (const segment of pace.segments?.(octets) ?? [octets]) {
        const copy = segment.slice()
        leave(() => connection.send(copy))
      }
    },
    end: () => leave(() => connection.end()),
    reset: () => leave(() => connection.reset()),
    onEvent(heard) {
      const isFirst = listener === undefined
      listener = heard
      if (isFirst) connection.onEvent((event) => arrive(() => listener?.(event)))
    },
  }
}

function pacedGre(clock: Clock, socket: GreSocket, pace: Pace): GreSocket {
  const leave = inOrder(clock, (now) => pace.delay('out', 'gre', now))
  const arrive = inOrder(clock, (now) => pace.delay('in', 'gre', now))
  return {
    ...socket,
    send(packet, carriage) {
      const copy = packet.slice()
      leave(() => socket.send(copy, carriage))
    },
    onPacket: (heard) => socket.onPacket((packet) => arrive(() => heard(packet))),
  }
}

/** Does one thing after the other, each as late as it is to be. */
function inOrder(clock: Clock, delay: (now: number) => number): (act: () => void) => void {
  let last = 0
  let waiting = 0
  return (act) => {
    const now = clock.now()
    last = Math.max(last, now + delay(now))
    if (waiting === 0 && last <= now) {
      act()
      return
    }
    waiting++
    clock.after(last - now, () => {
      waiting--
      act()
    })
  }
}
