import { byChance, type CoverageRow, chanceReason, gaps, withoutOccasion } from '../proof/coverage.ts'
import type { Role } from '../scenario/requirement.ts'
import { columns, counted } from './columns.ts'
import { harmless } from './harmless.ts'

/** The contents of a coverage text. */
export interface CoverageReport {
  /** The counted requirements. */
  readonly rows: readonly CoverageRow[]
  /** The requirements in the table. */
  readonly shown: readonly CoverageRow[]
  /** Columns of the table. */
  readonly implementations: readonly string[]
  /** The roles whose requirements have to be tested. */
  readonly roles: readonly Role[]
}

/** Formats a table of requirements, and how many of them are tested. */
export function coverageText(report: CoverageReport): string {
  return asText([...table(report), '', ...tally(report)])
}

/** Like `coverageText`, with the reasons why requirements in the table are not tested. */
export function gapsText(report: CoverageReport): string {
  return asText([...table(report), ...reasons(report), '', ...tally(report)])
}

/** Formats the full texts of several requirements. */
export function coveredText(rows: readonly CoverageRow[], roles: readonly Role[]): string {
  return asText(rows.flatMap((row) => described(row, roles)))
}

function table({ shown, implementations, roles }: CoverageReport): readonly string[] {
  return columns([
    ['requirement', 'level', 'tested', 'mutants', ...implementations],
    ...shown.map((row) => [
      row.id,
      row.requirement.level,
      testedBy(row, roles),
      row.state === 'decided' ? String(row.provenBy?.length ?? '-') : '-',
      ...implementations.map((name) => row.behaviours[name]?.verdict ?? '-'),
    ]),
  ])
}

function testedBy(row: CoverageRow, roles: readonly Role[]): string {
  const { state, requirement, scenarios, monitors } = row
  if (state === 'unobservable') return 'unobservable'
  if (state === 'undecided')
    return requirement.iut.some((role) => roles.includes(role))
      ? 'no'
      : `no (${requirement.iut.join(', ')} only)`
  return [
    ...(scenarios.length === 0 ? [] : [counted(scenarios.length, 'scenario')]),
    ...(monitors.length === 0 ? [] : [counted(monitors.length, 'monitor')]),
    ...roles.flatMap((role) => {
      if (gaps([row], role).length > 0) return [`not on ${article(role)}`]
      if (chanceReason(row, role) !== undefined) return [`by chance on ${article(role)}`]
      return withoutOccasion([row], role).length > 0 ? [`no occasion on ${article(role)}`] : []
    }),
  ].join(', ')
}

/** The reasons why some requirements are not tested. */
function reasons({ shown, roles }: CoverageReport): readonly string[] {
  return [
    ...listedByReason('Unobservable:', shown, ({ requirement: { decided } }) =>
      decided.by === 'unobservable' ? decided.reason : undefined,
    ),
    ...roles.flatMap((role) =>
      listedByReason(
        `By chance: monitors judge it in captures, and in runs if ${article(role)} happens to do it:`,
        shown,
        (row) => chanceReason(row, role),
      ),
    ),
  ]
}

function listedByReason(
  title: string,
  rows: readonly CoverageRow[],
  reasonOf: (row: CoverageRow) => string | undefined,
): readonly string[] {
  const why = new Map<string, string[]>()
  for (const row of rows) {
    const reason = reasonOf(row)
    if (reason !== undefined) why.set(reason, [...(why.get(reason) ?? []), row.id])
  }
  if (why.size === 0) return []
  return ['', title, ...[...why].flatMap(([reason, ids]) => [`  ${reason}`, `    ${ids.join(', ')}`])]
}

function tally({ rows, roles }: CoverageReport): readonly string[] {
  const count = (state: CoverageRow['state']) => rows.filter((row) => row.state === state).length
  return [
    `${counted(rows.length, 'requirement')}: ${count('decided')} tested, ${count('undecided')} not tested, ${count('unobservable')} unobservable`,
    ...roles.map(
      (role) =>
        `requirements of ${article(role)}: ${gaps(rows, role).length} not tested${
          rows.some(({ occasions }) => occasions !== undefined)
            ? `, ${byChance(rows, role).length} by chance, ${withoutOccasion(rows, role).length} for which no scenario gives an occasion`
            : ''
        }`,
    ),
  ]
}

/** Returns all that is known of one requirement, in lines. */
function described(row: CoverageRow, roles: readonly Role[]): readonly string[] {
  const { id, requirement, scenarios, monitors, provenBy, behaviours } = row
  const { level, document = 'RFC 2637', section, page, binds, text, reading, decided, iut } = requirement
  return [
    `${id} (${level}, ${document} section ${section}, page ${page}, binds ${binds.join(' and ')})`,
    `    ${text}`,
    ...(reading === undefined
      ? []
      : [`    read as interpretation ${reading} says (docs/interpretations.md)`]),
    ...(decided.by === 'unobservable' ? [`    unobservable: ${decided.reason}`] : []),
    ...(row.state === 'undecided'
      ? [`    not tested; a ${decided.by} could decide it on: ${iut.join(', ')}`]
      : []),
    ...(scenarios.length === 0 ? [] : [`    decided by ${scenarios.join(', ')}`]),
    ...(monitors.length === 0
      ? []
      : [`    watched by ${monitors.map((one) => `monitor ${one}`).join(', ')}`]),
    ...roles.flatMap((role) => {
      const chance = chanceReason(row, role)
      if (chance !== undefined) return [`    on ${article(role)} by chance only: ${chance}`]
      if (row.state === 'decided' && gaps([row], role).length > 0)
        return [`    not tested on ${article(role)}`]
      if (withoutOccasion([row], role).length === 0) return []
      return [`    no scenario gives ${article(role)} an occasion for it`]
    }),
    ...(row.state === 'decided' && provenBy !== undefined
      ? [
          `    ${provenBy.length === 0 ? 'no mutant breaks it' : `found broken in the mutants ${provenBy.join(', ')}`}`,
        ]
      : []),
    ...Object.entries(behaviours).flatMap(([implementation, { verdict, evidence }]) => [
      `    ${implementation}: ${verdict}`,
      ...evidence.map((one) => `        ${one.case}: ${one.text}`),
    ]),
    '',
  ]
}

function article(role: Role): string {
  return role === 'originator' ? `an ${role}` : `a ${role}`
}

function asText(lines: readonly string[]): string {
  return `${harmless(lines.join('\n'))}\n`
}
