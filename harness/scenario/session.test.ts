import { describe, expect, test } from 'vitest'
import { referenceImplementation } from '../implementations/embedded.ts'
import type { PathImpairment } from '../network/impaired.ts'
import type { PppProfile } from '../ppp/profile.ts'
import { play } from './play.ts'
import { casesOf, createScenarios } from './scenario.ts'
import { describeOutcome, type Session, type SessionOptions } from './session.ts'
import type { Tester } from './tester.ts'
import type { ScenarioResult } from './verdict.ts'

const scenario = createScenarios<'4/it', 'none'>({
  '4/it': { section: '4', page: 1, level: 'implied', binds: ['recipient', 'originator'], text: 'It works.' },
})
const META = { id: 'session/it', purpose: 'It works.', decides: ['4/it'], provenBy: ['none'] } as const

interface SessionSetup {
  /** ms from placing the call to starting the session. */
  readonly pause?: number
  readonly iut?: 'recipient' | 'originator'
  readonly profile?: PppProfile
  readonly impairment?: PathImpairment
  readonly options?: SessionOptions
}

/** Plays a body with a session on the reference, and returns what the body returns. */
async function withSession<T>(
  { iut = 'recipient', pause = 0, profile, impairment, options }: SessionSetup,
  body: (session: Session, t: Tester<'4/it'>) => Promise<T>,
): Promise<T> {
  let found: T | undefined
  const [one] = casesOf(
    scenario({ ...META, iut, ...(impairment && { impairment }) }, async (t) => {
      const { tunnel } =
        iut === 'recipient' ? await t.placeCall(await t.establish()) : (await t.acceptCall()).call
      await t.clock.sleep(pause)
      found = await body(t.session(tunnel, options), t)
      t.decide('4/it', { ok: true, expected: 'it', seen: 'it' })
    }),
  )
  const [replica] = await referenceImplementation().start(1, () => {})
  if (one === undefined || replica === undefined) throw new Error('nothing to play')
  await replica.configure?.(profile ?? 'usual')
  const result: ScenarioResult = await replica.play(async () => {
    const network = await replica.openNetwork()
    const { address, timers, accounts, testerAddresses = [], dial } = replica
    const environment = {
      network,
      address,
      timers,
      accounts,
      testerAddresses,
      dial,
      startedAt: 0,
      firstUnique: 1,
      seed: 1,
    }
    const played = await play(one, environment)
    await network.close()
    return played.result
  })
  if (result.verdict !== 'pass' || found === undefined) throw new Error(result.reason ?? result.verdict)
  return found
}

describe('as client', () => {
  test('handles packets that came before it began', async () => {
    const opened = await withSession({ pause: 1_000 }, (session) => session.open())
    expect(opened).toMatchObject({ kind: 'opened' })
  })

  test('opens, and pings and datagrams through it are answered', async () => {
    const seen = await withSession({}, async (session, t) => {
      const opened = await session.open()
      const ping = await session.ping({ count: 50, size: 1_000 })
      const echo = await session.echo()
      const datagram = await session.nextDatagram(t.timers.reply)
      const terminated = await session.terminate()
      return {
        opened,
        ping,
        echo,
        datagram,
        terminated,
        ended: await session.ended(0),
        network: session.network(),
      }
    })
    expect(seen.opened).toMatchObject({
      address: '198.18.1.1',
      peersAddress: '198.18.0.1',
      ownMethod: 'ms-chap-v2',
    })
    expect(describeOutcome(seen.opened)).toBe('open: 198.18.1.1 to 198.18.0.1, 128-bit MPPE, stateless')
    expect(seen.ping).toMatchObject({
      requests: 50,
      sent: 50,
      answered: 50,
      lost: [],
      duplicates: 0,
      spoilt: 0,
    })
    expect(seen).toMatchObject({ echo: { entry: expect.any(Number) }, datagram: undefined, terminated: true })
    expect(seen.ended).toMatchObject({ failure: { kind: 'closed' } })
    expect(seen.network).toBeUndefined()
  })

  test.each([
    [
      'a wrong secret',
      { account: { name: 'tester', secret: 'wrong' } },
      'the implementation rejected our authentication: E=691',
    ],
    [
      'an unknown name',
      { account: { name: 'nobody', secret: 'x' } },
      'the implementation rejected our authentication: E=691',
    ],
    ['no proof at all', { proves: 'none' }, 'the implementation sent LCP Terminate-Request'],
    ['another method', { proves: ['pap'] }, 'the implementation sent LCP Terminate-Request'],
    ['no encryption', { encryption: 'none' }, 'the implementation sent LCP Terminate-Request'],
  ] as const)('says why not: %s', async (_, options, why) => {
    const outcome = await withSession({ options }, (session) => session.opened(100_000))
    expect(describeOutcome(outcome)).toContain(why)
  })

  test.each(['pap', 'chap-md5', 'ms-chap-v1', 'ms-chap-v2'] as const)('profile open: %s', async (method) => {
    const outcome = await withSession({ profile: 'open', options: { proves: [method] } }, (session) =>
      session.opened(),
    )
    expect(outcome).toMatchObject({ kind: 'opened', ownMethod: method, encryption: undefined })
  })

  test('can ask the IUT to authenticate itself', async () => {
    const options = { demands: ['chap-md5'] } as const
    const outcome = await withSession({ profile: 'open', options }, (session) => session.opened())
    expect(outcome).toMatchObject({ kind: 'opened', peersMethod: 'chap-md5' })
  })

  test('is inconclusive if it does not open in a preamble', async () => {
    const options = { account: { name: 'tester', secret: 'wrong' } }
    await expect(withSession({ options }, (session) => session.open())).rejects.toThrow(
      'no PPP session: the implementation rejected',
    )
  })
})

describe('as server', () => {
  const options = {
    role: 'server',
    encryption: { strengths: [56], stateless: 'refused', required: true },
  } as const

  test('accepts the IUT, gives it an address, and its pings are answered', async () => {
    const seen = await withSession({ iut: 'originator', options }, async (session) => ({
      opened: await session.open(),
      ping: await session.ping({ count: 10 }),
    }))
    const mode = { strength: 56, stateless: false }
    expect(seen.opened).toMatchObject({
      address: '198.18.0.1',
      peersAddress: '198.18.1.1',
      peersMethod: 'ms-chap-v2',
      encryption: { send: mode, receive: mode },
    })
    expect(seen.ping.answered).toBe(10)
  })

  test('rejects the IUT if its secret is wrong', async () => {
    const peer = {
      authenticate: { methods: ['ms-chap-v2'], name: 'tester', secretOf: () => 'another' },
    } as const
    const outcome = await withSession({ iut: 'originator', options: { ...options, peer } }, (session) =>
      session.opened(),
    )
    expect(outcome).toMatchObject({ kind: 'authentication-failed', side: 'peer' })
  })
})

describe('on a path that loses, doubles and reorders', () => {
  const impairment: PathImpairment = {
    send: { loss: 0.05, reordering: 0.02, duplication: 0.02 },
    receive: { loss: 0.05, reordering: 0.02, duplication: 0.02 },
  }
  test.each(['required', 'refused'] as const)(
    'every ping is answered in the end: stateless %s',
    async (stateless) => {
      const options = { encryption: { strengths: [128], stateless, required: true } } as const
      const seen = await withSession({ impairment, options }, async (session) => {
        await session.open(60_000)
        const result = await session.ping({ count: 100, retries: 20, timeout: 1_000, window: 8 })
        return { result, counts: session.counts() }
      })
      expect(seen.result).toMatchObject({ answered: 100, lost: [], spoilt: 0 })
      expect(seen.result.sent).toBeGreaterThan(100)
      expect(seen.counts.discarded).toBeGreaterThan(0)
    },
  )

  test('the same seed gives the same session', async () => {
    const run = () =>
      withSession({ impairment }, async (session) => [
        await session.open(60_000),
        await session.ping({ count: 20 }),
      ])
    expect(await run()).toEqual(await run())
  })
})
