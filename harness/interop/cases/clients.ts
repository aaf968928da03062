import { Inconclusive } from '../../scenario/judge.ts'
import { callAccepted } from '../hop-facts.ts'
import { type Interop, interopCase } from '../interop-case.ts'
import { describeLink } from '../wording.ts'

/** The number of clients of one server. */
const MANY = 10

const two = interopCase(
  {
    id: 'clients/two',
    purpose: 'Two clients behind one address have a call each at the same time, and both reach the server.',
    decides: ['interop/link', 'interop/datagrams'],
    paths: ['nat'],
    clients: 2,
  },
  (t) => everybody(t),
)

const unaided = interopCase(
  {
    id: 'clients/unaided',
    purpose:
      'A router translates addresses and knows nothing of PPTP, so a call may fail to come up: each client has a link if and only if the server has it, and the captures show why one is missing.',
    decides: ['interop/no-false-link'],
    paths: ['nat-without-helper'],
    clients: 2,
  },
  async (t) => {
    const found: string[] = []
    let agree = true
    let linked = 0
    for (const [at, client] of t.clients.entries()) {
      const { link, serverLink } = await t.place({ client, count: linked + 1 })
      const { diagnosis, hops } = await t.seen()
      if (!hops.some(callAccepted))
        throw new Inconclusive(`no call was accepted: ${diagnosis?.text ?? 'the captures do not show why'}`)
      if (link !== undefined && serverLink !== undefined) linked++
      agree &&= (link === undefined) === (serverLink === undefined)
      found.push(`client ${at + 1}: ${describeLink({ link, serverLink, diagnosis })}`)
    }
    t.note(found.join('; '))
    t.decide('interop/no-false-link', {
      ok: agree,
      expected: 'for each client a link at both ends, or at neither',
      seen: found.join('; '),
    })
  },
)

const many = interopCase(
  {
    id: 'clients/many',
    purpose: 'Ten clients have a call each with one server at the same time, and all reach it.',
    decides: ['interop/link', 'interop/datagrams'],
    paths: ['direct'],
    clients: MANY,
  },
  (t) => everybody(t),
)

/**
 * Places a call of each client, one after the other, so that a failure can be attributed to a
 * client; then all clients ping at the same time.
 */
async function everybody(t: Interop): Promise<void> {
  const servers: string[] = []
  let linked = 0
  let why = ''
  for (const [at, client] of t.clients.entries()) {
    const { link, serverLink } = await t.place({ client, count: linked + 1 })
    if (link !== undefined && serverLink !== undefined) {
      linked++
      servers.push(link.remote)
      continue
    }
    const { diagnosis } = await t.seen()
    why ||= `; client ${at + 1}: ${describeLink({ link, serverLink, diagnosis })}`
  }
  const { length } = t.clients
  t.decide('interop/link', {
    ok: linked === length,
    expected: `${length} of ${length} clients with a link at the same time`,
    seen: `${linked} of ${length} clients with a link${why}`,
  })
  const received = await Promise.all(
    t.clients.map((client, at) =>
      client.ping(servers[at] ?? servers[0] ?? '', 500, { fragment: true, count: 3 }),
    ),
  )
  t.decide('interop/datagrams', {
    ok: received.every((count) => count > 0),
    expected: 'for each client at least 1 of 3 pings answered',
    seen: received.map((count, at) => `client ${at + 1}: ${count} of 3 pings answered`).join(', '),
  })
}

export const CLIENTS = [...two, ...unaided, ...many]
