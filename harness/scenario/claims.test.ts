import { expect, test } from 'vitest'
import { referenceImplementation } from '../implementations/embedded.ts'
import { CLAIM_NEEDS, CLAIMS, missingClaim, type Pics, picsFields, picsSchema } from './claims.ts'
import { casesOf, createScenarios, inapplicable, type Need } from './scenario.ts'

/** Claims that meet no need but `dial`: a person dials. */
const NOTHING: Pics = {
  roles: [],
  outgoingCalls: false,
  incomingCalls: false,
  ppp: false,
  callsPerConnection: 0,
  dialling: { settings: [], hangUp: false, byHand: true },
}

test('every need has exactly one row', () => {
  const needs = CLAIM_NEEDS.map(({ need }) => need)
  expect(new Set(needs).size).toBe(needs.length)
  expect(needs).toEqual(Object.values(CLAIMS).flatMap((claim) => Object.keys(claim.needs)))
})

test.each(CLAIM_NEEDS.filter(({ need }) => need !== 'dial').map((row) => [row.need, row] as const))(
  '%s: without the claim its row gives the reason, and the reference has the claim',
  (need, { otherwise }) => {
    expect(missingClaim(need, NOTHING)).toBe(otherwise)
    expect(missingClaim(need, referenceImplementation().pics)).toBeUndefined()
  },
)

test('no two needs have the same words', () => {
  expect(new Set(CLAIM_NEEDS.map(({ otherwise }) => otherwise)).size).toBe(CLAIM_NEEDS.length)
  expect(new Set(CLAIM_NEEDS.map(({ met }) => met)).size).toBe(CLAIM_NEEDS.length)
})

test('a need of addresses asks for no claim', () => {
  const needs: Need[] = ['second-address', 'unused-address', 'lower-address', 'higher-address']
  for (const need of needs) expect(missingClaim(need, NOTHING), need).toBeUndefined()
})

test('a role, `dial` and a profile are needed by scenarios that do not name them', () => {
  const scenario = createScenarios<'x/y', 'm'>({
    'x/y': { section: '1', page: 1, level: 'MUST', binds: ['sender'], text: 'It does.' },
  })
  const [dialled] = casesOf(
    scenario(
      {
        id: 'x/dialled',
        purpose: 'It dials.',
        decides: ['x/y'],
        provenBy: ['m'],
        iut: 'originator',
        profile: 'open',
        needs: ['ppp'],
      },
      async () => {},
    ),
  )
  if (dialled === undefined) throw new Error('a scenario has a case')
  const { dialling: _, ...undialled } = NOTHING
  const reason = (pics: Pics) => inapplicable(dialled, pics)
  expect(reason(NOTHING)).toBe('it does not claim to be an originator of control connections')
  expect(reason({ ...undialled, roles: ['originator'] })).toBe('it cannot be told to dial')
  expect(reason({ ...NOTHING, roles: ['originator'] })).toBe(
    'its PPP cannot be told what to demand: it has no profile "open"',
  )
  expect(reason({ ...NOTHING, roles: ['originator'], profiles: ['open'] })).toBe(
    'it does not claim a PPP peer behind its calls',
  )
  expect(reason({ ...NOTHING, roles: ['originator'], profiles: ['open'], ppp: true })).toBeUndefined()
})

test('one role named twice is not both roles', () => {
  expect(missingClaim('both-roles', { ...NOTHING, roles: ['recipient', 'recipient'] })).toMatch(/both/)
})

test('pics of a manifest has the stated claims, stored events have all', () => {
  const implied = ['provesItself', 'profiles', 'dialling']
  expect(Object.keys(picsSchema.shape)).toEqual(Object.keys(CLAIMS))
  expect([...Object.keys(picsFields.shape), ...implied]).toEqual(Object.keys(CLAIMS))
})
