/**
 * What a play under virtual time costs: `npx tsx harness/network/virtual.bench.ts [plays]`. Each play is a world with two hosts, a
 * connection, 50 requests with an answer each, and 25 GRE packets with an echo each.
 */
import { isConnection } from './network.ts'
import { createSimulatedNetwork } from './simulated.ts'
import { createVirtualClock } from './virtual-clock.ts'

const plays = Number(process.argv[2] ?? 1_000)
let events = 0
// The first fifth warms the compiler up and is not counted.
for (let count = 0; count < plays / 5; count++) await play()
events = 0
const start = performance.now()
for (let count = 0; count < plays; count++) await play()
const elapsed = performance.now() - start
console.log(`play            ${(elapsed / plays).toFixed(3)} ms, ${events / plays} events`)
console.log(`event           ${((elapsed / events) * 1_000).toFixed(2)} us`)

async function play(): Promise<void> {
  const clock = createVirtualClock()
  const world = createSimulatedNetwork({ clock })
  const client = world.host('10.0.0.1')
  const server = world.host('10.0.0.2')
  await clock.run(
    (async () => {
      await server.listen({ address: '10.0.0.2', port: 1723 }, (connection) => {
        connection.onEvent((event) => {
          if (event.kind === 'data') connection.send(event.octets)
        })
      })
      const connection = await client.connect({ address: '10.0.0.2', port: 1723 }, { timeout: 1_000 })
      if (!isConnection(connection)) throw new Error(connection.detail)
      let answered = (): void => {}
      connection.onEvent((event) => {
        if (event.kind === 'data') answered()
      })
      const request = new Uint8Array(156)
      for (let count = 0; count < 50; count++) {
        await new Promise<void>((resolve) => {
          answered = resolve
          connection.send(request)
        })
      }
      const near = await client.openGre('10.0.0.2')
      const far = await server.openGre('10.0.0.1')
      far.onPacket((packet) => far.send(packet))
      const packet = new Uint8Array(40)
      for (let count = 0; count < 25; count++) {
        await new Promise<void>((resolve) => {
          near.onPacket(() => resolve())
          near.send(packet)
        })
      }
    })(),
  )
  events += clock.fired()
}
