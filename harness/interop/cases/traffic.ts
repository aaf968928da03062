import type { Carried, EncryptionDemand, End, Link } from '../ends.ts'
import { type Interop, type InteropJudgement, interopCase } from '../interop-case.ts'

/**
 * Octets of IP packets near the limits of a tunnel: Ethernet's 1500 less the headers, 1500, and
 * 1532, the longest PPP packet that a tunnel carries (RFC 2637, 1.4).
 */
const SIZES = [1_396, 1_400, 1_436, 1_450, 1_500, 1_532] as const
const PINGS = 3
const PORT = 5001
const ECHO_PORT = 7
/**
 * Octets of a transfer, by path and receiver. On `lossy`, pptpd takes a minute to receive 1 MB,
 * because it waits for each lost packet.
 */
const BULK = {
  direct: { server: 4_000_000, client: 4_000_000 },
  routed: { server: 2_000_000, client: 2_000_000 },
  nat: { server: 2_000_000, client: 2_000_000 },
  lossy: { server: 500_000, client: 20_000_000 },
} as const
/** The number of short connections. */
const SHORT = 20

/** The reason why two ends cannot carry TCP through their tunnel; undefined when they can. */
function withoutTcp({ client, server }: { readonly client: End; readonly server: End }): string | undefined {
  const without = [client, server].find(({ manifest }) => manifest.interop?.tcp === false)
  return without && `${without.name} carries no TCP connections (interop.tcp)`
}

const sizes = interopCase<number>(
  {
    id: 'ping/size',
    purpose: 'Pings of many sizes are answered through the tunnel, with fragmenting allowed and forbidden.',
    decides: ['interop/datagrams'],
    paths: ['direct', 'nat'],
    vary: Object.fromEntries(SIZES.map((octets) => [`octets=${octets}`, octets])),
  },
  async (t) => {
    const octets = t.vary
    const { link } = await t.placed()
    const inFragments = await t.client.ping(link.remote, octets, { fragment: true, count: PINGS })
    t.decide('interop/datagrams', {
      ok: inFragments === PINGS,
      expected: `with fragmenting allowed, ${PINGS} of ${PINGS} pings of ${octets} octets answered`,
      seen: `with fragmenting allowed, ${inFragments} of ${PINGS} pings answered`,
    })
    // A packet larger than the link's MTU need not pass when it must not be fragmented, but the
    // link must survive it.
    const due = octets <= SMALLEST_MTU
    const whole = await t.client.ping(link.remote, octets, { fragment: false, count: due ? PINGS : 1 })
    const small = due ? undefined : await t.client.ping(link.remote, 1_000, { fragment: false, count: 1 })
    t.decide('interop/datagrams', {
      ok: due ? whole === PINGS : small === 1,
      expected: due
        ? `with fragmenting forbidden, ${PINGS} of ${PINGS} pings of ${octets} octets answered`
        : `after a ping of ${octets} octets with fragmenting forbidden, a ping of 1000 octets answered`,
      seen: due
        ? `with fragmenting forbidden, ${whole} of ${PINGS} pings answered`
        : `the ping of ${octets} octets ${whole === 0 ? 'not answered' : 'answered'}, that of 1000 octets ${small === 0 ? 'not answered' : 'answered'}`,
    })
  },
)

/**
 * Octets of the largest IP packet that every PPP link over PPTP carries: Ethernet's 1500 less 40 to
 * 104 octets of headers.
 */
const SMALLEST_MTU = 1_396

const bulk = interopCase(
  {
    id: 'transfer/bulk',
    purpose: 'Some megabytes sent in one TCP connection through the tunnel arrive whole and unchanged.',
    decides: ['interop/transfer'],
    paths: ['direct', 'routed', 'nat', 'lossy'],
    inapplicable: withoutTcp,
    vary: { 'to=server': 'server', 'to=client': 'client' } as const,
  },
  async (t) => {
    const { from, to, address } = endsOf(t, await t.placed())
    const octets = BULK[t.path as keyof typeof BULK][t.vary]
    const receiving = to.receive(PORT, 20)
    const sent = await from.send(address, PORT, octets)
    const received = await receiving
    t.note(`${received.octets} octets in ${sent.ms} ms`)
    t.measured({ name: `to the ${t.vary}`, value: rateOf(received.octets, sent.ms), unit: 'Mbit/s' })
    t.decide('interop/transfer', arrival(octets, sent, received))
  },
)

/** Sender, receiver, and the receiver's address in the tunnel. */
function endsOf(
  { vary, client, server }: Pick<Interop<'server' | 'client'>, 'vary' | 'client' | 'server'>,
  { link }: { readonly link: Link },
) {
  return vary === 'server'
    ? { from: client, to: server, address: link.remote }
    : { from: server, to: client, address: link.local }
}

function arrival(octets: number, sent: Carried, received: Carried): InteropJudgement {
  const same = received.sum === sent.sum
  return {
    ok: received.octets === octets && same,
    expected: `${octets} octets with the same SHA-256 at both ends`,
    seen:
      received.octets === octets
        ? `${octets} octets with ${same ? 'the same SHA-256 at both ends' : 'another SHA-256 at the receiver'}`
        : `${received.octets} octets at the receiver`,
  }
}

/** Octets of the transfer; number of the pings during it, and octets of each ping. */
const MIXED = { bulk: 1_000_000, pings: 20, small: 100 } as const

const mixed = interopCase(
  {
    id: 'transfer/overtaken',
    purpose:
      'During a transfer small packets overtake large ones on their way; the data arrive whole and unchanged, and pings are answered.',
    decides: ['interop/transfer', 'interop/datagrams'],
    paths: ['small-first'],
    inapplicable: withoutTcp,
    vary: { 'to=server': 'server', 'to=client': 'client' } as const,
  },
  async (t) => {
    const { from, to, address } = endsOf(t, await t.placed())
    const receiving = to.receive(PORT, 20)
    const [sent, received, answered] = await Promise.all([
      from.send(address, PORT, MIXED.bulk),
      receiving,
      from.ping(address, MIXED.small, { fragment: true, count: MIXED.pings }),
    ])
    t.measured({
      name: `to the ${t.vary}, overtaken`,
      value: rateOf(received.octets, sent.ms),
      unit: 'Mbit/s',
    })
    t.decide('interop/transfer', arrival(MIXED.bulk, sent, received))
    // A receiver may drop late packets, and pings among them.
    t.decide('interop/datagrams', {
      ok: answered > 0,
      expected: `at least 1 of ${MIXED.pings} pings answered during the transfer`,
      seen: `${answered} of ${MIXED.pings} pings answered`,
    })
  },
)

function rateOf(octets: number, ms: number): number {
  return Math.round((octets * 8) / Math.max(1, ms) / 100) / 10
}

/** Octets of the two transfers that are compared; the plain path is about ten times as fast. */
const COMPARED = { plain: 10_000_000, tunnel: 3_000_000 } as const

const cost = interopCase<EncryptionDemand>(
  {
    id: 'transfer/cost',
    purpose:
      'Data sent beside the tunnel and through it arrive unchanged, with and without encryption; the two rates are compared.',
    decides: ['interop/transfer'],
    paths: ['direct'],
    vary: { 'mppe=none': 'none', 'mppe=128': '128' },
    ppp: (encryption) => {
      const demand = { authentication: 'ms-chap-v2', encryption } as const
      return { client: demand, server: demand }
    },
    inapplicable: withoutTcp,
  },
  async (t) => {
    const { link } = await t.placed()
    const transfer = async (address: string, octets: number) => {
      const receiving = t.server.receive(PORT, 20)
      const sent = await t.client.send(address, PORT, octets)
      const received = await receiving
      return { arrived: received.sum === sent.sum, rate: rateOf(octets, sent.ms) }
    }
    const plain = await transfer(t.server.address, COMPARED.plain)
    const tunnel = await transfer(link.remote, COMPARED.tunnel)
    const name = t.vary === 'none' ? 'tunnel beside the plain path' : 'encrypted tunnel beside the plain path'
    t.note(`${tunnel.rate} Mbit/s through the tunnel, ${plain.rate} Mbit/s beside it`)
    t.measured({ name, value: Math.round((tunnel.rate / plain.rate) * 1_000) / 1_000, unit: 'times' })
    t.decide('interop/transfer', {
      ok: plain.arrived && tunnel.arrived,
      expected: 'the same SHA-256 at both ends of both transfers',
      seen: `${plain.arrived ? 'the same' : 'another'} SHA-256 at the receiver beside the tunnel, ${tunnel.arrived ? 'the same' : 'another'} SHA-256 through it`,
    })
  },
)

const short = interopCase(
  {
    id: 'transfer/short',
    purpose: 'Many short TCP connections through the tunnel are all answered.',
    decides: ['interop/transfer'],
    paths: ['direct', 'nat'],
    inapplicable: withoutTcp,
  },
  async (t) => {
    const { link } = await t.placed()
    await t.server.answer(ECHO_PORT)
    const answered = await t.client.ask(link.remote, ECHO_PORT, SHORT)
    t.decide('interop/transfer', {
      ok: answered === SHORT,
      expected: `${SHORT} of ${SHORT} connections answered`,
      seen: `${answered} of ${SHORT} connections answered`,
    })
  },
)

export const TRAFFIC = [...sizes, ...bulk, ...mixed, ...cost, ...short]
