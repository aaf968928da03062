import { REQUIREMENTS } from '../../suites/catalogue.ts'
import { SCENARIOS } from '../../suites/index.ts'
import { MONITORS } from '../../suites/monitors/index.ts'
import type { Role } from '../../suites/requirements/entry.ts'
import { coverage, gaps, withoutOccasion } from '../proof/coverage.ts'
import { isClean, type Kill, type Proof, type ProverName, shortcomingsOf } from '../proof/proof.ts'
import { prove } from '../proof/prove.ts'
import { inThreads } from '../proof/prove-workers.ts'
import { isMutantName, MUTANT_NAMES, MUTANTS, type MutantName } from '../reference/mutants.ts'
import { counted } from '../report/columns.ts'
import { selectCases, unknown } from '../runner/select.ts'
import type { ExitCode, Io } from './io.ts'

/** What `pptpspec prove` was asked for. */
export interface ProveRequest {
  readonly scenario: readonly string[]
  readonly mutant: readonly string[]
  /** `recipient`: mutants that show only in an originator may survive; none may unless given. */
  readonly role: Role | undefined
  readonly matrix: boolean
  readonly workers: number | undefined
  readonly json: boolean
}

/**
 * Proves the suites, or a part of them, and prints what is wrong with them.
 * @throws UsageError when a scenario or mutant does not exist.
 */
export async function performProve(request: ProveRequest, { stdout }: Pick<Io, 'stdout'>): Promise<ExitCode> {
  const mutants = request.mutant.length === 0 ? MUTANT_NAMES : request.mutant.map(readMutant)
  const cases = selectCases(SCENARIOS, { scenarios: request.scenario })
  const scenarios = [...new Set(cases.map(({ scenario }) => scenario))]
  const began = performance.now()
  const proof = await prove(scenarios, MONITORS, mutants, { prover: inThreads(request.workers) })
  const seconds = (performance.now() - began) / 1000
  const wrong = shortcomingsOf(proof, {
    someMutants: request.mutant.length > 0,
    someScenarios: request.scenario.length > 0,
    role: request.role ?? 'both',
  })
  if (request.json) stdout.write(`${JSON.stringify({ clean: isClean(wrong), ...wrong, proof }, null, 1)}\n`)
  else {
    const lines = [
      ...(request.matrix ? matrix(proof) : []),
      ...complaints(wrong),
      ...(request.scenario.length === 0 && request.mutant.length === 0
        ? notes(proof, request.role === undefined ? ROLES : [request.role])
        : []),
      summary(proof, seconds),
      isClean(wrong) ? 'clean' : 'not clean',
    ]
    stdout.write(`${lines.join('\n')}\n`)
  }
  return isClean(wrong) ? 0 : 1
}

const ROLES: readonly Role[] = ['recipient', 'originator']

function readMutant(name: string): MutantName {
  if (!isMutantName(name)) throw unknown('mutant', name, MUTANT_NAMES, 'mutants')
  return name
}

function complaints(wrong: ReturnType<typeof shortcomingsOf>): readonly string[] {
  return [
    ...listed(
      'The reference is not clean',
      wrong.unclean.map((one) => `${one.case}: ${one.verdict}: ${one.detail}`),
    ),
    ...listed('Idle, for no mutant fails them', wrong.idle.map(named)),
    ...listed(
      'False claims of mutants that prove them',
      wrong.falseClaims.map(({ by, mutants }) => `${named(by)}: ${mutants.join(', ')}`),
    ),
    ...listed(
      'Declared and never decided on the reference',
      wrong.silent.map(({ by, requirements }) => `${named(by)}: ${requirements.join(', ')}`),
    ),
    ...listed(
      'Survivors, which nothing tells from the reference',
      wrong.survivors.map(({ mutant, fate, disturbed }) =>
        [
          `${mutant} (${MUTANTS[mutant].section}): ${MUTANTS[mutant].title}`,
          ...(fate === 'not-reached' ? ['no case gets to where it would differ'] : []),
          ...(disturbed.length === 0 ? [] : [`${counted(disturbed.length, 'case')} came to no verdict`]),
        ].join('; '),
      ),
    ),
    ...listed(
      'Not reached, for they show only in an originator',
      wrong.outOfScope.map(({ mutant }) => mutant),
      true,
    ),
  ]
}

function notes(proof: Proof, roles: readonly Role[]): readonly string[] {
  const rows = coverage({ catalogue: REQUIREMENTS, scenarios: SCENARIOS, monitors: MONITORS, proof })
  return [
    ...listed('Decided, but no mutant breaks them', proof.unproven, true),
    ...roles.map(
      (role) =>
        `Requirements that concern the ${role}: ${gaps(rows, role).length} that nothing decides, ${withoutOccasion(rows, role).length} that no scenario gives an occasion`,
    ),
    '    pptpspec coverage lists them',
    '',
  ]
}

function summary(proof: Proof, seconds: number): string {
  const killed = proof.mutants.filter(({ fate }) => fate === 'killed').length
  return [
    counted(proof.scenarios.length, 'scenario'),
    counted(proof.cases, 'case'),
    counted(proof.monitors.length, 'monitor'),
    `${killed} of ${counted(proof.mutants.length, 'mutant')} killed`,
    `${counted(proof.plays, 'play')} in ${seconds.toFixed(1)} s`,
  ].join(', ')
}

/** Who kills each mutant, then what each scenario and monitor kills. */
function matrix({ mutants, scenarios, monitors }: Proof): readonly string[] {
  return [
    ...mutants.flatMap(({ mutant, fate, kills, disturbed }) => [
      `${mutant}: ${fate === 'killed' ? `killed by ${kills.length}` : fate.replace('-', ' ')}`,
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
}

function verdictOf({ verdict, requirements, cases }: Kill): string {
  return `${verdict}: ${requirements.join(', ')} (${counted(cases.length, 'case')})`
}

function named({ kind, id }: ProverName): string {
  return kind === 'monitor' ? `monitor ${id}` : id
}

/** A heading with its lines, or with its words in as few lines as they take; nothing where there are none. */
function listed(heading: string, items: readonly string[], run = false): readonly string[] {
  if (items.length === 0) return []
  return [
    `${heading} (${items.length}):`,
    ...(run ? filledList(items) : items.map((item) => `    ${item}`)),
    '',
  ]
}

function filledList(words: readonly string[]): readonly string[] {
  const lines: string[] = []
  for (const [at, word] of words.entries()) {
    const next = at === words.length - 1 ? word : `${word},`
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + next.length <= 100)
      lines[lines.length - 1] = `${last} ${next}`
    else lines.push(`    ${next}`)
  }
  return lines
}
