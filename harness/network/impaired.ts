import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { UsageError } from '../errors/errors.ts'
import { KEPT_PACKETS } from './limits.ts'
import { createMailbox } from './mailbox.ts'
import type { Clock, GreSocket, Network, Timer } from './network.ts'

/**
 * What happens to GRE packets of one direction. Rates are probabilities from 0 to 1, and 0 unless
 * given.
 */
export interface Impairment {
  /** The packet never arrives. */
  readonly loss?: number
  /** The packet arrives twice, the second copy right after the first. */
  readonly duplication?: number
  /** The packet is held back until another one has passed it, or until `hold` is over. */
  readonly reordering?: number
  /** Longest time that a packet is held back for reordering, in ms; 100 unless given. */
  readonly hold?: number
  /** Every packet takes this many ms longer. */
  readonly delay?: number
  /**
   * On top of `delay`, every packet takes up to this many ms longer, at random, so that packets may
   * overtake each other.
   */
  readonly jitter?: number
}

/**
 * What was done to one packet. A packet that was left alone has no decision; a packet may have
 * several, e.g. `duplicate` and `delay`.
 */
export interface ImpairmentDecision {
  /** Time on the network's clock, in ms. */
  readonly at: number
  /** Number of the GRE socket on this network, in the order of opening, from 0. */
  readonly socket: number
  readonly direction: 'send' | 'receive'
  /** Number of the packet on this socket in this direction, from 0. */
  readonly index: number
  readonly action: 'lose' | 'duplicate' | 'reorder' | 'delay'
  /** How long a delayed packet is delayed, in ms; 0 for the other actions. */
  readonly by: number
}

/** What happens to GRE packets, with rates of its own for each direction. */
export interface PathImpairment {
  /** Towards the remote end. */
  readonly send?: Impairment
  /** From the remote end. */
  readonly receive?: Impairment
}

export interface ImpairmentPlan extends PathImpairment {
  /**
   * 32-bit integer. With the same seed, the same decision is made about the nth packet of a socket
   * in one direction.
   */
  readonly seed: number
  /** Is told every decision when it is made, so that a trace can record it. */
  readonly onImpairment?: (decision: ImpairmentDecision) => void
}

const DEFAULTS: Required<Impairment> = {
  loss: 0,
  duplication: 0,
  reordering: 0,
  hold: 100,
  delay: 0,
  jitter: 0,
}

/**
 * Wraps a network so that its GRE loses, duplicates, reorders and delays packets by plan. TCP
 * passes unharmed: its retransmission would hide all but the delay. Any network can be wrapped; the
 * kernel needs no netem for it.
 *
 * A packet with an `IpCarriage` (fragments, another source) passes unharmed: the scenario tests its
 * carriage. A packet that leaves at once is the same object; one that leaves later, or a second
 * time, is a copy.
 * @throws UsageError when a rate is not between 0 and 1, or a time not a number of ms.
 */
export function impaired(network: Network, plan: ImpairmentPlan): Network {
  const send = complete(plan.send)
  const receive = complete(plan.receive)
  // Jumping ahead by 2^64 numbers gives each socket and direction a sequence of its own.
  const seeds = xoroshiro128plus(plan.seed)
  let opened = 0

  return {
    ...network,
    async openGre(remote, options) {
      const lane = (
        direction: ImpairmentDecision['direction'],
        impairment: Required<Impairment>,
      ): LaneOptions => {
        seeds.jump()
        const generator = seeds.clone()
        return {
          clock: network.clock,
          impairment,
          random: () => uniformFloat64(generator),
          decide: (decision) =>
            plan.onImpairment?.({ at: network.clock.now(), socket, direction, ...decision }),
        }
      }
      // The socket gets its number and random sequences before the `await`, because several sockets
      // may be opened at the same time.
      const socket = opened++
      const sending = lane('send', send)
      const receiving = lane('receive', receive)
      return impairSocket(await network.openGre(remote, options), sending, receiving)
    },
  }
}

function impairSocket(socket: GreSocket, sending: LaneOptions, receiving: LaneOptions): GreSocket {
  const arrived = createMailbox<Uint8Array>(KEPT_PACKETS)
  const outward = createLane(sending, socket.send)
  const inward = createLane(receiving, arrived.put)
  socket.onPacket(inward.take)
  return {
    ...socket,
    send(packet, carriage) {
      if (carriage === undefined) outward.take(packet)
      else socket.send(packet, carriage)
    },
    onPacket: arrived.listen,
    close() {
      outward.close()
      inward.close()
      arrived.close()
      socket.close()
    },
  }
}

interface LaneOptions {
  readonly clock: Clock
  readonly impairment: Required<Impairment>
  /** Returns a number from 0 up to, but not including, 1. */
  random(): number
  decide(decision: Pick<ImpairmentDecision, 'index' | 'action' | 'by'>): void
}

/** Creates the impairment of one direction of one socket. */
function createLane(
  { clock, impairment, random, decide }: LaneOptions,
  deliver: (packet: Uint8Array) => void,
): { take(packet: Uint8Array): void; close(): void } {
  const timers = new Set<Timer>()
  let count = 0
  let held: readonly Uint8Array[] = []
  let heldTimer: Timer | undefined
  let open = true

  const later = (delay: number, fire: () => void): Timer => {
    const timer = clock.after(delay, () => {
      timers.delete(timer)
      fire()
    })
    timers.add(timer)
    return timer
  }

  const forward = (packets: readonly Uint8Array[], delay: number): void => {
    for (const packet of packets) {
      if (delay === 0) deliver(packet)
      else later(delay, () => deliver(packet))
    }
  }

  const releaseHeld = (delay: number): void => {
    const packets = held
    held = []
    if (heldTimer !== undefined) {
      heldTimer.cancel()
      timers.delete(heldTimer)
      heldTimer = undefined
    }
    forward(packets, delay)
  }

  return {
    take(packet) {
      if (!open) return
      const index = count++
      // Each packet draws the same number of random numbers, so that a change of one rate leaves
      // the decisions of the others as they are.
      const lost = random() < impairment.loss
      const duplicated = random() < impairment.duplication
      const reordered = random() < impairment.reordering
      const delay = impairment.delay + random() * impairment.jitter
      if (lost) {
        decide({ index, action: 'lose', by: 0 })
        return
      }
      if (duplicated) decide({ index, action: 'duplicate', by: 0 })
      const holds = reordered && held.length === 0
      // A packet that leaves later is copied: the caller may reuse its buffer before then.
      const first = holds || delay > 0 ? packet.slice() : packet
      const packets = duplicated ? [first, packet.slice()] : [first]
      if (holds) {
        decide({ index, action: 'reorder', by: 0 })
        held = packets
        heldTimer = later(impairment.hold, () => releaseHeld(delay))
        return
      }
      if (delay > 0) decide({ index, action: 'delay', by: delay })
      forward(packets, delay)
      releaseHeld(delay)
    },
    close() {
      open = false
      held = []
      for (const timer of timers) timer.cancel()
      timers.clear()
    },
  }
}

/**
 * Checks that all rates are from 0 to 1 and all times are 0 ms or more.
 * @throws UsageError that names the first rate or time that is not.
 */
export function requireImpairment({ send, receive }: PathImpairment): void {
  complete(send)
  complete(receive)
}

function complete(impairment: Impairment = {}): Required<Impairment> {
  const all = { ...DEFAULTS, ...impairment }
  for (const name of ['loss', 'duplication', 'reordering'] as const) {
    if (!(all[name] >= 0 && all[name] <= 1)) {
      throw new UsageError(`The rate of ${name} is ${all[name]}`, 'Rates are probabilities from 0 to 1')
    }
  }
  for (const name of ['hold', 'delay', 'jitter'] as const) {
    if (!(all[name] >= 0 && all[name] < Number.POSITIVE_INFINITY)) {
      throw new UsageError(`The time of ${name} is ${all[name]}`, 'Times are in ms, 0 or more')
    }
  }
  return all
}
