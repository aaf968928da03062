import type { End } from '../ends.ts'
import { interopCase } from '../interop-case.ts'

/** IP packets around what a tunnel takes: an Ethernet's 1500 less the headers, 1500 itself, and the most that RFC 2637 lets a packet hold. */
const SIZES = [1_396, 1_400, 1_436, 1_450, 1_500, 1_532] as const
const PINGS = 5
const PORT = 5001
const ECHO_PORT = 7
/** Octets. With losses pptpd, which waits for each lost packet, takes a minute for 2 megabytes. */
const BULK = {
  direct: { server: 4_000_000, client: 4_000_000 },
  routed: { server: 2_000_000, client: 2_000_000 },
  nat: { server: 2_000_000, client: 2_000_000 },
  lossy: { server: 2_000_000, client: 20_000_000 },
} as const
const SHORT = 20

/** Why two ends cannot carry TCP through their tunnel; undefined where they can. */
function withoutTcp({ client, server }: { readonly client: End; readonly server: End }): string | undefined {
  const without = [client, server].find(({ manifest }) => manifest.interop?.tcp === false)
  return without && `${without.name} carries no TCP connections (interop.tcp)`
}

const sizes = interopCase(
  {
    id: 'ping/size',
    purpose:
      'IP packets of many sizes go through the tunnel and back, whole or, where they may be, in fragments.',
    decides: ['interop/datagrams'],
    paths: ['direct', 'nat'],
    vary: Object.fromEntries(
      SIZES.flatMap((octets) => [
        [`octets=${octets},fragment=yes`, { octets, fragment: true }],
        [`octets=${octets},fragment=no`, { octets, fragment: false }],
      ]),
    ),
  },
  async (t) => {
    const { octets, fragment } = t.vary
    const { link } = await t.placed()
    // More than the link takes in one piece need not pass where it may not be cut; the link must survive it.
    const due = fragment || octets <= SMALLEST_MTU
    const count = due ? PINGS : 1
    const received = await t.client.ping(link.remote, octets, { fragment, count })
    const whole = await t.client.ping(link.remote, 1_000, { fragment: false, count: 1 })
    t.decide('interop/datagrams', {
      ok: due ? received === PINGS : whole === 1,
      expected: due ? `replies to ${PINGS} pings` : 'replies or none, and a smaller ping answered afterwards',
      seen: `${received} replies${due ? '' : `, and ${whole} to a smaller ping afterwards`}`,
    })
  },
)

/** Octets of IP packet that every PPP link over PPTP takes: 1500 less 40 to 100 of headers, rounded down. */
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
    const { link } = await t.placed()
    const [from, to, address] =
      t.vary === 'server' ? [t.client, t.server, link.remote] : [t.server, t.client, link.local]
    const octets = BULK[t.path as keyof typeof BULK][t.vary]
    const receiving = to.receive(PORT, 20)
    const sent = await from.send(address, PORT, octets)
    const received = await receiving
    const rate = ((received.octets * 8) / sent.ms / 1_000).toFixed(1)
    t.note(`${received.octets} octets in ${sent.ms} ms, ${rate} Mbit/s`)
    t.decide('interop/transfer', {
      ok: received.octets === octets && received.sum === sent.sum,
      expected: `${octets} octets with the same SHA-256 at both ends`,
      seen:
        received.octets === octets
          ? `${octets} octets, ${received.sum === sent.sum ? 'the same' : 'another SHA-256'}`
          : `${received.octets} octets`,
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
      expected: `${SHORT} connections answered`,
      seen: `${answered}`,
    })
  },
)

export const TRAFFIC = [...sizes, ...bulk, ...short]
