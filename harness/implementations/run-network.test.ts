import Dockerode from 'dockerode'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Engine } from './engine.ts'
import { layoutIn, shareRunNetwork } from './run-network.ts'

/** An error answer of the engine. */
const refusal = (statusCode: number, message: string) => Object.assign(new Error(message), { statusCode })

let engines = 0
/** Puts the tester in this process, whatever this machine allows. */
const HERE = { tester: 'here' } as const

/** Creates an engine that refuses names in use, and removes only networks not in `holds`. */
function engineWithNetworks(holds: (name: string) => boolean = () => false) {
  engines += 1
  const names = new Set<string>()
  const docker = Object.assign(new Dockerode(), {
    async createNetwork({ Name }: { readonly Name: string }) {
      if (names.has(Name)) throw refusal(409, `network with name ${Name} already exists`)
      names.add(Name)
      return { id: Name }
    },
    getNetwork: (name: string) => ({
      async remove() {
        if (holds(name)) throw refusal(403, `network ${name} has active endpoints`)
        if (!names.delete(name)) throw refusal(404, `network ${name} not found`)
      },
    }),
  }) as unknown as Dockerode
  const engine: Engine = {
    docker,
    name: 'Docker',
    version: '1',
    host: `unix:///${engines}`,
    api: `unix:///${engines}`,
    found: '--engine',
    architecture: 'amd64',
  }
  return { engine, names }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

it('shares one network until the last share is released; a second release does nothing', async () => {
  const { engine, names } = engineWithNetworks()
  const [one, other] = await Promise.all([
    shareRunNetwork(engine, 'one', HERE),
    shareRunNetwork(engine, 'one', HERE),
  ])
  expect(other.name).toBe(one.name)
  await one.release()
  await one.release()
  expect([...names]).toEqual([one.name])
  await other.release()
  expect([...names]).toEqual([])
})

it('creates a network for each implementation', async () => {
  const { engine, names } = engineWithNetworks()
  const [one, other] = await Promise.all([
    shareRunNetwork(engine, 'one', HERE),
    shareRunNetwork(engine, 'other', HERE),
  ])
  expect(other.name).not.toBe(one.name)
  await one.release()
  expect([...names]).toEqual([other.name])
  await other.release()
  expect([...names]).toEqual([])
})

it('creates the next network although an earlier one could not be removed', async () => {
  let stuck: string | undefined
  const { engine, names } = engineWithNetworks((name) => name === stuck)
  const first = await shareRunNetwork(engine, 'one', HERE)
  stuck = first.name
  const failed = expect(first.release()).rejects.toThrow('has active endpoints')
  await vi.runAllTimersAsync()
  await failed

  const second = await shareRunNetwork(engine, 'one', HERE)
  expect([...names]).toEqual([first.name, second.name])
  await second.release()
  expect([...names]).toEqual([first.name])
})

it.each([
  ['172.18.0.0/16', '172.18.64.0/18', ['172.18.0.2', '172.18.255.253'], '172.18.255.254'],
  ['192.168.240.0/20', '192.168.244.0/22', ['192.168.240.2', '192.168.255.253'], '192.168.255.254'],
  ['10.9.8.64/26', '10.9.8.80/28', ['10.9.8.66', '10.9.8.125'], '10.9.8.126'],
])('a tester in %s is below and above all that the engine gives', (subnet, range, tester, unused) => {
  expect(layoutIn(subnet)).toEqual({ subnet, range, tester, unused })
})

it.each(['10.0.0.0/27', '10.0.0.0/4', 'fd00::/64', ''])('finds no room for a tester in %j', (subnet) => {
  expect(layoutIn(subnet)).toBeUndefined()
})
