import { isConnection } from '../harness/network/network.ts'
import { createSimulatedNetwork } from '../harness/network/simulated.ts'
import { createVirtualClock } from '../harness/network/virtual-clock.ts'
import type { Bench } from './bench.ts'
import { fixedLoop } from './fixed-loop.ts'
import { measurePairs } from './pair.ts'

/** Plays in a round. */
const PLAYS = 200
const REQUESTS = 50
const PACKETS = 25

/**
 * Measures plays under virtual time. Each play has a world of two hosts, a connection with 50
 * requests and their answers, and 25 GRE packets and their echoes.
 */
export const virtual: Bench = {
  name: 'virtual',
  about: 'plays under virtual time against a fixed loop of arithmetic',
  async measure({ rounds }) {
    const rows = await measurePairs(
      [
        {
          name: 'virtual/plays',
          subject: `${PLAYS} plays under virtual time`,
          yardstick: 'fixed loop',
          unit: 's',
          async ours() {
            const start = performance.now()
            for (let count = 0; count < PLAYS; count++) await play()
            return (performance.now() - start) / 1000
          },
          theirs: fixedLoop,
        },
      ],
      { rounds, warm: 1 },
    )
    return { rows }
  },
}

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
      for (let count = 0; count < REQUESTS; count++) {
        await new Promise<void>((resolve) => {
          answered = resolve
          connection.send(request)
        })
      }
      const near = await client.openGre('10.0.0.2')
      const far = await server.openGre('10.0.0.1')
      far.onPacket((packet) => far.send(packet))
      const packet = new Uint8Array(40)
      for (let count = 0; count < PACKETS; count++) {
        await new Promise<void>((resolve) => {
          near.onPacket(() => resolve())
          near.send(packet)
        })
      }
    })(),
  )
}
