import { type Interop, interopCase, type PlacedCall } from '../interop-case.ts'
import { describeLink, linkJudgement } from '../wording.ts'

/** The paths on which an ordinary call must come up. */
const WORKING = ['direct', 'routed', 'lossy', 'small-first', 'nat', 'forwarded'] as const

const opens = interopCase(
  {
    id: 'call/opens',
    purpose:
      'The client places a call; PPP opens in it with an address at either end, and a ping is answered.',
    decides: ['interop/link', 'interop/addresses', 'interop/datagrams'],
    paths: WORKING,
  },
  async (t) => {
    const { link, serverLink } = await t.place()
    const { diagnosis, negotiation } = await t.seen()
    t.decide('interop/link', linkJudgement({ link, serverLink, diagnosis }))
    if (link === undefined || serverLink === undefined) return
    const agreed = [negotiation?.addresses.tester, negotiation?.addresses.iut]
    t.decide('interop/addresses', {
      ok:
        link.local === agreed[0] &&
        link.remote === agreed[1] &&
        serverLink.local === agreed[1] &&
        serverLink.remote === agreed[0],
      expected: `at both ends the addresses that IPCP agreed on: client ${agreed[0] ?? 'none'}, server ${agreed[1] ?? 'none'}`,
      seen: `at the client: client ${link.local}, server ${link.remote}; at the server: client ${serverLink.remote}, server ${serverLink.local}`,
    })
    const received = await t.client.ping(link.remote, 100, { fragment: true, count: 10 })
    t.decide('interop/datagrams', {
      ok: received > 0,
      expected: 'at least 1 of 10 pings answered',
      seen: `${received} of 10 pings answered`,
    })
  },
)

const again = interopCase(
  {
    id: 'call/again',
    purpose: 'The client hangs up and dials again at once; it has a link again.',
    decides: ['interop/again'],
    paths: ['direct', 'nat'],
  },
  (t) => redial(t, 1),
)

const tenTimes = interopCase(
  {
    id: 'call/ten-times',
    purpose: 'Ten times the client hangs up and dials again at once; it has a link each time.',
    decides: ['interop/again'],
    paths: ['nat'],
  },
  (t) => redial(t, 10),
)

const hundredTimes = interopCase(
  {
    id: 'call/hundred-times',
    purpose:
      'The client hangs up and dials again a hundred times, each time at once; it has a link each time.',
    decides: ['interop/again'],
    paths: ['direct'],
    accelerated: true,
    long: true,
  },
  (t) => redial(t, 100),
)

/** The number of dials without a link after which a call counts as failed. */
const ATTEMPTS = 3

/**
 * Dials, hangs up, and then dials again `times` times. A server that is still closing the previous
 * call may refuse a new one: then the client repeats the dial, and the repetition is counted.
 */
async function redial(t: Interop, times: number): Promise<void> {
  await hangUp(await t.placed())
  let came = 0
  let repeated = 0
  let last = ''
  while (came < times && last === '') {
    let call = await t.place()
    for (let attempt = 1; attempt < ATTEMPTS && !isLinked(call); attempt++) {
      t.note('no link; dialled once more')
      repeated++
      await hangUp(call)
      call = await t.place()
    }
    if (isLinked(call)) came++
    else {
      const { diagnosis } = await t.seen()
      last = `, then ${describeLink({ ...call, diagnosis })}`
    }
    await hangUp(call)
  }
  if (repeated > 0) t.measured({ name: 'dials that had to be repeated', value: repeated, unit: 'calls' })
  t.decide('interop/again', {
    ok: came === times,
    expected: times === 1 ? 'a link after 1 of 1 redials' : `a link after ${times} of ${times} redials`,
    seen: `a link after ${came} of ${times} redials${last}`,
  })
}

function isLinked({ link, serverLink }: PlacedCall): boolean {
  return link !== undefined && serverLink !== undefined
}

async function hangUp({ dial }: PlacedCall): Promise<void> {
  await dial.hangUp?.()
  await dial.ended
}

export const CALLS = [...opens, ...again, ...tenTimes, ...hundredTimes]
