import { systemClock } from '../../network/system.ts'
import { Inconclusive } from '../../scenario/judge.ts'
import type { TraceMessage } from '../../trace/messages.ts'
import type { Side } from '../../trace/trace.ts'
import { mainConversation } from '../hop-facts.ts'
import { type HopsSeen, type Interop, interopCase } from '../interop-case.ts'

/**
 * s by the clocks of the ends: more than the 60 s of silence before an Echo-Request and the 60 s
 * for its reply (RFC 2637, 3.1.4).
 */
const IDLE = 150
/** s of silence: longer than the 2 s after which the router of `nat-forgetful` forgets GRE. */
const FORGOTTEN = 5
/** s for which the router drops everything. */
const CUT = 4
/** s afterwards within which a ping must be answered. */
const BACK = 15

const keepAlive = interopCase(
  {
    id: 'idle/keep-alive',
    purpose:
      'Nothing is sent in the call for more than two minutes by the clocks of the ends; every Echo-Request is answered, and the link is still there.',
    decides: ['interop/link', 'interop/datagrams'],
    paths: ['direct'],
    accelerated: true,
    inapplicable: ({ client, server }) =>
      [client, server].some(({ manifest }) => manifest.clock?.accelerated !== undefined)
        ? undefined
        : `the clocks of ${client.name} and ${server.name} cannot be accelerated (clock.accelerated): the case would take minutes`,
  },
  async (t) => {
    const { link } = await t.placed()
    const speeds = [t.client, t.server].map(({ manifest }) => manifest.clock?.accelerated ?? 1)
    const slowest = Math.min(...speeds.filter((speed) => speed > 1), IDLE)
    await systemClock.sleep((IDLE / slowest) * 1_000)
    const { asked, answered } = await settledEchoes(t)
    // Without an Echo-Request it is unknown whether anything keeps the call alive.
    if (asked === 0) throw new Inconclusive('neither end sent an Echo-Request')
    const still = await t.client.link(1)
    t.decide('interop/link', {
      ok: still !== undefined && answered === asked,
      expected: 'a link still, and each Echo-Request answered',
      seen: `${still === undefined ? 'no link any more' : 'a link still'}, and ${answered} of ${asked} Echo-Requests answered`,
    })
    const received = await t.client.ping(link.remote, 500, { fragment: true, count: 3 })
    t.decide('interop/datagrams', {
      ok: received > 0,
      expected: 'at least 1 of 3 pings answered',
      seen: `${received} of 3 pings answered`,
    })
  },
)

/** ms within which an Echo-Request must be answered, and ms between two looks. */
const ANSWERED = 5_000
const LOOK_AGAIN = 250

/** Counts Echo-Requests and replies once no reply is outstanding, or after `ANSWERED` ms. */
async function settledEchoes(t: Pick<Interop, 'seen'>): Promise<ReturnType<typeof echoesIn>> {
  const until = systemClock.now() + ANSWERED
  for (;;) {
    const found = echoesIn(await t.seen())
    if (found.answered === found.asked || systemClock.now() >= until) return found
    await systemClock.sleep(LOOK_AGAIN)
  }
}

function echoesIn({ hops }: HopsSeen): { readonly asked: number; readonly answered: number } {
  const conversation = hops[0] && mainConversation(hops[0])
  const control = (conversation?.reading.parts ?? []).filter(
    (part): part is Extract<TraceMessage, { kind: 'control' }> => part.kind === 'control',
  )
  const open = new Set<string>()
  let asked = 0
  let answered = 0
  for (const { message, from } of control) {
    if (message.name === 'Echo-Request') {
      asked++
      open.add(`${from} ${message.identifier}`)
    } else if (message.name === 'Echo-Reply') {
      const other: Side = from === 'tester' ? 'iut' : 'tester'
      if (open.delete(`${other} ${message.identifier}`)) answered++
    }
  }
  return { asked, answered }
}

const forgotten = interopCase(
  {
    id: 'idle/beyond-router',
    purpose:
      'The router forgets a silent tunnel; after that, a ping of the client reaches the server, and the reply comes back.',
    decides: ['interop/datagrams'],
    paths: ['nat-forgetful'],
  },
  async (t) => {
    const { link } = await t.placed()
    await systemClock.sleep(FORGOTTEN * 1_000)
    const received = await t.client.ping(link.remote, 500, { fragment: true, count: 3 })
    t.decide('interop/datagrams', {
      ok: received > 0,
      expected: `at least 1 of 3 pings answered after ${FORGOTTEN} s of silence`,
      seen: `${received} of 3 pings answered`,
    })
  },
)

const cut = interopCase(
  {
    id: 'path/cut',
    purpose: `The router drops everything for ${CUT} s in the middle of a call; afterwards the call goes on.`,
    decides: ['interop/datagrams'],
    paths: ['routed'],
  },
  async (t) => {
    const { link } = await t.placed()
    await t.between('pass', 'no')
    const lost = await t.client.ping(link.remote, 500, { fragment: true, count: 2 })
    await systemClock.sleep(CUT * 1_000)
    await t.between('pass', 'yes')
    let received = 0
    const end = systemClock.now() + BACK * 1_000
    while (received === 0 && systemClock.now() < end)
      received = await t.client.ping(link.remote, 500, { fragment: true, count: 1 })
    t.decide('interop/datagrams', {
      ok: lost === 0 && received > 0,
      expected: `0 of 2 pings answered while the router drops everything, then a reply within ${BACK} s`,
      seen: `${lost} of 2 pings answered while the router drops everything, then ${received === 0 ? 'no reply' : 'a reply'} within ${BACK} s`,
    })
  },
)

/** Octets of the IP packets that are tried; fragmenting them is forbidden. */
const SIZES = [500, 1_000, 1_200, 1_300, 1_350, 1_396, 1_400, 1_450] as const

const blackHole = interopCase(
  {
    id: 'path/black-hole',
    purpose:
      'The path drops large packets silently; the case finds the size from which on no packet arrives.',
    decides: ['interop/datagrams'],
    paths: ['large-blocked'],
  },
  async (t) => {
    const { link } = await t.placed()
    let largest = 0
    let lost: number | undefined
    for (const octets of SIZES) {
      const received = await t.client.ping(link.remote, octets, { fragment: false, count: 2 })
      if (received > 0) largest = octets
      else lost ??= octets
    }
    const diagnosis =
      lost === undefined
        ? 'all sizes arrive'
        : `MTU black hole above ${largest} octets of IP packet in the tunnel`
    t.note(diagnosis)
    t.decide('interop/datagrams', {
      ok: largest > 0,
      expected: `a reply to a ping of at least one size, from ${SIZES[0]} octets on`,
      seen:
        largest === 0
          ? 'no reply to a ping of any size'
          : `a reply to pings of up to ${largest} octets${lost === undefined ? '' : `, no reply to ${lost} octets`}`,
    })
  },
)

export const TIME = [...keepAlive, ...forgotten, ...cut, ...blackHole]
