import { spawn, spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { UsageError } from '../errors/errors.ts'
import { toHex } from '../protocol/octets.ts'
import { grePacketIn } from './gre-receiver.ts'
import type { GreSocket } from './network.ts'
import { canOpenRawGre, openRawGre } from './raw-gre.ts'
import { loopbackAddresses } from './testing/loopback.ts'

const [HERE, THERE, ...MORE] = loopbackAddresses()
const ability = canOpenRawGre()
const missing = ability.ok || process.env.PPTPSPEC_REQUIRE_RAW === '1' ? undefined : ability.reason
const title = `raw GRE over loopback${missing === undefined ? '' : ` (${missing})`}`

describe('grePacketIn', () => {
  const PATH = Uint8Array.of(127, 0, 0, 2, 127, 0, 0, 1)
  const ipHeader = (payloadLength: number, words = 5): number[] => {
    const total = words * 4 + payloadLength
    const header = [0x40 + words, 0, total >> 8, total & 0xff, 0, 0, 0, 0, 64, 47, 0, 0, ...PATH]
    return [...header, ...new Array(words * 4 - 20).fill(1)]
  }
  const packetIn = (...octets: number[]): Uint8Array | undefined =>
    grePacketIn(Uint8Array.from(octets), octets.length, PATH)

  it('strips the IP header, options too', () => {
    expect(packetIn(...ipHeader(3), 7, 8, 9)).toEqual(Uint8Array.of(7, 8, 9))
    expect(packetIn(...ipHeader(3, 15), 7, 8, 9)).toEqual(Uint8Array.of(7, 8, 9))
  })

  it('leaves out octets after the total length, in the packet or in the buffer', () => {
    expect(packetIn(...ipHeader(1), 7, 8, 9)).toEqual(Uint8Array.of(7))
    expect(grePacketIn(Uint8Array.from([...ipHeader(2), 7, 8, 9]), 21, PATH)).toBeUndefined()
  })

  it.each([
    ['nothing', []],
    ['less than a header', ipHeader(0).slice(0, 19)],
    ['IPv6', ipHeader(0).with(0, 0x65)],
    ['a header length below 20', ipHeader(0).with(0, 0x44)],
    ['a header longer than the packet', ipHeader(0).with(0, 0x4f)],
    ['another protocol', ipHeader(0).with(9, 6)],
    ['a total length below the header', ipHeader(0).with(3, 19)],
    ['a total length beyond the packet', ipHeader(4)],
    ['another source', ipHeader(0).with(15, 3)],
    ['another destination', ipHeader(0).with(19, 3)],
  ])('refuses %s', (_, packet) => {
    expect(packetIn(...packet)).toBeUndefined()
  })

  it('never throws, and never returns more octets than the packet has', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.boolean(), (garbage, plausible) => {
        const [start, end] = [garbage.slice(0, 6), garbage.slice(6)]
        const packet = plausible ? [0x45, 0, 0, ...start, 47, 0, 0, ...PATH, ...end] : [...garbage]
        expect(packetIn(...packet)?.length ?? 0).toBeLessThanOrEqual(Math.max(0, packet.length - 20))
      }),
    )
  })
})

describe('openRawGre', () => {
  it.each(['localhost', '::1', '127.0.0', '127.0.0.256', ''])('refuses %j as an address', (address) => {
    expect(() => openRawGre(address)).toThrow(UsageError)
  })
})

describe.skipIf(missing !== undefined)(title, () => {
  const open: GreSocket[] = []
  const socket = (remote: string, from: string): GreSocket => {
    const opened = openRawGre(remote, { from })
    open.push(opened)
    return opened
  }
  afterEach(() => {
    for (const one of open.splice(0)) one.close()
  })

  it('loses none of a burst of packets, in any size', async () => {
    const ours = socket(THERE, HERE)
    const theirs = socket(HERE, THERE)
    const sizes = Array.from({ length: 1_000 }, (_, at) => 8 + ((at * 37) % 1_400))
    const seen: number[] = []
    const all = new Promise<void>((resolve) => {
      theirs.onPacket((packet) => {
        seen.push(packet.length)
        if (seen.length === sizes.length) resolve()
      })
    })
    for (const size of sizes) ours.send(new Uint8Array(size))
    await all
    expect(seen).toEqual(sizes)
  })

  it('reports that packets were lost when its buffer was full', async () => {
    const ours = socket(THERE, HERE)
    const theirs = socket(HERE, THERE)
    let seen = 0
    theirs.onPacket(() => void seen++)
    const error = new Promise<{ readonly code: string }>((resolve) => theirs.onError(resolve))
    // Sent in one turn of the event loop, so that the socket is not read meanwhile.
    const sent = 20_000
    for (let count = 0; count < sent; count++) ours.send(new Uint8Array(100))
    expect(await error).toEqual({ code: 'EOVERFLOW' })
    expect(seen).toBeLessThan(sent)
  })

  it('carries many packets through many sockets, and lets the event loop run meanwhile', async () => {
    const rounds = 200
    let turns = 0
    const count = (): void => {
      turns++
      immediate = setImmediate(count)
    }
    let immediate = setImmediate(count)
    const echoed = await Promise.all(
      MORE.map((there, index) => {
        const ours = socket(there, HERE)
        const theirs = socket(HERE, there)
        theirs.onPacket((packet) => theirs.send(packet))
        return new Promise<number[][]>((resolve) => {
          const packets: number[][] = []
          ours.onPacket((packet) => {
            packets.push([...packet])
            if (packets.length === rounds) resolve(packets)
            else ours.send(Uint8Array.of(index, packets.length))
          })
          ours.send(Uint8Array.of(index, 0))
        })
      }),
    )
    for (const [index, packets] of echoed.entries()) {
      expect(packets).toEqual(Array.from({ length: rounds }, (_, round) => [index, round]))
    }
    clearImmediate(immediate)
    expect(turns).toBeGreaterThan(rounds)
  })

  it('leaves the octets of a packet as they came, whatever comes after it', async () => {
    const ours = socket(THERE, HERE)
    const theirs = socket(HERE, THERE)
    const sent = Array.from({ length: 300 }, (_, at) => new Uint8Array(1 + ((at * 53) % 900)).fill(at))
    const seen: Uint8Array[] = []
    const all = new Promise<void>((resolve) => {
      theirs.onPacket((packet) => {
        if (seen.push(packet) === sent.length) resolve()
      })
    })
    for (const packet of sent) ours.send(packet)
    await all
    expect(seen.map(toHex)).toEqual(sent.map(toHex))
  })

  it('delivers nothing once a listener has closed the socket', async () => {
    const ours = socket(THERE, HERE)
    const theirs = socket(HERE, THERE)
    const seen: number[] = []
    theirs.onPacket(([value = 0]) => {
      seen.push(value)
      if (value === 2) theirs.close()
    })
    for (const value of [1, 2, 3, 4]) ours.send(Uint8Array.of(value))
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(seen).toEqual([1, 2])
  })

  it('takes the address that the route gives when none is asked for', () => {
    const chosen = openRawGre(THERE)
    open.push(chosen)
    expect(chosen.local).toBe('127.0.0.1')
  })

  it('goes on after a listener has thrown', async () => {
    const ours = socket(THERE, HERE)
    const theirs = socket(HERE, THERE)
    const others = process.listeners('uncaughtException')
    for (const other of others) process.off('uncaughtException', other)
    const thrown: unknown[] = []
    const keep = (error: unknown): void => void thrown.push(error)
    process.on('uncaughtException', keep)
    const seen: number[] = []
    const all = new Promise<void>((resolve) => {
      theirs.onPacket(([value = 0]) => {
        seen.push(value)
        // This packet arrives while earlier packets still wait for the listener.
        if (value === 1) ours.send(Uint8Array.of(5))
        if (value === 5) resolve()
        if (value === 1 || value === 3) throw new Error(`over ${value}`)
      })
    })
    for (const value of [1, 2, 3, 4]) ours.send(Uint8Array.of(value))
    await all
    process.off('uncaughtException', keep)
    for (const other of others) process.on('uncaughtException', other)
    expect(seen).toEqual([1, 2, 3, 4, 5])
    expect(thrown).toMatchObject([{ message: 'over 1' }, { message: 'over 3' }])
  })

  it.each([
    ['when its sockets are closed', 'socket.close()'],
    ['on process.exit with a socket open', 'setTimeout(() => process.exit(0), 50)'],
    ['when an exception is not caught', "setTimeout(() => { throw new Error('planned') }, 50)"],
  ])('lets the process end %s', async (_, ending) => {
    const module = new URL('./raw-gre.ts', import.meta.url).href
    const script = `
      const { openRawGre } = await import(${JSON.stringify(module)})
      const socket = openRawGre('${THERE}', { from: '${HERE}' })
      process.on('exit', () => console.log('ending at', Date.now()))
      ${ending}`
    const { output, ended } = await run(script)
    const asked = Number(/ending at (\d+)/.exec(output)?.[1])
    // Less than the time-out of the poll (1,000 ms): the exit has woken it.
    expect(ended - asked).toBeLessThan(900)
  })
})

/** Starts a program without capabilities, even when we are root. */
const WITHOUT_RIGHTS = ['setpriv', '--inh-caps=-all', '--bounding-set=-all'] as const
const [SETPRIV, ...FLAGS] = WITHOUT_RIGHTS

describe.skipIf(spawnSync(SETPRIV, [...FLAGS, 'true']).status !== 0)(
  'without the right to raw sockets',
  () => {
    it('reports that they are not allowed, and a remedy', async () => {
      const module = new URL('./raw-gre.ts', import.meta.url).href
      const script = `
      const { canOpenRawGre } = await import(${JSON.stringify(module)})
      console.log(JSON.stringify(canOpenRawGre()))`
      expect(JSON.parse((await run(script, WITHOUT_RIGHTS)).output)).toEqual({
        ok: false,
        reason: 'Raw GRE sockets are not allowed here (EPERM)',
        remedy: expect.stringContaining('CAP_NET_RAW'),
      })
    })
  },
)

describe('on a system other than Linux', () => {
  it('loads, and reports that raw sockets need Linux', async () => {
    const module = new URL('./raw-gre.ts', import.meta.url).href
    const script = `
      Object.defineProperty(process, 'platform', { value: 'darwin' })
      const { canOpenRawGre } = await import(${JSON.stringify(module)})
      console.log(JSON.stringify(canOpenRawGre()))`
    expect(JSON.parse((await run(script)).output)).toMatchObject({
      ok: false,
      reason: 'Raw GRE sockets are implemented for Linux only; this is darwin',
    })
  })
})

/** Runs a module in a process of its own; resolves when that process has ended. */
function run(script: string, through: readonly string[] = []): Promise<{ output: string; ended: number }> {
  const node = [process.execPath, '--import', 'tsx', '--input-type=module', '--eval', script]
  const [program = process.execPath, ...args] = [...through, ...node]
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', () => resolve({ output, ended: Date.now() }))
  })
}
