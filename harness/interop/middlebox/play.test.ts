import { expect, it } from 'vitest'
import { createSimulatedNetwork } from '../../network/simulated.ts'
import { systemClock } from '../../network/system.ts'
import { fakeWatcher } from '../testing/fakes.ts'
import type { MiddleboxBed } from './bed.ts'
import type { MiddleboxCase } from './case.ts'
import { MIDDLEBOX_CASES } from './cases.ts'
import { playMiddlebox } from './play.ts'

const CLIENTS = ['10.0.0.1', '10.0.0.2'] as const
const SERVER = '10.0.1.1'

/** A tester with no middlebox between its two sides: everything arrives unchanged. */
function bedOf(some: Partial<Pick<MiddleboxBed, 'dialled' | 'death' | 'watchers'>> = {}): MiddleboxBed {
  const world = createSimulatedNetwork({ clock: systemClock })
  const half = (address: string): MiddleboxBed['server'] => {
    const network = world.host(address)
    const relay: Pick<MiddleboxBed['server']['relay'], 'openNetwork'> = { openNetwork: () => network }
    return { address, relay: relay as MiddleboxBed['server']['relay'], stop: async () => {} }
  }
  return {
    router: undefined as unknown as MiddleboxBed['router'],
    clients: CLIENTS.map(half),
    server: half(SERVER),
    watchers: [fakeWatcher('inner', []), fakeWatcher('outer', [])],
    take: async () => {},
    dialled: () => SERVER,
    death: () => undefined,
    stop: async () => {},
    ...some,
  }
}

function caseOf(id: string): MiddleboxCase {
  const found = MIDDLEBOX_CASES.find((one) => one.id === id)
  if (found === undefined) throw new Error(`there is no case ${id}`)
  return found
}

it.each(['middlebox/call@nat', 'middlebox/call@forwarded'])(
  '%s passes without a middlebox between the two sides',
  async (id) => {
    const { result, log } = await playMiddlebox(caseOf(id), bedOf())
    expect(result).toMatchObject({ scenario: id, verdict: 'pass' })
    expect(new Set(result.findings.map(({ requirement }) => requirement))).toEqual(
      new Set(['middlebox/delivery']),
    )
    expect(log).toEqual([])
  },
)

it('a server that no packet reaches breaks delivery', async () => {
  const { result } = await playMiddlebox(caseOf('middlebox/call@nat'), bedOf({ dialled: () => '10.0.9.9' }))
  expect(result).toMatchObject({
    verdict: 'fail',
    findings: [
      {
        requirement: 'middlebox/delivery',
        verdict: 'fail',
        expected: 'a TCP connection to port 1723 at the server',
        seen: 'not arrived within 2 s',
      },
    ],
  })
})

it('missing frames are noted in the log; a dead middlebox makes a pass inconclusive', async () => {
  const watchers = [fakeWatcher('inner', [], { missed: 2 }), fakeWatcher('outer', [])] as const
  const { result, log } = await playMiddlebox(
    caseOf('middlebox/call@nat'),
    bedOf({ watchers, death: () => 'the router is gone' }),
  )
  expect(result).toMatchObject({ verdict: 'inconclusive', reason: 'the router is gone' })
  expect(log).toEqual([
    expect.stringMatching(/2 frames are missing in the capture at inner: the legs are not compared$/),
  ])
})
