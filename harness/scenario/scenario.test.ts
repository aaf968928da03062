import { expect, test } from 'vitest'
import type { Pics } from './claims.ts'
import { beforeRole, casesOf, createScenarios, inapplicable, scenarioName } from './scenario.ts'

const scenario = createScenarios<'x/y', 'm'>({
  'x/y': { section: '1', page: 1, level: 'MUST', binds: ['sender'], text: 'It does.' },
})

const login = scenario(
  {
    id: 'session/login',
    purpose: 'Whoever knows the secret is let in.',
    decides: ['x/y'],
    provenBy: ['m'],
    iut: 'recipient',
    needs: ['ppp'],
    profile: 'open',
    vary: { method: { pap: 1, 'ms-chap-v2': 2 }, strength: { '56': 56, '128': 128 } },
    valuesNeed: { method: { pap: ['pap'] }, strength: { '56': ['mppe-56'], '128': ['mppe-128'] } },
  },
  async () => {},
)

const PICS: Pics = {
  roles: ['recipient'],
  outgoingCalls: true,
  incomingCalls: false,
  ppp: true,
  callsPerConnection: 1,
  authentication: ['pap', 'ms-chap-v2'],
  mppe: [128],
  profiles: ['open'],
}

const skipped = (pics: Pics) =>
  Object.fromEntries(casesOf(login).map((one) => [beforeRole(one.id).split('#')[1], inapplicable(one, pics)]))

test('only cases with a value whose need is not met are skipped', () => {
  expect(skipped(PICS)).toEqual({
    'method=pap,strength=56': 'it does not claim MPPE with keys of 56 bits',
    'method=pap,strength=128': undefined,
    'method=ms-chap-v2,strength=56': 'it does not claim MPPE with keys of 56 bits',
    'method=ms-chap-v2,strength=128': undefined,
  })
  expect(skipped({ ...PICS, authentication: ['ms-chap-v2'], mppe: [56, 128] })).toMatchObject({
    'method=pap,strength=56': 'it does not claim to log in, or let PPP peers in, by pap',
    'method=ms-chap-v2,strength=56': undefined,
  })
})

test('without claims and profiles every case is skipped with its reason', () => {
  const { profiles: _, ...without } = PICS
  expect(new Set(Object.values(skipped(without)))).toEqual(
    new Set(['its PPP cannot be told what to demand: it has no profile "open"']),
  )
  const { mppe: __, ...unencrypted } = PICS
  expect(Object.values(skipped(unencrypted)).filter((reason) => reason === undefined)).toEqual([])
})

test('a case id ends with the role, after the variation', () => {
  expect(casesOf(login)[0]?.id).toBe('session/login#method=pap,strength=56@recipient')
  expect(scenarioName(login)).toBe('session/login@recipient')
  expect(beforeRole('session/login#method=pap@recipient')).toBe('session/login#method=pap')
  expect(beforeRole('session/login')).toBe('session/login')
  const [, originator] = scenario(
    { id: 'echo/reply', purpose: 'It answers.', decides: ['x/y'], provenBy: ['m'], iut: 'both' },
    async () => {},
  )
  expect(casesOf(originator).map(({ id }) => id)).toEqual(['echo/reply@originator'])
})

test('the name of a value must not contain @, which separates the role', () => {
  const declare = () =>
    scenario(
      {
        id: 'session/login',
        purpose: 'It lets in.',
        decides: ['x/y'],
        provenBy: ['m'],
        iut: 'recipient',
        vary: { account: { 'alice@home': 1 } },
      },
      async () => {},
    )
  expect(declare).toThrow(
    expect.objectContaining({ exitCode: 3, message: expect.stringContaining('"account=alice@home"') }),
  )
})
