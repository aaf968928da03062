import { expect, it } from 'vitest'
import type { Bed } from './bed.ts'
import type { ClientEnd, End, Link } from './ends.ts'
import { type Interop, type InteropCase, interopCase } from './interop-case.ts'
import { playInterop } from './play.ts'
import { fakeWatcher } from './testing/fakes.ts'

const LINK: Link = { local: '198.18.0.2', remote: '198.18.0.1' }

/** An end for cases that use only its links and its log. */
function endOf(name: string, link: Link | undefined, done: string[]): ClientEnd {
  let asked = 0
  const end: Partial<ClientEnd> = {
    name,
    configure: async () => void done.push(`configure ${name}`),
    link: async () => link,
    noLink: async () => true,
    // Lines logged before the case do not belong to it.
    takeLog: () => [{ at: Date.now(), text: `line ${asked++} of ${name}` }],
    dial: async (address) => {
      done.push(`${name} dials ${address}`)
      return { stop: async () => void done.push(`${name} stops`) }
    },
  }
  return end as ClientEnd
}

function bedOf(link: Link | undefined, done: string[], death?: string): Bed {
  return {
    clients: [endOf('one', link, done), endOf('two', link, done)],
    server: endOf('server', link, done) as End,
    watchers: [fakeWatcher('client', []), fakeWatcher('server', [])],
    router: undefined,
    take: async (path, { anew = false } = {}) => void done.push(`take ${path} ${anew}`),
    dialled: () => '10.0.0.9',
    death: () => death,
    stop: async () => {},
  }
}

function caseOf(body: (t: Interop<undefined>) => Promise<void>, clients = 1): InteropCase {
  const [one] = interopCase(
    { id: 'x/y', purpose: 'X.', decides: ['interop/link'], paths: ['direct'], clients },
    body,
  )
  if (one === undefined) throw new Error('there is no case')
  return one
}

it('plays a case: configures the ends, dials, decides, and ends the calls that are left', async () => {
  const done: string[] = []
  const one = caseOf(async (t) => {
    expect(t.clients).toHaveLength(1)
    const { link } = await t.placed()
    t.decide('interop/link', { ok: true, expected: 'a link', seen: link.local })
    t.measured({ name: 'links', value: 1, unit: 'times' })
    expect(t.logged(t.server, /^line (\d)/)?.[1]).toBe('1')
    await t.between('lose', '1%')
    t.note('done')
  })
  const { result, watched, hops, log } = await playInterop(one, bedOf(LINK, done), [])
  expect(result).toMatchObject({
    scenario: 'x/y@direct',
    verdict: 'pass',
    findings: [{ requirement: 'interop/link', verdict: 'pass', expected: 'a link', seen: '198.18.0.2' }],
    figures: [{ name: 'links' }],
  })
  expect(result.reason).toBeUndefined()
  expect(done).toEqual([
    'configure one',
    'configure server',
    'one dials 10.0.0.9',
    'take direct true',
    'one stops',
  ])
  expect({ watched, hops: hops.map(({ hop }) => hop) }).toEqual({ watched: [], hops: ['client', 'server'] })
  const said = log.map((line) => line.replace(/^\d+\.\d{3} /, '')).sort()
  expect(said).toEqual([
    'client: line 1 of one',
    'harness: done',
    'harness: one dials 10.0.0.9',
    'harness: the router is told: lose 1%',
    'server: line 1 of server',
    'server: line 2 of server',
  ])
})

it('is inconclusive when no link comes up, and when an end died', async () => {
  const placing = caseOf(async (t) => void (await t.placed()))
  const { result } = await playInterop(placing, bedOf(undefined, []), [])
  expect(result).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringMatching(/^no link came up: /),
  })
  const deciding = caseOf(async (t) => t.decide('interop/link', { ok: true, expected: 'a', seen: 'a' }))
  const dead = await playInterop(deciding, bedOf(LINK, [], 'exit status 1'), [])
  expect(dead.result).toMatchObject({
    verdict: 'inconclusive',
    reason: 'an implementation died: exit status 1',
  })
})

it('fails by a violation, even if the case could not go on', async () => {
  const one = caseOf(async (t) => {
    t.decide('interop/link', { ok: false, expected: 'a', seen: 'b' })
    await t.placed()
  }, 2)
  const { result } = await playInterop(one, bedOf(undefined, []), [])
  expect(result).toMatchObject({ verdict: 'fail', findings: [{ verdict: 'fail', seen: 'b' }] })
})

it('ends with an error when the case decided nothing', async () => {
  const { result, watched } = await playInterop(
    caseOf(async () => {}),
    bedOf(LINK, []),
    [],
  )
  expect(result).toMatchObject({ verdict: 'error', reason: 'the case decided nothing', findings: [] })
  expect(watched).toEqual([])
})
