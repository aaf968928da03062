import { readdirSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { referenceImplementation } from '../harness/implementations/embedded.ts'
import { type Proof, shortcomingsOf } from '../harness/proof/proof.ts'
import { prove } from '../harness/proof/prove.ts'
import type { CaseProof } from '../harness/proof/prove-case.ts'
import { inThreads } from '../harness/proof/prove-workers.ts'
import { MUTANT_NAMES } from '../harness/reference/mutants.ts'
import { casesOf, inapplicable, type Scenario, scenarioName } from '../harness/scenario/scenario.ts'
import { REQUIREMENTS } from './catalogue.ts'
import { SCENARIOS } from './index.ts'
import { MONITORS } from './monitors/index.ts'

/** The proof of every case on the reference and its mutants, made once for all tests here. */
let proof: Proof
let cases: ReadonlyMap<string, CaseProof>

beforeAll(async () => {
  const threads = inThreads()
  proof = await prove(SCENARIOS, MONITORS, MUTANT_NAMES, {
    // `npm test` plays every variation; `npm run test:unit` does not, to be quick.
    everyVariation: process.env.PPTPSPEC_EVERY_VARIATION === '1',
    async prover(...work) {
      const proofs = await threads(...work)
      cases = new Map(proofs.map((one) => [one.case, one]))
      return proofs
    },
  })
}, 600_000)

test('the proof has no shortcomings: no unclean reference, surviving mutant, false claim or unproven requirement', () => {
  const { outOfScope, ...wrong } = shortcomingsOf(proof, { role: 'both', catalogue: REQUIREMENTS })
  const named = { ...wrong, survivors: wrong.survivors.map(({ mutant }) => mutant) }
  expect(named).toEqual({
    unclean: [],
    idle: [],
    falseClaims: [],
    silent: [],
    survivors: [],
    misattributed: [],
  })
  expect(outOfScope).toEqual([])
  expect(proof.unproven).toEqual([])
})

describe.each(SCENARIOS.map((scenario) => [scenarioName(scenario), scenario] as const))(
  '%s',
  (_, scenario: Scenario) => {
    const played = casesOf(scenario)
    const own = () =>
      played.map(({ id }) => {
        const found = cases.get(id)
        if (found === undefined) throw new Error(`${id} was not played`)
        return found
      })

    test('applies to the reference, which passes every case', () => {
      const { pics } = referenceImplementation()
      expect(played.flatMap((one) => inapplicable(one, pics) ?? [])).toEqual([])
      for (const { case: id, reference } of own())
        expect({ id, ...reference }).toMatchObject({ id, verdict: 'pass', violations: [] })
    })

    test('decides every requirement that it declares', () => {
      const decided = own().flatMap(({ reference }) =>
        reference.decided.flatMap(({ requirement, monitor }) => (monitor === undefined ? [requirement] : [])),
      )
      expect([...new Set(decided)].sort()).toEqual([...scenario.decides].sort())
    })

    test.each(scenario.provenBy)('fails on the mutant %s', (mutant) => {
      const reactions = own().map(({ case: id, mutants }) => ({
        id,
        // A case that does not consult the mutant's fault would pass, and is not played on the
        // mutant.
        ...(mutants.find((one) => one.mutant === mutant)?.reaction ?? {
          verdict: 'pass',
          reason: 'not reached',
        }),
      }))
      const caught = reactions.filter(({ verdict }) => verdict === 'fail' || verdict === 'warn')
      expect(
        caught.length,
        `verdicts: ${reactions.map(({ id, verdict, reason = '' }) => `${id} ${verdict} ${reason}`)}`,
      ).not.toBe(0)
    })
  },
)

test('the text of what was seen is no bare pronoun', () => {
  const told = [...cases.values()].flatMap(({ reference, mutants }) => [
    ...reference.decided,
    ...mutants.flatMap(({ reaction }) => reaction.violations),
  ])
  const vague = new Set(
    told.filter(({ seen }) => PRONOUN.test(seen)).map(({ requirement, seen }) => `${requirement}: ${seen}`),
  )
  expect([...vague]).toEqual([])
})

/** A pronoun alone, as the subject, or for things that were counted. */
const PRONOUN =
  /^(it|they|them|this|that|just that|none|one|another|other|the same|not so)$|^(it|they|this|that) |\b\d+ of them\b/i

describe('the catalogue', () => {
  test('case ids are unique', () => {
    const ids = SCENARIOS.flatMap(casesOf).map((one) => one.id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('every file of a topic holds a scenario whose id is its path', () => {
    const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
      .filter((file) => /^(?!monitors\/|requirements\/|steps\/).*\/.*\.ts$/.test(file))
      .map((file) => file.replace(/\.ts$/, ''))
    expect([...new Set(SCENARIOS.map(({ id }) => id))]).toEqual(files.sort())
  })

  test('scenarios decide no unobservable requirement; those that none decides for a recipient are printed', () => {
    const decided = new Set(SCENARIOS.flatMap((scenario) => scenario.decides))
    const entries = Object.entries(REQUIREMENTS)
    const unobservable = entries.filter(([, one]) => one.decided.by === 'unobservable').map(([id]) => id)
    expect(unobservable.filter((id) => decided.has(id))).toEqual([])
    const undecided = entries
      .filter(
        ([id, one]) => one.decided.by === 'scenario' && one.iut.includes('recipient') && !decided.has(id),
      )
      .map(([id]) => id)
    console.info(`Not decided by any scenario yet (${undecided.length}): ${undecided.join(', ')}`)
  })
})
