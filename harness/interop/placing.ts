import { messageOf } from '../errors/errors.ts'
import { within } from '../implementations/within.ts'
import { printable } from '../protocol/octets.ts'
import { describeDialEnd } from '../scenario/dial.ts'
import type { Bed } from './bed.ts'
import type { HopsSeen, Interop, InteropCase, PlacedCall } from './interop-case.ts'
import { PATHS, type Path } from './paths.ts'

/**
 * s that a link may take to come up at the client. Long on paths that let links through, for
 * crowded machines and for losses, after which PPP asks again only after seconds; short on paths
 * that do not.
 */
const LINK = { usual: 30, blocked: 8, lossy: 40 } as const
/** s after which a link that the client has shows at the server, and a link that ended is gone. */
const SERVER_LINK = 12
const GONE = 12
/** The number of attempts for a call that a translating router ends in its first moment. */
const ATTEMPTS = 3
/** ms that a client may take to end a call properly. */
const HANG_UP = 6_000

/** Places calls, and keeps a list of them so that they can be ended. */
export interface Placer {
  readonly place: Interop['place']
  readonly calls: readonly PlacedCall[]
}

/**
 * @param look returns the captures so far.
 * @param note adds a line to the log of the case.
 */
export function createPlacer(
  one: InteropCase,
  bed: Bed,
  note: (text: string) => void,
  look: () => Promise<HopsSeen>,
): Placer {
  const { clients, server } = bed
  const { translates = false, linkless = false }: Path = PATHS[one.path]
  const patience = one.path === 'lossy' ? LINK.lossy : linkless ? LINK.blocked : LINK.usual
  const calls: PlacedCall[] = []

  async function placeOnce(options: Parameters<Interop['place']>[0] = {}): Promise<PlacedCall> {
    const { client = clients[0], settings = {}, count = 1 } = options
    const address = bed.dialled()
    note(`${client.name} dials ${address}`)
    const dial = await client.dial(address, settings)
    // No link comes up after the dialling program has ended.
    const ended = dial.ended?.then((end) => {
      note(`the dial has ended: ${printable(describeDialEnd(end))}`)
      return undefined
    })
    const link = await Promise.race([client.link(patience), ...(ended === undefined ? [] : [ended])])
    const serverLink = link === undefined ? undefined : await server.link(SERVER_LINK, count)
    const call: PlacedCall = { client, dial, link, serverLink }
    calls.push(call)
    return call
  }

  const icmp = async () => (await look()).hops.reduce((sum, { unreachable }) => sum + unreachable.length, 0)

  return {
    calls,
    /**
     * A router that finds the server's first GRE packet and the reply that announces it in one
     * batch looks at GRE first, knows no call for it, and answers with ICMP, which ends the call.
     * The race is a matter of microseconds, so a call that ends like this is placed again.
     */
    async place(options) {
      let before = translates ? await icmp() : 0
      for (let attempt = 1; ; attempt++) {
        const call = await placeOnce(options)
        if (call.link !== undefined || !translates || attempt === ATTEMPTS) return call
        const after = await icmp()
        if (after === before) return call
        before = after
        note('the router knew no call for the first GRE packet; dialled again')
        await endOne(call, note)
        calls.splice(calls.indexOf(call), 1)
      }
    },
  }
}

/**
 * Ends the calls that the case has left: properly first, so that no monitor blames an end for a
 * call that the harness cuts off.
 */
export async function endAll(
  calls: readonly PlacedCall[],
  bed: Bed,
  note: (text: string) => void,
): Promise<void> {
  await Promise.all(calls.map((call) => endOne(call, note)))
  if (calls.length === 0) return
  const { server } = bed
  if (await server.noLink(GONE)) return
  note(`${server.name} still has a link`)
  // Nothing of one case must disturb the next.
  await server.endCalls?.('crash')
}

async function endOne({ dial }: PlacedCall, note: (text: string) => void): Promise<void> {
  await dial.hangUp?.().catch((error: unknown) => note(messageOf(error)))
  const { ended } = dial
  if (ended !== undefined)
    await within(HANG_UP, ended, () => new Error('the client does not hang up')).catch((error: unknown) =>
      note(messageOf(error)),
    )
  await dial.stop()
}
