import type { Misattribution } from '../proof/attribution.ts'
import { type CoverageRow, gaps, withoutOccasion } from '../proof/coverage.ts'
import { isClean, type Kill, type Proof, type ProverName, type Shortcomings } from '../proof/proof.ts'
import { MUTANTS } from '../reference/mutants.ts'
import type { Role } from '../scenario/requirement.ts'
import { counted } from './columns.ts'
import { filled, filledList } from './fill.ts'

/** The contents of a proof's text. */
export interface ProofReport {
  readonly proof: Proof
  readonly wrong: Shortcomings
  /** The coverage of the catalogue; undefined when only a part was proved. */
  readonly coverage?: readonly CoverageRow[] | undefined
  /** Roles whose coverage is summed up. */
  readonly roles: readonly Role[]
  /** How long the proof took. */
  readonly seconds: number
}

/**
 * Lists the shortcomings of the suites and the gaps in their coverage, and says whether the proof
 * is clean.
 */
export function proofText({ proof, wrong, coverage, roles, seconds }: ProofReport): string {
  const lines = [
    ...complaints(wrong),
    ...(coverage === undefined ? [] : notes(proof, coverage, roles)),
    summary(proof, seconds),
    isClean(wrong) ? 'clean' : 'not clean',
  ]
  return `${lines.join('\n')}\n`
}

/** Lists the killers of each mutant, then the kills of each scenario and monitor. */
export function matrixText({ mutants, scenarios, monitors }: Proof): string {
  const lines = [
    ...mutants.flatMap(({ mutant, breaks, consequences, result, kills, disturbed }) => [
      `${mutant}: ${result === 'killed' ? `killed by ${kills.length}` : result.replace('-', ' ')}`,
      ...filled(`breaks ${breaks.join(', ') || 'nothing'}`, 4, 100),
      ...(consequences.length === 0 ? [] : filled(`in consequence ${consequences.join(', ')}`, 4, 100)),
      ...kills.map((kill) => `    ${named(kill.by)} ${verdictOf(kill)}`),
      ...(disturbed.length === 0
        ? []
        : [`    ${counted(disturbed.length, 'case')} came to no verdict, e.g. ${disturbed[0]?.case ?? ''}`]),
    ]),
    '',
    ...[...scenarios, ...monitors].flatMap((prover) => [
      `${named(prover)} kills ${prover.kills.length}`,
      ...filledList(prover.kills.map(({ mutant }) => mutant)),
    ]),
    '',
  ]
  return `${lines.join('\n')}\n`
}

/**
 * Returns a proof without the mutants that no case reached, and without the scenarios and monitors
 * that kill no mutant.
 */
export function whatShows({ mutants, scenarios, monitors, ...proof }: Proof): Proof {
  return {
    ...proof,
    mutants: mutants.filter(({ result }) => result !== 'not-reached'),
    scenarios: scenarios.filter(({ kills }) => kills.length > 0),
    monitors: monitors.filter(({ kills }) => kills.length > 0),
  }
}

function complaints(wrong: Shortcomings): readonly string[] {
  return [
    ...listed(
      'The reference is not clean',
      wrong.unclean.map((one) => `${one.case}: ${one.verdict}: ${one.detail}`),
    ),
    ...listed('Idle, because they fail on no mutant', wrong.idle.map(named)),
    ...listed(
      'Claims of mutants (provenBy) that they do not kill',
      wrong.falseClaims.map(({ by, mutants }) => `${named(by)}: ${mutants.join(', ')}`),
    ),
    ...listed(
      'Requirements that they declare but never decide on the reference',
      wrong.silent.map(({ by, requirements }) => `${named(by)}: ${requirements.join(', ')}`),
    ),
    ...listed(
      'Survivors, which no scenario or monitor tells from the reference',
      wrong.survivors.map(({ mutant, result, disturbed }) =>
        [
          `${mutant} (${MUTANTS[mutant].section}): ${MUTANTS[mutant].title}`,
          ...(result === 'not-reached' ? ['no case reaches the point at which it differs'] : []),
          ...(disturbed.length === 0 ? [] : [`${counted(disturbed.length, 'case')} came to no verdict`]),
        ].join('; '),
      ),
    ),
    ...listed('Mutants that name the wrong requirements', wrong.misattributed.map(misattribution)),
    ...listedWords(
      'Not reached, because they show only in an originator',
      wrong.outOfScope.map(({ mutant }) => mutant),
    ),
  ]
}

function misattribution(one: Misattribution): string {
  switch (one.flaw) {
    case 'nothing-named':
      return `${one.mutant} names no requirement that it breaks`
    case 'unknown':
      return `${one.mutant} names ${one.requirements.join(', ')}, which the catalogue does not have`
    case 'not-shown':
      return `${one.mutant} names ${one.requirements.join(', ')}, which no scenario or monitor finds broken`
    case 'accused':
      return `${one.mutant}: ${named(one.by)} finds ${one.requirements.join(', ')} broken, which the mutant does not name`
  }
}

function notes(proof: Proof, rows: readonly CoverageRow[], roles: readonly Role[]): readonly string[] {
  return [
    ...listedWords('Decided, but no mutant breaks them', proof.unproven),
    ...roles.map(
      (role) =>
        `Requirements that concern the ${role}: ${gaps(rows, role).length} not decided, ${withoutOccasion(rows, role).length} for which no scenario gives an occasion`,
    ),
    '    pptpspec coverage lists them',
    '',
  ]
}

function summary(proof: Proof, seconds: number): string {
  const killed = proof.mutants.filter(({ result }) => result === 'killed').length
  return [
    counted(proof.scenarios.length, 'scenario'),
    counted(proof.cases, 'case'),
    counted(proof.monitors.length, 'monitor'),
    `${killed} of ${counted(proof.mutants.length, 'mutant')} killed`,
    `${counted(proof.plays, 'play')} in ${seconds.toFixed(1)} s`,
  ].join(', ')
}

function verdictOf({ verdict, requirements, cases }: Kill): string {
  return `${verdict}: ${requirements.join(', ')} (${counted(cases.length, 'case')})`
}

function named({ kind, id }: ProverName): string {
  return kind === 'monitor' ? `monitor ${id}` : id
}

/** Returns a heading with a line for each item; no lines without items. */
function listed(heading: string, items: readonly string[]): readonly string[] {
  if (items.length === 0) return []
  return [`${heading} (${items.length}):`, ...items.map((item) => `    ${item}`), '']
}

/** Returns a heading with words in as few lines as possible; no lines without words. */
function listedWords(heading: string, words: readonly string[]): readonly string[] {
  if (words.length === 0) return []
  return [`${heading} (${words.length}):`, ...filledList(words), '']
}
