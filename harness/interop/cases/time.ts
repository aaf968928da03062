import { systemClock } from '../../network/system.ts'
import { Inconclusive } from '../../scenario/judge.ts'
import type { TraceMessage } from '../../trace/messages.ts'
import type { Side } from '../../trace/trace.ts'
import { mainConversation } from '../hop-facts.ts'
import { type HopsSeen, type Interop, interopCase } from '../interop-case.ts'

/**
 * s of the implementations' own time: longer than a minute without traffic, and the wait for an
 * answer.
 */
const IDLE = 150
/** s after which a router forgets a silent call, and some more. */
const FORGOTTEN = 5
/** s without traffic. */
const CUT = 4
/** s in which the call must work again. */
const BACK = 15

const keepAlive = interopCase(
  {
    id: 'idle/keep-alive',
    purpose:
      'Nothing is sent in the call for more than two minutes of their time; who asks whether the other lives gets an answer, and the link is still there.',
    decides: ['interop/link', 'interop/datagrams'],
    paths: ['direct'],
    accelerated: true,
    inapplicable: ({ client, server }) =>
      [client, server].some(({ manifest }) => manifest.clock?.accelerated !== undefined)
        ? undefined
        : `the clocks of ${client.name} and ${server.name} run as ours (clock.accelerated): it would take minutes`,
  },
  async (t) => {
    const { link } = await t.placed()
    const speeds = [t.client, t.server].map(({ manifest }) => manifest.clock?.accelerated ?? 1)
    const slowest = Math.min(...speeds.filter((speed) => speed > 1), IDLE)
    await systemClock.sleep((IDLE / slowest) * 1_000)
    const { asked, answered } = await settledEchoes(t)
    // Without one it is unknown whether anything keeps the call alive.
    if (asked === 0) throw new Inconclusive('nobody has sent an Echo-Request')
    const still = await t.client.link(1)
    t.decide('interop/link', {
      ok: still !== undefined && answered === asked,
      expected: 'the link, and an answer to each Echo-Request',
      seen: `${still === undefined ? 'no link any more' : 'the link'}, ${answered} answers to ${asked} Echo-Requests`,
    })
    const received = await t.client.ping(link.remote, 500, { fragment: true, count: 3 })
    t.decide('interop/datagrams', {
      ok: received > 0,
      expected: 'replies to 3 pings',
      seen: `${received}`,
    })
  },
)

/** ms in which a request must be answered, and ms between two looks. */
const ANSWERED = 5_000
const LOOK_AGAIN = 250

/** Looks at the call when no answer is outstanding. */
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
      'The router forgets a tunnel in which nothing was sent for a while; what the client sends then reaches the server again, and the reply comes back.',
    decides: ['interop/datagrams'],
    paths: ['nat-forgetful'],
  },
  async (t) => {
    const { link } = await t.placed()
    await systemClock.sleep(FORGOTTEN * 1_000)
    const received = await t.client.ping(link.remote, 500, { fragment: true, count: 3 })
    t.decide('interop/datagrams', { ok: received > 0, expected: 'replies to 3 pings', seen: `${received}` })
  },
)

const cut = interopCase(
  {
    id: 'path/cut',
    purpose: `Nothing passes for ${CUT} s in the middle of a call; afterwards the call goes on.`,
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
      expected: `no replies while nothing passes, and a reply within ${BACK} s afterwards`,
      seen: `${lost === 0 ? 'no replies' : `${lost} replies`}, then ${received === 0 ? 'none either' : 'a reply'}`,
    })
  },
)

/** The sizes of IP packets that are tried; none may be fragmented. */
const SIZES = [500, 1_000, 1_200, 1_300, 1_350, 1_396, 1_400, 1_450] as const

const blackHole = interopCase(
  {
    id: 'path/black-hole',
    purpose:
      'The path drops large packets without a word; it is found out from which size on nothing arrives.',
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
      expected: 'replies to small pings at least',
      seen: largest === 0 ? 'none' : `${diagnosis}: ${lost ?? 'nothing'} does not arrive`,
    })
  },
)

export const TIME = [...keepAlive, ...forgotten, ...cut, ...blackHole]
