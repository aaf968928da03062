import { describe, expect, test, vi } from 'vitest'
import { SCENARIOS } from '../../suites/index.ts'
import { MONITORS } from '../../suites/monitors/index.ts'
import { MUTANT_NAMES, type MutantName } from '../reference/mutants.ts'
import { createMonitors } from '../scenario/monitor.ts'
import type { Catalogue } from '../scenario/requirement.ts'
import { createScenarios, type Scenario } from '../scenario/scenario.ts'
import { type Proof, shortcomingsOf } from './proof.ts'
import { inThisThread, prove } from './prove.ts'
import { playOnReference } from './prove-case.ts'
import { inThreads } from './prove-workers.ts'

const CATALOGUE = {
  'x/identifier': { section: '2.6', page: 18, level: 'implied', binds: ['receiver'], text: 'Copied.' },
  'x/politeness': { section: '2.6', page: 18, level: 'SHOULD', binds: ['receiver'], text: 'Polite.' },
} as const satisfies Catalogue

const scenario = createScenarios<keyof typeof CATALOGUE, MutantName>(CATALOGUE)
const monitor = createMonitors<keyof typeof CATALOGUE, MutantName>(CATALOGUE)

const echo = scenario(
  {
    id: 'made-up/echo',
    purpose: 'An Echo-Reply has the Identifier asked for.',
    decides: ['x/identifier'],
    provenBy: ['echo-wrong-identifier'],
    iut: 'recipient',
    vary: { identifier: { one: 1, two: 2 } },
  },
  async (t) => {
    const control = await t.establish()
    control.send('Echo-Request', { identifier: t.vary.identifier })
    const reply = await control.await('Echo-Reply')
    t.field('x/identifier', reply, 'identifier', t.vary.identifier)
  },
)

/** Passes whatever the implementation does. */
const content = scenario(
  {
    id: 'made-up/content',
    purpose: 'All is well.',
    decides: ['x/politeness'],
    provenBy: ['echo-wrong-identifier'],
    iut: 'recipient',
  },
  async (t) => {
    await t.establish()
    t.decide('x/politeness', { ok: true, expected: 'anything', seen: 'something' })
  },
)

const grumpy = scenario(
  {
    id: 'made-up/grumpy',
    purpose: 'It always warns about politeness, and never decides its other requirement.',
    decides: ['x/politeness', 'x/identifier'],
    provenBy: ['ignores-start'],
    iut: 'recipient',
  },
  async (t) => {
    await t.establish()
    t.decide('x/politeness', { ok: false, expected: 'better manners', seen: 'none' })
  },
)

const watch = monitor(
  {
    id: 'made-up-monitor',
    purpose: 'Identifiers are small.',
    decides: ['x/identifier'],
    provenBy: ['echo-wrong-identifier'],
  },
  ({ observe }) => ({
    sent({ message, entry }) {
      if (message.name !== 'Echo-Reply') return
      const { identifier } = message
      observe('x/identifier', {
        ok: identifier < 3,
        expected: 'less than 3',
        seen: String(identifier),
        entry: entry.index,
      })
    },
  }),
)

const MUTANTS: readonly MutantName[] = ['echo-wrong-identifier', 'ignores-start', 'start-request-version-0']

function proved(...scenarios: readonly Scenario[]): Promise<Proof> {
  return prove(scenarios, [], MUTANTS)
}

describe('a made-up suite', () => {
  test('a scenario kills the mutant that breaks its requirement', async () => {
    const proof = await proved(echo)
    expect(proof.unclean).toEqual([])
    expect(proof.scenarios).toMatchObject([
      {
        id: 'made-up/echo@recipient',
        kills: [
          {
            mutant: 'echo-wrong-identifier',
            verdict: 'fail',
            requirements: ['x/identifier'],
            cases: ['made-up/echo#identifier=one@recipient', 'made-up/echo#identifier=two@recipient'],
          },
        ],
        falseClaims: [],
        silent: [],
      },
    ])
    expect(proof.decided).toEqual(['x/identifier'])
    expect(proof.unproven).toEqual([])
  })

  test('a case without a verdict kills nothing; a fault that is never consulted needs no play', async () => {
    const { mutants, plays } = await prove([echo], [], MUTANTS, { everyVariation: true })
    expect(mutants.map(({ mutant, result, disturbed }) => [mutant, result, disturbed.length])).toEqual([
      ['echo-wrong-identifier', 'killed', 0],
      ['ignores-start', 'survived', 2],
      ['start-request-version-0', 'not-reached', 0],
    ])
    expect(plays).toBe(6)
  })

  test('a scenario plays one variation on a mutant that it does not name, unless all are asked for', async () => {
    const { mutants, plays } = await proved(echo)
    expect(mutants.find(({ mutant }) => mutant === 'ignores-start')?.disturbed).toHaveLength(1)
    expect(plays).toBe(5)
  })

  test('a scenario that kills no mutant is idle, its claims are false, its requirement is unproven', async () => {
    const proof = await proved(content)
    const wrong = shortcomingsOf(proof, { role: 'recipient' })
    const by = { kind: 'scenario', id: 'made-up/content@recipient' }
    expect(wrong.idle).toEqual([by])
    expect(wrong.falseClaims).toEqual([{ by, mutants: ['echo-wrong-identifier'] }])
    expect(proof.unproven).toEqual(['x/politeness'])
  })

  test('a violation on the reference is reported, and so is a requirement that is never decided', async () => {
    const wrong = shortcomingsOf(await proved(grumpy), { role: 'recipient' })
    expect(wrong.unclean).toEqual([
      {
        case: 'made-up/grumpy@recipient',
        verdict: 'warn',
        detail: 'x/politeness: expected better manners, seen none',
      },
    ])
    expect(wrong.silent).toEqual([
      { by: { kind: 'scenario', id: 'made-up/grumpy@recipient' }, requirements: ['x/identifier'] },
    ])
  })

  test('a monitor kills a mutant in a scenario that finds nothing', async () => {
    const { monitors, mutants } = await prove([echo, content], [watch], MUTANTS)
    expect(monitors).toMatchObject([
      { id: 'made-up-monitor', kills: [{ mutant: 'echo-wrong-identifier', requirements: ['x/identifier'] }] },
    ])
    expect(mutants[0]?.kills.map(({ by }) => by.kind)).toEqual(['scenario', 'monitor'])
  })

  test('mutants of an originator count only where that role is asked for', async () => {
    const proof = await proved(echo)
    const survivors = (role: 'recipient' | 'originator') =>
      shortcomingsOf(proof, { role }).survivors.map(({ mutant }) => mutant)
    expect(survivors('recipient')).toEqual(['ignores-start'])
    expect(survivors('originator')).toEqual(['ignores-start', 'start-request-version-0'])
    expect(shortcomingsOf(proof, { role: 'recipient' }).outOfScope).toMatchObject([
      { mutant: 'start-request-version-0' },
    ])
  })

  test('survivors are reported only after all scenarios, idle scenarios only after all mutants', async () => {
    const proof = await proved(content)
    expect(shortcomingsOf(proof, { role: 'recipient', someScenarios: true }).survivors).toEqual([])
    expect(shortcomingsOf(proof, { role: 'recipient', someMutants: true }).idle).toEqual([])
  })

  test('a play that never ends by itself is an error, not the end of the proof', async () => {
    const endless = scenario(
      {
        id: 'made-up/endless',
        purpose: 'It never ends.',
        decides: ['x/identifier'],
        provenBy: ['echo-wrong-identifier'],
        iut: 'recipient',
      },
      () => new Promise(() => {}),
    )
    const { unclean } = await proved(endless)
    expect(unclean).toMatchObject([{ case: 'made-up/endless@recipient', verdict: 'error' }])
    expect(unclean[0]?.detail).toMatch(/Deadlock/)
  })
})

describe('the suites', () => {
  test('several threads have the same result as one', { timeout: 60_000 }, async () => {
    const some = SCENARIOS.filter(({ id }) => id.startsWith('echo/'))
    const alone = await prove(some, MONITORS, MUTANT_NAMES)
    expect(await prove(some, MONITORS, MUTANT_NAMES, { prover: inThreads(2) })).toEqual(alone)
  })

  test('a thread that fails ends the proof', async () => {
    await expect(prove([echo], [], MUTANTS, { prover: inThreads(2) })).rejects.toThrow(
      /the suites have no scenario made-up\/echo@recipient/,
    )
  })

  test('a play that does not consult a fault has the same result with it', async () => {
    // All mutants are played here, even those whose fault is not consulted.
    const [one] = SCENARIOS.filter(({ id }) => id === 'start/accepted')
    if (one === undefined) throw new Error('no start/accepted')
    const everything = await prove([one], [], MUTANT_NAMES, {
      prover: inThisThread(async (oneCase, faults) => {
        const played = await playOnReference(oneCase, faults)
        vi.spyOn(faults, 'consulted').mockReturnValue(new Set(MUTANT_NAMES))
        return played
      }),
    })
    expect(everything.scenarios).toEqual((await prove([one], [], MUTANT_NAMES)).scenarios)
  })
})
