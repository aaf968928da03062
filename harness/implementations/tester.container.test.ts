import { afterEach, describe, expect, it } from 'vitest'
import { EnvironmentError } from '../errors/errors.ts'
import { addressNumber } from '../protocol/ip.ts'
import { containerImplementation } from './container.ts'
import type { Replica } from './implementation.ts'
import { loadImplementation } from './manifest.ts'
import { currentRun, LABELS, TESTER_LABEL } from './run-identity.ts'
import { engineForTests } from './testing/engine.ts'
import { connectTo } from './testing/octet-stream.ts'

const { available, engine } = await engineForTests()

const replicas: Replica[] = []
afterEach(async () => {
  await Promise.all(replicas.splice(0).map((replica) => replica.stop()))
})

/** Starts a server without a guest kernel, with a tester in containers. */
async function start(): Promise<Replica> {
  const source = loadImplementation('pptpd-1.5.0')
  const implementation = containerImplementation(source, engine(), { tester: 'container' })
  const [replica] = await implementation.start(1, () => {}, { calls: false })
  if (replica === undefined) throw new Error('no replica')
  replicas.push(replica)
  return replica
}

/** Returns the containers of this process's testers. */
async function testers() {
  const filters = { label: [`${LABELS.run}=${currentRun().run}`, TESTER_LABEL] }
  const { docker } = engine()
  const found = await docker.listContainers({ all: true, filters })
  return found.map(({ Id }) => docker.getContainer(Id))
}

type Container = Awaited<ReturnType<typeof testers>>[number]

/** Returns the output of a command in a container, run as the container's user. */
async function output(container: Container, ...Cmd: readonly string[]): Promise<string> {
  const exec = await container.exec({ Cmd: [...Cmd], AttachStdout: true, AttachStderr: true, Tty: true })
  const stream = await exec.start({ Tty: true })
  let text = ''
  for await (const piece of stream) text += String(piece)
  return text.replaceAll('\r', '')
}

describe.skipIf(!available)('a tester in containers', { timeout: 900_000 }, () => {
  it('may open raw sockets, but has no other capability, no mount, no engine, and no writable file', async () => {
    await start()
    const all = await testers()
    expect(all).toHaveLength(2)
    for (const container of all) {
      const { Config, HostConfig, Mounts } = await container.inspect()
      expect(Config.User).toBe('1723:1723')
      expect(HostConfig).toMatchObject({ ReadonlyRootfs: true, Privileged: false, AutoRemove: true })
      expect(Mounts).toEqual([])
      expect(HostConfig.Binds ?? []).toEqual([])
      // The container gets no variable of the process that started it.
      expect(Config.Env.filter((one: string) => !/^(PATH|container|HOME|TERM)=/.test(one))).toEqual([])

      // The capabilities of the program itself: CAP_NET_RAW is number 13.
      const status = await output(container, 'cat', '/proc/1/status')
      const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1]
      expect(field('Uid')).toBe('1723\t1723\t1723\t1723')
      expect(field('Gid')).toBe('1723\t1723\t1723\t1723')
      expect(field('CapBnd')).toBe('0000000000002000')
      expect(field('CapEff')).toBe('0000000000002000')
      expect(await output(container, 'sh', '-c', 'echo > /somewhere')).toContain('Read-only file system')
      const sockets = 'find / -xdev -type s 2>/dev/null; ls -d /var/run/docker.sock /run/podman 2>/dev/null'
      expect(await output(container, 'sh', '-c', sockets)).toBe('')
      const mounts = await output(container, 'cut', '-d ', '-f5', '/proc/self/mountinfo')
      const foreign = mounts
        .split('\n')
        .filter(
          (path) => !/^(|\/|\/(proc|sys|dev|run)(\/.*)?|\/etc\/(hosts|hostname|resolv\.conf))$/.test(path),
        )
      expect(foreign).toEqual([])
    }
  })

  it('reaches its implementation from two addresses, one below and one above it', async () => {
    const { address, testerAddresses = [], openNetwork } = await start()
    const [below = '', above = '', ...others] = testerAddresses
    expect(others).toEqual([])
    expect(addressNumber(below)).toBeLessThan(addressNumber(address))
    expect(addressNumber(above)).toBeGreaterThan(addressNumber(address))
    const network = await openNetwork()
    for (const from of [below, above]) {
      const connection = await network.connect({ address, port: 1723 }, { from, timeout: 5_000 })
      expect(connection).toMatchObject({ local: { address: from } })
    }
    const gre = await network.openGre(address, { from: above })
    expect(gre.local).toBe(above)
    await network.close()
  })

  it('ends the play with an EnvironmentError when it is killed, and reports no event of the connection', async () => {
    const { address, play, openNetwork, stop } = await start()
    const network = await openNetwork()
    const events: string[] = []
    const playing = play(async () => {
      const connection = await network.connect({ address, port: 1723 }, { timeout: 5_000 })
      if ('onEvent' in connection) connection.onEvent(({ kind }) => void events.push(kind))
      await Promise.all((await testers()).map((container) => container.kill()))
      await new Promise(() => {})
    })
    await expect(playing).rejects.toThrow(EnvironmentError)
    await expect(connectTo(network, address)).rejects.toThrow(/holds its sockets, is lost/)
    await network.close()
    await stop()
    expect(events).toEqual([])
    expect(await testers()).toEqual([])
  })
})
