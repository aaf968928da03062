/**
 * What our GRE sockets cost over the bare libc calls: `npx tsx harness/network/gre.bench.ts [packets]`. Sends packets of 120
 * octets over loopback in bursts, all received before the next burst leaves, so that both ways do the same work.
 * Needs raw sockets (root or CAP_NET_RAW).
 */
import { libc, MSG_DONTWAIT } from './libc.ts'
import { openRawGre, openSocketTo } from './raw-gre.ts'

const SIZE = 120
const BURST = 64
const HERE = '127.0.0.1'
const THERE = '127.0.0.2'

const packets = Number(process.argv[2] ?? 50_000)
const bare = [bareLoop(), bareLoop()]
const ours = [await throughSockets(), await throughSockets()]
const alternate = await pingPong(Math.min(packets, 10_000))
console.log(`bare libc loop   ${rate(Math.max(...bare))}`)
console.log(`our GreSocket    ${rate(Math.max(...ours))}`)
console.log(`ratio            ${(Math.max(...ours) / Math.max(...bare)).toFixed(2)}`)
console.log(`there and back   ${(1e6 / alternate).toFixed(1)} us, one packet at a time`)

function bareLoop(): number {
  const sys = libc()
  const from = openSocketTo(THERE, HERE)
  const to = openSocketTo(HERE, THERE)
  const packet = new Uint8Array(SIZE)
  const buffer = new Uint8Array(65_535)
  const start = performance.now()
  for (let received = 0; received < packets; ) {
    for (let count = 0; count < BURST; count++) sys.send(from, packet, SIZE, MSG_DONTWAIT)
    while (sys.recv(to, buffer, buffer.length, MSG_DONTWAIT) > 0) received++
  }
  const elapsed = performance.now() - start
  sys.close(from)
  sys.close(to)
  return (packets / elapsed) * 1_000
}

async function throughSockets(): Promise<number> {
  const from = openRawGre(THERE, { from: HERE })
  const to = openRawGre(HERE, { from: THERE })
  const packet = new Uint8Array(SIZE)
  const burst = (): void => {
    for (let count = 0; count < BURST; count++) from.send(packet)
  }
  const start = performance.now()
  await new Promise<void>((resolve) => {
    let received = 0
    to.onPacket(() => {
      received++
      if (received >= packets) resolve()
      else if (received % BURST === 0) burst()
    })
    burst()
  })
  const elapsed = performance.now() - start
  from.close()
  to.close()
  return (packets / elapsed) * 1_000
}

/** Round trips per second, one packet in flight. */
async function pingPong(rounds: number): Promise<number> {
  const from = openRawGre(THERE, { from: HERE })
  const to = openRawGre(HERE, { from: THERE })
  const packet = new Uint8Array(SIZE)
  const start = performance.now()
  await new Promise<void>((resolve) => {
    let round = 0
    to.onPacket((received) => to.send(received))
    from.onPacket(() => {
      if (++round === rounds) resolve()
      else from.send(packet)
    })
    from.send(packet)
  })
  const elapsed = performance.now() - start
  from.close()
  to.close()
  return (rounds / elapsed) * 1_000
}

function rate(packetsPerSecond: number): string {
  return `${Math.round(packetsPerSecond).toLocaleString('en')} packets/s`
}
