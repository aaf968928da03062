import { messageOf } from '../harness/errors/errors.ts'
import { libc, MSG_DONTWAIT } from '../harness/network/libc.ts'
import type { GreSocket } from '../harness/network/network.ts'
import { openRawGre, openSocketTo } from '../harness/network/raw-gre.ts'
import { createSystemNetwork } from '../harness/network/system.ts'
import { loopbackAddresses } from '../harness/network/testing/loopback.ts'
import { encodeGre, grePacket } from '../harness/protocol/gre.ts'
import { createGreHub, type TunnelEnd } from '../harness/scenario/tunnel.ts'
import { recordNetwork } from '../harness/trace/recorder.ts'
import type { Bench } from './bench.ts'
import { measurePairs } from './pair.ts'

const SIZE = 120
const HEADER = 12
const BURST = 64
/** Packets in a round: few enough that their sending and receiving fit into one trace. */
const ROUND = 6_400
/** How many times as many rounds as requested: a round takes a fraction of a second. */
const ROUNDS_MORE = 4
const [HERE, THERE] = loopbackAddresses()

/**
 * Measures the cost of the tunnel over bare libc calls. Three ways send GRE packets of 120 octets
 * over loopback and receive them: a loop that only calls libc; our GRE sockets; and a scenario's
 * whole tunnel. In the last one a packet passes TunnelEnd, which encodes and numbers, the recorder
 * and the system's network, and then the recorder and the decoder of the receiving TunnelEnd.
 * Packets leave in bursts, each after the burst before has arrived, so that each way does the same
 * work. Needs raw sockets (root or CAP_NET_RAW).
 */
export const tunnel: Bench = {
  name: 'tunnel',
  about: 'GRE through our sockets and through a whole tunnel, against a bare loop of libc calls',
  async measure({ rounds }) {
    const why = noRawSockets()
    if (why !== undefined) return { left: [{ name: 'tunnel', why }] }
    const each = (round: (packets: number) => Promise<number> | number) => async () =>
      ((await round(ROUND)) * 1_000) / ROUND
    const common = { unit: 'us a packet', yardstick: 'bare libc loop', theirs: each(bareLoop) }
    const rows = await measurePairs(
      [
        { name: 'tunnel/sockets', subject: 'GreSocket', ours: each(throughSockets), ...common },
        { name: 'tunnel/whole', subject: 'whole tunnel', ours: each(throughTunnel), ...common },
      ],
      { rounds: rounds * ROUNDS_MORE, warm: 1 },
    )
    return { rows }
  },
}

/** The reason why raw GRE sockets cannot be opened here; undefined when they can. */
function noRawSockets(): string | undefined {
  try {
    openSockets().close()
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}

function bareLoop(packets: number): number {
  const sys = libc()
  const from = openSocketTo(THERE, HERE)
  const to = openSocketTo(HERE, THERE)
  const packet = encodeGre(grePacket({ callId: 7, sequenceNumber: 0, payload: payload() }))
  const buffer = new Uint8Array(65_535)
  const start = performance.now()
  for (let received = 0; received < packets; ) {
    for (let count = 0; count < BURST; count++) sys.send(from, packet, SIZE, MSG_DONTWAIT)
    while (sys.recv(to, buffer, buffer.length, MSG_DONTWAIT) > 0) received++
  }
  const elapsed = performance.now() - start
  sys.close(from)
  sys.close(to)
  return elapsed
}

async function throughSockets(packets: number): Promise<number> {
  const { from, to, close } = openSockets()
  const packet = encodeGre(grePacket({ callId: 7, sequenceNumber: 0, payload: payload() }))
  const elapsed = await inBursts(packets, () => from.send(packet), to.onPacket)
  close()
  return elapsed
}

async function throughTunnel(packets: number): Promise<number> {
  const from = await openTunnelEnd(HERE, THERE)
  const to = await openTunnelEnd(THERE, HERE)
  const frame = payload()
  const elapsed = await inBursts(packets, () => from.end.send(frame), to.end.listen)
  await from.close()
  await to.close()
  return elapsed
}

/** Sends bursts, each after the one before has arrived; returns the duration in ms. */
async function inBursts(
  packets: number,
  send: () => void,
  listen: (listener: () => void) => void,
): Promise<number> {
  const burst = (): void => {
    for (let count = 0; count < BURST; count++) send()
  }
  const start = performance.now()
  await new Promise<void>((resolve) => {
    let received = 0
    listen(() => {
      received++
      if (received >= packets) resolve()
      else if (received % BURST === 0) burst()
    })
    burst()
  })
  return performance.now() - start
}

function openSockets(): { readonly from: GreSocket; readonly to: GreSocket; close(): void } {
  const from = openRawGre(THERE, { from: HERE })
  const to = openRawGre(HERE, { from: THERE })
  return {
    from,
    to,
    close() {
      from.close()
      to.close()
    },
  }
}

/** Opens a tunnel like a play: with a network of its own, recorded. */
async function openTunnelEnd(
  local: string,
  remote: string,
): Promise<{ readonly end: TunnelEnd; close(): Promise<void> }> {
  const { network } = recordNetwork(createSystemNetwork(), { startedAt: Date.now() })
  const socket = await network.openGre(remote, { from: local })
  const hub = createGreHub(socket, network.clock)
  return { end: hub.end(7, 7), close: () => network.close() }
}

/** Makes a PPP frame whose GRE packet has `SIZE` octets. */
function payload(): Uint8Array {
  return new Uint8Array(SIZE - HEADER).fill(0x21)
}
