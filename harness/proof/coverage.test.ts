import { describe, expect, test } from 'vitest'
import {
  BY_CHANCE,
  byMonitor,
  byScenario,
  type CatalogueEntry,
  implied,
  section,
  unseen,
} from '../../suites/requirements/entry.ts'
import type { MutantName } from '../reference/mutants.ts'
import type { BaselineCause } from '../runner/baseline.ts'
import { baselineOf, cause } from '../runner/testing/results.ts'
import { createMonitors } from '../scenario/monitor.ts'
import { createScenarios } from '../scenario/scenario.ts'
import {
  behavioursInBaseline,
  behavioursInResults,
  byChance,
  compareSections,
  coverage,
  gaps,
  isInSections,
  withoutOccasion,
} from './coverage.ts'
import { prove } from './prove.ts'

const CATALOGUE = {
  ...section('2.10', {
    identifier: implied(1, 'receiver', byScenario.recipient, 'Copied.'),
    courtesy: implied(1, 'receiver', byMonitor.both, 'Never rude.'),
    whim: implied(1, 'sender', BY_CHANCE.stops.both, 'Leaves in style.'),
  }),
  ...section('2.9', {
    colour: implied(1, 'PAC', unseen('Packets have no colour.'), 'Blue.'),
    greeting: implied(1, 'originator', byScenario.originator, 'Says hello.'),
    farewell: implied(1, 'recipient', byScenario.both, 'Says goodbye.'),
  }),
}

type Id = keyof typeof CATALOGUE
const catalogue: Readonly<Record<string, CatalogueEntry>> = CATALOGUE

const echo = createScenarios<Id, MutantName>(CATALOGUE)(
  {
    id: 'made-up/echo',
    purpose: 'An Echo-Reply has the Identifier asked for.',
    decides: ['2.10/identifier'],
    provenBy: ['echo-wrong-identifier'],
    iut: 'recipient',
    vary: { identifier: { one: 1, two: 2 } },
  },
  async (t) => {
    const control = await t.establish()
    control.send('Echo-Request', { identifier: t.vary.identifier })
    const reply = await control.await('Echo-Reply')
    t.field('2.10/identifier', reply, 'identifier', t.vary.identifier)
  },
)

const polite = createMonitors<Id, MutantName>(CATALOGUE)(
  {
    id: 'polite',
    purpose: 'Watches for words that no message has.',
    decides: ['2.10/courtesy', '2.10/whim'],
    provenBy: ['echo-wrong-identifier'],
  },
  () => ({}),
)

const sources = { catalogue, scenarios: [echo], monitors: [polite] }

describe('coverage', () => {
  test("rows in the RFC's order, each with what decides it or why nothing does", () => {
    const rows = coverage(sources)
    expect(rows.map(({ id, state, scenarios, monitors }) => [id, state, ...scenarios, ...monitors])).toEqual([
      ['2.9/colour', 'unobservable'],
      ['2.9/greeting', 'undecided'],
      ['2.9/farewell', 'undecided'],
      ['2.10/identifier', 'decided', 'made-up/echo@recipient'],
      ['2.10/courtesy', 'decided', 'polite'],
      ['2.10/whim', 'decided', 'polite'],
    ])
    expect(gaps(rows, 'recipient').map(({ id }) => id)).toEqual(['2.9/farewell'])
    expect(gaps(rows, 'originator').map(({ id }) => id)).toEqual(['2.9/greeting', '2.9/farewell'])
  })

  test('a proof tells which mutants break a requirement, and which monitors wait for an occasion', async () => {
    const proof = await prove([echo], [polite], ['echo-wrong-identifier', 'ignores-start'])
    const rows = coverage({ ...sources, proof })
    expect(rows.find(({ id }) => id === '2.10/identifier')?.provenBy).toEqual(['echo-wrong-identifier'])
    expect(withoutOccasion(rows, 'recipient').map(({ id }) => id)).toEqual(['2.10/courtesy'])
    expect(withoutOccasion(coverage(sources), 'recipient')).toEqual([])
    expect(byChance(rows, 'recipient').map(({ id }) => id)).toEqual(['2.10/whim'])
    expect(byChance(rows, 'originator')).toEqual([])
    expect(withoutOccasion(rows, 'originator').map(({ id }) => id)).toEqual(['2.10/courtesy', '2.10/whim'])
    expect(rows.find(({ id }) => id === '2.10/identifier')).toMatchObject({
      decidedOn: ['recipient'],
      occasions: ['recipient'],
    })
  })
})

describe('behaviour', () => {
  const pics = {
    roles: ['recipient' as const],
    outgoingCalls: true,
    incomingCalls: true,
    ppp: true,
    callsPerConnection: 1,
  }
  const claim = { case: 'made-up/echo#*', fail: ['2.10/identifier'] }
  const inBaseline = (
    claims: BaselineCause['cases'],
    claimed = pics,
    monitors: BaselineCause['monitors'] = [],
  ) =>
    behavioursInBaseline(baselineOf({ ...cause('bug', claims, monitors), reason: 'a bug' }), claimed, sources)
      .of

  test('by a baseline: the verdict of its causes, else pass; unknown where only a monitor decides', () => {
    expect(inBaseline([claim]).get('2.10/identifier')).toEqual({
      verdict: 'fail',
      evidence: [
        { case: 'made-up/echo#identifier=one@recipient', text: 'a bug' },
        { case: 'made-up/echo#identifier=two@recipient', text: 'a bug' },
      ],
    })
    expect(inBaseline([]).get('2.10/identifier')).toEqual({ verdict: 'pass', evidence: [] })
    expect(inBaseline([]).get('2.10/courtesy')).toBeUndefined()
    expect(inBaseline([]).get('2.9/farewell')).toBeUndefined()
  })

  test('by a baseline: what monitors find', () => {
    const of = inBaseline([], pics, [{ monitor: 'polite', warn: ['2.10/courtesy'] }])
    expect(of.get('2.10/courtesy')).toEqual({
      verdict: 'warn',
      evidence: [{ case: 'monitor polite', text: 'a bug' }],
    })
    expect(of.get('2.10/whim')).toBeUndefined()
  })

  test('by a baseline: each requirement has the evidence of its own cause, though both name one monitor', () => {
    const one = cause('one', [], [{ monitor: 'polite', warn: ['2.10/courtesy'] }])
    const other = cause('other', [], [{ monitor: 'polite', warn: ['2.10/whim'] }])
    const { of } = behavioursInBaseline(baselineOf(one, other), pics, sources)
    expect(of.get('2.10/courtesy')?.evidence).toEqual([{ case: 'monitor polite', text: 'source' }])
  })

  test('by a baseline: the gravest verdict of several causes', () => {
    const warned = cause('mild', [{ case: 'made-up/echo#identifier=one', warn: ['2.10/*'] }])
    const failed = cause('grave', [{ case: 'made-up/echo#identifier=two', fail: ['2.10/identifier'] }])
    const { of } = behavioursInBaseline(baselineOf(warned, failed), pics, sources)
    expect(of.get('2.10/identifier')?.verdict).toBe('fail')
    // The glob matches it, but these cases do not decide it.
    expect(of.get('2.10/courtesy')).toBeUndefined()
  })

  test('by a baseline: inconclusive or skip where every deciding case is', () => {
    expect(inBaseline([{ case: 'made-up/echo#*', inconclusive: true }]).get('2.10/identifier')).toMatchObject(
      {
        verdict: 'inconclusive',
        evidence: [{ text: 'a bug' }, { text: 'a bug' }],
      },
    )
    const one = { case: 'made-up/echo#identifier=one@recipient', inconclusive: true as const }
    expect(inBaseline([one]).get('2.10/identifier')?.verdict).toBe('pass')
    expect(inBaseline([], { ...pics, roles: [] }).get('2.10/identifier')?.verdict).toBe('skip')
  })

  test('by results: the gravest finding, and where it was found', () => {
    const finding = { requirement: '2.10/identifier', expected: '1', seen: '2' }
    const result = (scenario: string, verdict: 'pass' | 'warn' | 'fail') => ({
      scenario,
      purpose: '',
      verdict,
      findings: [{ ...finding, verdict }],
      duration: 0,
    })
    const { of } = behavioursInResults('some', [
      result('a', 'pass'),
      result('b', 'fail'),
      result('c', 'warn'),
    ])
    expect(of.get('2.10/identifier')).toEqual({
      verdict: 'fail',
      evidence: [{ case: 'b', text: 'expected 1, seen 2' }],
    })
  })

  test('by results: findings of monitors over all cases count as well', () => {
    const seen = { requirement: '2.10/courtesy', verdict: 'warn' as const, expected: 'tact', seen: 'none' }
    const { of } = behavioursInResults(
      'some',
      [],
      [
        { ...seen, first: { case: 'a', finding: { ...seen, monitor: 'polite' } } },
        { requirement: '2.10/whim', verdict: 'pass' },
      ],
    )
    expect(of.get('2.10/courtesy')).toEqual({
      verdict: 'warn',
      evidence: [{ case: 'a', text: 'expected tact, seen none' }],
    })
    expect(of.get('2.10/whim')).toEqual({ verdict: 'pass', evidence: [] })
  })
})

test('sections are ordered as numbers, and a range includes the subsections of its ends', () => {
  expect(['3', '2.10', '1.4', '2.9', '3.1.2', '3.1'].sort(compareSections)).toEqual([
    '1.4',
    '2.9',
    '2.10',
    '3',
    '3.1',
    '3.1.2',
  ])
  const within = (section: string, from: string, to: string) => isInSections({ section }, { from, to })
  expect(within('3.2.4', '1.4', '3')).toBe(true)
  expect(within('4', '1.4', '3')).toBe(false)
  expect(within('1.3.2', '1.4', '3')).toBe(false)
  expect(within('3.1', '3.1', '3.1')).toBe(true)
  expect(within('3.1.4', '3.1', '3.1')).toBe(true)
  expect(within('3.10', '3.1', '3.1')).toBe(false)
})
