import { interopCase, type Placed } from '../interop-case.ts'
import { describeLink, linkJudgement } from '../wording.ts'

/** Where an ordinary call must come up. */
const WORKING = ['direct', 'routed', 'lossy', 'nat', 'forwarded'] as const

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
      expected: `${agreed.map((one) => one ?? 'none').join(' and ')}, as IPCP has them, at both ends`,
      seen: `the client has ${link.local} and ${link.remote}, the server ${serverLink.local} and ${serverLink.remote}`,
    })
    const received = await t.client.ping(link.remote, 100, { fragment: true, count: 10 })
    t.decide('interop/datagrams', {
      ok: received > 0,
      expected: 'replies to 10 pings',
      seen: `${received}`,
    })
  },
)

const again = interopCase(
  {
    id: 'call/again',
    purpose: 'As soon as the client has hung up it dials again, and has a link again.',
    decides: ['interop/again'],
    paths: ['direct', 'nat'],
    vary: { 'times=1': 1, 'times=10': 10 },
  },
  async (t) => {
    await hangUp(await t.placed())
    let came = 0
    let last = ''
    for (let time = 0; time < t.vary; time++) {
      const call = await t.place()
      const { link, serverLink } = call
      if (link === undefined || serverLink === undefined) {
        const { diagnosis } = await t.seen()
        last = `; then ${describeLink({ link, serverLink, diagnosis })}`
        break
      }
      came++
      await hangUp(call)
    }
    t.decide('interop/again', {
      ok: came === t.vary,
      expected: t.vary === 1 ? 'a link' : `${t.vary} links, one after the other`,
      seen: `${came}${last}`,
    })
  },
)

async function hangUp({ dial }: Placed): Promise<void> {
  await dial.hangUp?.()
  await dial.ended
}

export const CALLS = [...opens, ...again]
