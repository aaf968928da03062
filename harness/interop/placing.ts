import { messageOf } from '../errors/errors.ts'
import { within } from '../implementations/within.ts'
import { printable } from '../protocol/octets.ts'
import { describeDialEnd } from '../scenario/dial.ts'
import type { Bed } from './bed.ts'
import type { HopsSeen, Interop, InteropCase, PlacedCall } from './interop-case.ts'
import { PATHS, type Path } from './paths.ts'

/**
 * s that a link may take to come up at the client. Long on paths that let links through, because
 * the machine may be busy, and PPP repeats a lost request only after seconds; short on others.
 */
const LINK = { usual: 30, blocked: 8, lossy: 40 } as const
/** s within which a link of the client shows at the server, and within which it is gone again. */
const SERVER_LINK = 12
const GONE = 12
/** The most dials for a call that a translating router ends at its first GRE packet. */
const ATTEMPTS = 3
/** ms that a client may take to end a call properly. */
const HANG_UP = 6_000

/** Places calls, and keeps a list of them so that they can be ended. */
export interface Placer {
  readonly place: Interop['place']
  readonly calls: readonly PlacedCall[]
}

/**
 * Creates the placer of one case.
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
     * A translating router may handle the server's first GRE packet before the Outgoing-Call-Reply
     * that arrives with it. It then knows no call for the packet and answers with ICMP, which ends
     * the call. That is a race of microseconds, so such a call is placed again.
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
  // A link that is left must not disturb the next case.
  await server.endCalls?.('crash')
}

async function endOne({ dial }: PlacedCall, note: (text: string) => void): Promise<void> {
  await dial.hangUp?.().catch((error: unknown) => note(messageOf(error)))
  const { ended } = dial
  if (ended !== undefined)
    await within(
      HANG_UP,
      ended,
      () => new Error(`the client has not hung up within ${HANG_UP / 1_000} s`),
    ).catch((error: unknown) => note(messageOf(error)))
  await dial.stop()
}
