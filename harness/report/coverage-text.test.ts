import { describe, expect, test } from 'vitest'
import { BY_CHANCE, byScenario, type CatalogueEntry, unseen } from '../../suites/requirements/entry.ts'
import type { CoverageRow } from '../proof/coverage.ts'
import type { Role } from '../scenario/requirement.ts'
import { type CoverageReport, coverageText, coveredText, gapsText } from './coverage-text.ts'

const ROLES: readonly Role[] = ['recipient', 'originator']

function row(
  id: string,
  how: Pick<CatalogueEntry, 'decided' | 'iut'>,
  more: Partial<CoverageRow>,
): CoverageRow {
  return {
    id,
    requirement: { section: '2.6', page: 18, level: 'MUST', binds: ['receiver'], text: 'Copied.', ...how },
    state: 'decided',
    decidedOn: [],
    scenarios: [],
    monitors: [],
    provenBy: undefined,
    occasions: undefined,
    behaviours: {},
    ...more,
  }
}

const TESTED = row('2.6/tested', byScenario.both, {
  decidedOn: ['recipient'],
  scenarios: ['made-up/echo'],
  provenBy: ['echo-wrong-identifier'],
  occasions: ['recipient'],
  behaviours: {
    some: { verdict: 'fail', evidence: [{ case: 'made-up/echo#a=1', text: 'a bug\u001b[2J' }] },
  },
})
const CHANCE = row('2.6/chance', BY_CHANCE.stops.recipient, {
  decidedOn: ['recipient', 'originator'],
  monitors: ['watch', 'guard'],
  provenBy: [],
  occasions: [],
})
const UNSEEN = row('2.6/unseen', unseen('Packets have no colour.'), { state: 'unobservable' })
const UNDECIDED = row('2.6/open', byScenario.originator, { state: 'undecided' })
const ALL = [TESTED, CHANCE, UNSEEN, UNDECIDED]

function report(roles: readonly Role[]): CoverageReport {
  return { rows: ALL, shown: ALL, implementations: ['some'], roles }
}

describe('a table of coverage', () => {
  test('says what tests a requirement, and for which role it is not tested', () => {
    expect(coverageText(report(ROLES)).split('\n')).toEqual([
      'requirement  level  tested                                mutants  some',
      '2.6/tested   MUST   1 scenario, not on an originator      1        fail',
      '2.6/chance   MUST   2 monitors, by chance on a recipient  0        -',
      '2.6/unseen   MUST   unobservable                          -        -',
      '2.6/open     MUST   no                                    -        -',
      '',
      '4 requirements: 2 tested, 1 not tested, 1 unobservable',
      'requirements of a recipient: 0 not tested, 1 by chance, 0 for which no scenario gives an occasion',
      'requirements of an originator: 2 not tested, 0 by chance, 0 for which no scenario gives an occasion',
      '',
    ])
  })

  test('for one role names the role of the other requirements', () => {
    const text = coverageText(report(['recipient']))
    expect(text).toMatch(/^2\.6\/open +MUST +no \(originator only\)/m)
    expect(text).not.toContain('of an originator')
  })

  test('without a proof has no mutants and no occasions', () => {
    const unproven = { ...TESTED, provenBy: undefined, occasions: undefined }
    const text = coverageText({ ...report(['recipient']), rows: [unproven], shown: [unproven] })
    expect(text).toMatch(/^2\.6\/tested +MUST +1 scenario +- +fail$/m)
    expect(text).toMatch(/^requirements of a recipient: 0 not tested$/m)
  })

  test('of gaps states each reason once, with all requirements that have it', () => {
    const text = gapsText({ ...report(ROLES), shown: [UNSEEN, { ...UNSEEN, id: '2.6/dark' }, CHANCE] })
    expect(text).toContain(
      '\n\nUnobservable:\n  Packets have no colour.\n    2.6/unseen, 2.6/dark\n\nBy chance:',
    )
    expect(text).toMatch(
      / a recipient happens to do it:\n {2}A recipient asks for the stop .*\n {4}2\.6\/chance\n/,
    )
  })
})

describe('the full text of a requirement', () => {
  test('ends with the behaviour of implementations, with control characters escaped', () => {
    expect(coveredText([TESTED], ROLES).split('\n')).toEqual([
      '2.6/tested (MUST, RFC 2637 section 2.6, page 18, binds receiver)',
      '    Copied.',
      '    decided by made-up/echo',
      '    not tested on an originator',
      '    found broken in the mutants echo-wrong-identifier',
      '    some: fail',
      '        made-up/echo#a=1: a bug\\x1b[2J',
      '',
      '',
    ])
  })

  test('says why it is not tested', () => {
    expect(coveredText([UNSEEN], ROLES)).toContain('\n    unobservable: Packets have no colour.\n')
    expect(coveredText([UNDECIDED], ROLES)).toContain(
      '\n    not tested; a scenario could decide it on: originator\n',
    )
    expect(coveredText([CHANCE], ROLES)).toMatch(
      /\n {4}watched by monitor watch, monitor guard\n {4}on a recipient by chance only: .*\n {4}no mutant breaks it\n/,
    )
  })
})
