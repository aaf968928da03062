import { describe, expect, test } from 'vitest'
import { isConnection, type Network, type TcpConnection } from '../network/network.ts'
import { createSystemNetwork } from '../network/system.ts'
import { loopbackAddresses } from '../network/testing/loopback.ts'
import { controlMessage, decodeControl, encodeControl } from '../protocol/control.ts'
import { createFramer } from '../protocol/framer.ts'
import { decodeGre } from '../protocol/gre.ts'
import { fromHex, toHex } from '../protocol/octets.ts'
import { createReference } from '../reference/machine.ts'
import { REFERENCE_ADDRESS, referenceImplementation, TESTER_ADDRESSES } from './embedded.ts'
import { hostMachine } from './embedded-host.ts'

async function connect(network: Network, address: string, port = 1723): Promise<TcpConnection> {
  const connection = await network.connect({ address, port }, { timeout: 1_000 })
  if (!isConnection(connection)) throw new Error(connection.detail)
  return connection
}

/** Sends both requests, and collects the replies of one second. */
async function converse(network: Network): Promise<readonly string[]> {
  const seen: string[] = []
  const gre = await network.openGre(REFERENCE_ADDRESS)
  gre.onPacket((packet) => seen.push(`${network.clock.now()} gre ${toHex(packet)}`))
  const connection = await connect(network, REFERENCE_ADDRESS)
  connection.onEvent((event) => {
    if (event.kind === 'data') seen.push(`${network.clock.now()} ${toHex(event.octets)}`)
  })
  connection.send(encodeControl(controlMessage('Start-Control-Connection-Request')))
  connection.send(
    encodeControl(
      controlMessage('Outgoing-Call-Request', {
        callId: 7,
        maximumBps: 64_000,
        bearerType: 1,
        framingType: 1,
        packetRecvWindowSize: 4,
      }),
    ),
  )
  await network.clock.sleep(1_000)
  return seen
}

describe('the reference as an implementation', () => {
  test('answers in a simulated world, the same way in every new one', async () => {
    const [first, second] = await referenceImplementation().start(2, () => {})
    const played = await Promise.all(
      [first, second].map((replica) => replica?.play(async () => converse(await replica.openNetwork()))),
    )
    expect(played[0]).toHaveLength(3)
    expect(played[0]).toEqual(played[1])
    const packet = decodeGre(fromHex(played[0]?.at(-1)?.split(' ').at(-1) ?? ''))
    expect(packet).toMatchObject({ kind: 'gre', callId: 7, sequenceNumber: 0 })
    await first?.stop()
  })

  test('receives GRE from addresses without a control connection, and drops it', async () => {
    const [replica] = await referenceImplementation().start(1, () => {})
    const lines = await replica?.play(async () => {
      const network = await replica.openNetwork()
      const gre = await network.openGre(REFERENCE_ADDRESS, { from: TESTER_ADDRESSES[1] })
      gre.send(Uint8Array.of(0x30, 0x01, 0x88, 0x0b, 0, 0, 0, 1, 0, 0, 0, 0))
      await network.clock.sleep(100)
      await network.close()
      return replica.takeLog()
    })
    expect(lines?.map(({ text }) => text)).toEqual(['GRE from 10.0.0.3 dropped: no call 1'])
  })

  test('originates on command', async () => {
    const [replica] = await referenceImplementation().start(1, () => {})
    const first = await replica?.play(async () => {
      const network = await replica.openNetwork()
      const received = new Promise<Uint8Array>((resolve) => {
        void network.listen({ address: TESTER_ADDRESSES[0], port: 1723 }, (connection) =>
          connection.onEvent((event) => {
            if (event.kind === 'data') resolve(event.octets)
          }),
        )
      })
      replica.command({ name: 'start', to: { address: TESTER_ADDRESSES[0], port: 1723 } })
      return await received
    })
    expect(decodeControl(first ?? new Uint8Array(0)).name).toBe('Start-Control-Connection-Request')
  })
})

test('the same machine serves real TCP on loopback', async () => {
  const network = createSystemNetwork()
  // An address of its own, because on a shared address no port is sure to be free.
  const [address] = loopbackAddresses()
  const port = 11_724
  const hosted = await hostMachine(network, createReference(), { address, port })
  const connection = await connect(network, address, port)
  const framer = createFramer()
  const reply = new Promise<Uint8Array>((resolve) => {
    connection.onEvent((event) => {
      if (event.kind !== 'data') return
      for (const framed of framer.push(event.octets)) if (framed.kind === 'message') resolve(framed.octets)
    })
  })
  connection.send(encodeControl(controlMessage('Start-Control-Connection-Request')))
  expect(decodeControl(await reply)).toMatchObject({ name: 'Start-Control-Connection-Reply', resultCode: 1 })
  await hosted.close()
  await network.close()
})
