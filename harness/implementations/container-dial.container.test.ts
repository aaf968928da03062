import { afterEach, describe, expect, it } from 'vitest'
import type { Network } from '../network/network.ts'
import { containerImplementation } from './container.ts'
import type { Replica } from './implementation.ts'
import { loadImplementation, type Manifest } from './manifest.ts'
import { engineForTests } from './testing/engine.ts'
import { type OctetStream, octetStream } from './testing/octet-stream.ts'

const { available, engine } = await engineForTests()

let replica: Replica | undefined
let network: Network | undefined
afterEach(async () => {
  await network?.close()
  await replica?.stop()
})

/** Connections that have arrived, and calls that wait for a connection. */
const arrived: OctetStream[] = []
const awaited: ((stream: OctetStream) => void)[] = []

/** Starts one replica, with a changed manifest. */
async function start(name: string, changes: Partial<Manifest> = {}): Promise<Replica> {
  const source = loadImplementation(name)
  const manifest = { ...source.manifest, ...changes }
  const [started] = await containerImplementation({ ...source, manifest }, engine()).start(1, () => {})
  if (started === undefined) throw new Error('no replica')
  replica = started
  return started
}

/** Listens on the tester's address on the container's network, and never answers. */
async function listen({ testerAddresses: [address = ''] = [], openNetwork }: Replica): Promise<string> {
  network = await openNetwork()
  await network.listen({ address, port: 1723 }, (connection) => {
    const stream = octetStream(connection)
    const first = awaited.shift()
    if (first === undefined) arrived.push(stream)
    else first(stream)
  })
  return address
}

/** Waits for the next connection and its first 156 octets, a Start-Control-Connection-Request. */
async function nextRequest(): Promise<{ readonly stream: OctetStream; readonly request: Buffer }> {
  const stream = arrived.shift() ?? (await new Promise<OctetStream>((resolve) => awaited.push(resolve)))
  return { stream, request: await stream.receive(156) }
}

describe.skipIf(!available).each(['pptp-linux-1.10.0', 'pptp-linux-1.10.0-bookworm'])(
  '%s dials',
  { timeout: 900_000 },
  (name) => {
    it('again and again, and leaves nothing behind', async () => {
      const iut = await start(name)
      expect(iut.provenance.versions['pptp-linux']).toMatch(/^1\.10\.0/)
      const address = await listen(iut)

      const arriving = nextRequest()
      const dial = await iut.dial?.(address, { phoneNumber: "5551 '$(reboot)", secret: 'two words' })
      const { stream, request } = await arriving
      expect(request.readUInt16BE(8)).toBe(1)
      expect(request.readUInt32BE(4)).toBe(0x1a2b3c4d)
      await dial?.hangUp?.()
      // Exit statuses of pppd: 5 after a signal, 16 if pptp ended first.
      expect([5, 16]).toContain((await dial?.ended)?.status)
      // pptp's call manager keeps running: it never got a call, so it cannot see one end.
      expect(stream.isClosed()).toBe(false)
      await dial?.stop()
      await dial?.stop()
      await stream.closed

      for (let count = 0; count < 5; count++) {
        const next = nextRequest()
        const again = await iut.dial?.(address)
        await next
        await again?.stop()
        expect(await again?.ended).toEqual({ status: undefined, detail: 'stopped' })
      }
      const log = iut.takeLog().map((line) => line.text)
      expect(log.join('\n')).toContain(`--phone '5551 '\\''$(reboot)'`)
      expect(log.filter((line) => line.includes('Start-Control-Connection-Request'))).toHaveLength(6)
      expect(iut.death()).toBeUndefined()
    })
  },
)

describe.skipIf(!available)('a dial', { timeout: 900_000 }, () => {
  it('can be stopped before it has begun', async () => {
    const iut = await start('pptp-linux-1.10.0')
    const dial = await iut.dial?.(await listen(iut))
    await dial?.stop()
    expect(await dial?.ended).toEqual({ status: undefined, detail: 'stopped' })
  })

  const light = { start: { env: { PPTPSPEC_KERNEL: 'host' } } }

  it('reports its exit status and the last characters of its output', async () => {
    const iut = await start('pptp-linux-1.10.0', {
      ...light,
      dial: {
        command: [
          'sh',
          '-c',
          // Both outputs in one stream: an engine does not keep the order between two.
          'exec >&2; yes "$1" | head -c 1000000; printf "\\n\\033[2J%s\\n" "$2"; exit 7',
          'sh',
          '{server}',
        ],
        settings: { phoneNumber: ['the {value}'] },
        stop: ['true'],
      },
    })
    const end = await (await iut.dial?.('192.0.2.1', { phoneNumber: '{server} $&' }))?.ended
    expect(end?.status).toBe(7)
    expect(end?.detail).toMatch(/192\.0\.2\.1 \| 192\.0\.2\.1 \| .*the \{server\} \$&$/)
    expect(end?.detail.length).toBeLessThanOrEqual(400)
  })

  it('throws EnvironmentError for a setting without words, and for a stop command that fails', async () => {
    const iut = await start('pptp-linux-1.10.0', {
      ...light,
      dial: { command: ['true', '{server}'], stop: ['sh', '-c', 'echo in vain; exit 3'] },
    })
    await expect(iut.dial?.('192.0.2.1', { window: 3 })).rejects.toThrow(
      /the manifest has no dial\.settings\.window/,
    )
    const dial = await iut.dial?.('192.0.2.1')
    await expect(dial?.stop()).rejects.toThrow(/dial\.stop ended with status 3: in vain/)
  })

  it('ends with its container', async () => {
    const iut = await start('pptp-linux-1.10.0', {
      ...light,
      dial: { command: ['sleep', '1000', '{server}'], stop: ['true'] },
    })
    const dial = await iut.dial?.('192.0.2.1')
    await iut.stop()
    expect((await dial?.ended)?.status).not.toBe(0)
    await dial?.stop()
  })
})
