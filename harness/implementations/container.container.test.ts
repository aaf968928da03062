import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { emergencyStop } from './cleanup.ts'
import { containerImplementation } from './container.ts'
import type { Replica } from './implementation.ts'
import { type ContainerFolder, loadImplementation } from './manifest.ts'
import { currentRun, LABELS, TESTER_LABEL } from './run-identity.ts'
import { engineForTests } from './testing/engine.ts'
import { connectTo } from './testing/octet-stream.ts'

const { available, engine } = await engineForTests()

/**
 * Start-Control-Connection-Request, 156 octets, written out by hand: these tests must not depend on
 * the codec.
 */
function startRequest(): Buffer {
  const request = Buffer.alloc(156)
  request.writeUInt16BE(156, 0)
  request.writeUInt16BE(1, 2)
  request.writeUInt32BE(0x1a2b3c4d, 4)
  request.writeUInt16BE(1, 8)
  request.writeUInt16BE(0x0100, 12)
  request.writeUInt32BE(3, 16)
  request.writeUInt32BE(3, 20)
  return request
}

async function ours(): Promise<{ containers: number; networks: number }> {
  const filters = { label: [`${LABELS.run}=${currentRun().run}`] }
  const { docker } = engine()
  return {
    containers: (await docker.listContainers({ all: true, filters })).length,
    networks: (await docker.listNetworks({ filters })).length,
  }
}

describe.skipIf(!available).each(['pptpd-1.4.0', 'pptpd-1.5.0'])(
  '%s in a container',
  { timeout: 900_000 },
  (name) => {
    let replicas: readonly Replica[] = []
    afterEach(async () => {
      await Promise.all(replicas.map((replica) => replica.stop()))
      replicas = []
    })

    it('answers a Start-Control-Connection-Request, reports its versions, and leaves no container', async () => {
      const implementation = containerImplementation(loadImplementation(name), engine(), { provision: true })
      replicas = await implementation.start(2, () => {})
      expect(replicas).toHaveLength(2)
      for (const replica of replicas) {
        const network = await replica.openNetwork()
        const connection = await connectTo(network, replica.address)
        connection.send(startRequest())
        expect((await connection.receive(156)).readUInt16BE(8)).toBe(2)
        await network.close()
        expect(replica.provenance.versions.pptpd).toContain(name.replace('pptpd-', ''))
        expect(replica.provenance.versions.ppp).toMatch(/^\d/)
        expect(replica.death()).toBeUndefined()
        const lines = replica.takeLog().map((line) => line.text)
        expect(lines.some((line) => line.includes('MGR: Manager process started'))).toBe(true)
      }
      await Promise.all(replicas.map((replica) => replica.stop()))
      await replicas[0]?.stop()
      expect(await ours()).toEqual({ containers: 0, networks: 0 })
    })
  },
)

/** Outgoing-Call-Request, 168 octets. */
function callRequest(callId: number): Buffer {
  const request = Buffer.alloc(168)
  request.writeUInt16BE(168, 0)
  request.writeUInt16BE(1, 2)
  request.writeUInt32BE(0x1a2b3c4d, 4)
  request.writeUInt16BE(7, 8)
  request.writeUInt16BE(callId, 12)
  request.writeUInt32BE(300, 16)
  request.writeUInt32BE(100_000_000, 20)
  request.writeUInt32BE(3, 24)
  request.writeUInt32BE(3, 28)
  request.writeUInt16BE(64, 32)
  return request
}

describe.skipIf(!available).each(['pptpd-1.4.0', 'pptpd-1.5.0'])('%s under an accelerated clock', (name) => {
  it('sends its Echo-Request within seconds, and its pppd sends LCP', {
    timeout: 900_000,
  }, async () => {
    const source = loadImplementation(name)
    const [replica] = await containerImplementation(source, engine()).start(1, () => {}, {
      clock: 'accelerated',
    })
    if (!replica) throw new Error('no replica')
    const network = await replica.openNetwork()
    try {
      expect(replica.timers.speed).toBe(20)
      const idle = await connectTo(network, replica.address)
      idle.send(startRequest())
      expect((await idle.receive(156 + 16)).readUInt16BE(156 + 8)).toBe(5)
      idle.reset()
      // pptpd drops a connection that arrives while it reaps the process of an earlier one: SIGCHLD
      // interrupts its wait for the first message, which pptpd treats as a time-out.
      await expect
        .poll(() => replica.takeLog().map((line) => line.text), { timeout: 5_000 })
        .toContainEqual(expect.stringMatching(/MGR: Reaped child/))

      const gre = await network.openGre(replica.address)
      const packet = new Promise<Uint8Array>((resolve) => gre.onPacket(resolve))
      const control = await connectTo(network, replica.address)
      control.send(Buffer.concat([startRequest(), callRequest(77)]))
      expect((await control.receive(156 + 32)).readUInt16BE(156 + 8)).toBe(8)
      const first = Buffer.from(await packet)
      // Enhanced GRE with a sequence number and our Call ID. PPP follows after 12 octets: address
      // and control, protocol LCP, code Configure-Request.
      expect(first.readUInt16BE(0)).toBe(0x3001)
      expect(first.readUInt16BE(6)).toBe(77)
      expect(first.subarray(12, 17).toString('hex')).toBe('ff03c02101')
      await expect
        .poll(() => replica.takeLog().map((line) => line.text), { timeout: 5_000 })
        .toContainEqual(expect.stringMatching(/pppd\[\d+\]: sent \[LCP ConfReq .*<auth chap MS-v2>/))
      control.reset()
    } finally {
      await network.close()
      await replica.stop()
    }
  })
})

describe.skipIf(!available)('containers that end badly', { timeout: 900_000 }, () => {
  const source = loadImplementation('pptpd-1.4.0')

  it('a container that ends before it is ready is an EnvironmentError with the end of its log', async () => {
    const broken = {
      ...source,
      manifest: {
        ...source.manifest,
        start: { command: ['sh', '-c', 'echo cannot go on; exit 1'], env: { PPTPSPEC_KERNEL: 'host' } },
      },
    }
    const start = containerImplementation(broken, engine()).start(2, () => {})
    await expect(start).rejects.toThrow(/pptpd-1\.4\.0 ended before it was ready[\s\S]*cannot go on/)
    expect(await ours()).toEqual({ containers: 0, networks: 0 })
  })

  /** Returns an implementation with this Dockerfile. */
  async function withDockerfile<T>(
    content: string,
    body: (changed: ContainerFolder) => Promise<T>,
  ): Promise<T> {
    const folder = mkdtempSync(join(tmpdir(), 'pptpspec-test-'))
    try {
      writeFileSync(join(folder, 'Dockerfile'), content)
      return await body({ ...source, folder })
    } finally {
      rmSync(folder, { recursive: true })
    }
  }

  it('a container that can be created but not started is removed', async () => {
    await withDockerfile('ARG BASE\nFROM $BASE\nENTRYPOINT ["/nowhere"]\n', async (changed) => {
      const start = containerImplementation(changed, engine()).start(1, () => {})
      await expect(start).rejects.toThrow(/pptpd-1\.4\.0 could not be started: .*nowhere/)
    })
    expect(await ours()).toEqual({ containers: 0, networks: 0 })
  })

  it('a build that fails shows the end of its log', async () => {
    await withDockerfile('ARG BASE\nFROM $BASE\nRUN echo so far so good >&2 && exit 7\n', async (changed) => {
      const start = containerImplementation(changed, engine()).start(1, () => {})
      const failure = await start.catch((error: unknown) => String(error))
      expect(failure).toMatch(/building the image of pptpd-1\.4\.0 failed[\s\S]*\nso far so good/)
      // Docker's builder colours standard error; messages must not have its escape sequences.
      expect(failure).not.toContain('\u001b')
    })
  })

  it('reports the death of a container', async () => {
    const quick = {
      ...source,
      manifest: { ...source.manifest, start: { env: { PPTPSPEC_PORT: '1723', PPTPSPEC_KERNEL: 'host' } } },
    }
    const [replica] = await containerImplementation(quick, engine()).start(1, () => {})
    const containers = await engine().docker.listContainers({
      filters: { label: [`${LABELS.run}=${currentRun().run}`] },
    })
    const container = containers.find(({ Labels }) => Labels[TESTER_LABEL] === undefined)
    await engine()
      .docker.getContainer(container?.Id ?? '')
      .kill()
    await expect.poll(() => replica?.death()).toBe('container exited with status 137')
    await replica?.stop()
    expect(await ours()).toEqual({ containers: 0, networks: 0 })
  })

  // The last test of this file: no container can be started in this process after it.
  it('emergencyStop removes containers that are still being started', async () => {
    const start = containerImplementation(source, engine()).start(2, () => {})
    const failure = expect(start).rejects.toThrow()
    await expect.poll(async () => (await ours()).containers, { timeout: 20_000 }).toBeGreaterThan(0)
    const began = performance.now()
    await emergencyStop()
    expect(performance.now() - began).toBeLessThan(10_000)
    expect(await ours()).toEqual({ containers: 0, networks: 0 })
    await failure
  })
})
