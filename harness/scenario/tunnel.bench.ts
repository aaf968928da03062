/**
 * What the tunnel costs over the bare libc calls: `npm run bench [packets]`. Three ways to send GRE packets of 120 octets over loopback and
 * receive them: a loop that only calls libc, our GRE sockets, and everything that a scenario's tunnel goes through: TunnelEnd, which encodes and numbers,
 * the recorder, the system's network; and back through the recorder and the decoder to the TunnelEnd that the packet is for.
 * Packets leave in bursts, all received before the next one, so that each way does the same work. The ways take turns, round by round: what
 * else the machine is doing hits all of them. Needs raw sockets (root or CAP_NET_RAW).
 */
import { libc, MSG_DONTWAIT } from '../network/libc.ts'
import type { GreSocket } from '../network/network.ts'
import { openRawGre, openSocketTo } from '../network/raw-gre.ts'
import { createSystemNetwork } from '../network/system.ts'
import { loopbackAddresses } from '../network/testing/loopback.ts'
import { encodeGre, grePacket } from '../protocol/gre.ts'
import { recordNetwork } from '../trace/recorder.ts'
import { createGreHub, type TunnelEnd } from './tunnel.ts'

const SIZE = 120
const HEADER = 12
const BURST = 64
/** Packets a round: both ends of them fit into a trace. */
const ROUND = 6_400
const PING_PONG = 5_000
const [HERE, THERE] = loopbackAddresses()

/** One way of sending and receiving. */
interface Way {
  readonly name: string
  /** Sends that many packets and receives them; gives the ms that it took. */
  round(packets: number): Promise<number> | number
}

const total = Number(process.argv[2] ?? 20 * ROUND)
const ways: readonly Way[] = [
  { name: 'bare libc loop', round: bareLoop },
  { name: 'GreSocket', round: throughSockets },
  { name: 'whole tunnel', round: throughTunnel },
]
const taken = new Map<string, number>()
// What was never run is not compiled yet.
for (const way of ways) await way.round(ROUND)
const rounds = Math.max(1, Math.round(total / ROUND))
for (let round = 0; round < rounds; round++)
  for (const { name, round } of ways) taken.set(name, (taken.get(name) ?? 0) + (await round(ROUND)))

const bare = taken.get('bare libc loop') ?? 0
for (const [name, ms] of taken) {
  const rate = Math.round((rounds * ROUND * 1_000) / ms).toLocaleString('en')
  console.log(
    `${name.padEnd(16)} ${rate.padStart(9)} packets/s sent and received, ratio ${(bare / ms).toFixed(2)}`,
  )
}
console.log(
  `${'there and back'.padEnd(16)} ${(await pingPong()).toFixed(1)} us through GreSocket, one packet at a time`,
)

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

/** Sends bursts, each when the one before has arrived; gives the ms that it took. */
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

/** us there and back, one packet in flight. */
async function pingPong(): Promise<number> {
  const { from, to, close } = openSockets()
  const packet = new Uint8Array(SIZE)
  const start = performance.now()
  await new Promise<void>((resolve) => {
    let round = 0
    to.onPacket((received) => to.send(received))
    from.onPacket(() => {
      if (++round === PING_PONG) resolve()
      else from.send(packet)
    })
    from.send(packet)
  })
  const elapsed = performance.now() - start
  close()
  return (elapsed * 1_000) / PING_PONG
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

/** A tunnel as a play opens it: a network of its own, recorded. */
async function openTunnelEnd(
  local: string,
  remote: string,
): Promise<{ readonly end: TunnelEnd; close(): Promise<void> }> {
  const { network } = recordNetwork(createSystemNetwork(), { startedAt: Date.now() })
  const socket = await network.openGre(remote, { from: local })
  const hub = createGreHub(socket, network.clock)
  return { end: hub.end(7, 7), close: () => network.close() }
}

/** A PPP frame such that its GRE packet has `SIZE` octets. */
function payload(): Uint8Array {
  return new Uint8Array(SIZE - HEADER).fill(0x21)
}
