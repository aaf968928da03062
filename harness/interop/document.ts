import { fieldTable, filledIn } from '../implementations/manifest-document.ts'
import { beforeRole } from '../scenario/scenario.ts'
import { INTEROP_CASES } from './cases/index.ts'
import { MIDDLEBOX_CASES } from './middlebox/cases.ts'
import { middleboxSchema } from './middlebox/manifest.ts'
import { MIDDLEBOX_REQUIREMENTS, type MiddleboxRequirement, whenBroken } from './middlebox/requirements.ts'
import { PATHS } from './paths.ts'

/** Cases that differ only in path and variation, for lists and documents. */
export interface CaseGroup {
  /** `ping/size` */
  readonly name: string
  readonly purpose: string
  readonly paths: readonly string[]
  /** The variations of the case: `octets=1396,fragment=yes`; empty without variations. */
  readonly variations: readonly string[]
}

/** All cases, in the order of their declaration. */
export function caseGroups(): readonly CaseGroup[] {
  return [...groupsOf(INTEROP_CASES), ...groupsOf(MIDDLEBOX_CASES)]
}

interface AnyCase {
  readonly id: string
  readonly purpose: string
  readonly path: string
}

function groupsOf(all: readonly AnyCase[]): readonly CaseGroup[] {
  const names = [...new Set(all.map(({ id }) => nameOf(id)))]
  return names.map((name) => {
    const cases = all.filter(({ id }) => nameOf(id) === name)
    const variations = cases.map(({ id }) => beforeRole(id).split('#')[1] ?? '').filter(Boolean)
    return {
      name,
      purpose: cases[0]?.purpose ?? '',
      paths: [...new Set(cases.map(({ path }) => path))],
      variations: [...new Set(variations)],
    }
  })
}

function nameOf(id: string): string {
  return beforeRole(id).split('#', 1)[0] ?? id
}

/** The tables of docs/interop.md, each between two comments that name it. */
const TABLES = {
  paths: pathTable,
  cases: () => caseTable(INTEROP_CASES),
  'middlebox-cases': () => caseTable(MIDDLEBOX_CASES),
  'middlebox-requirements': requirementTable,
  'middlebox-fields': () => fieldTable(middleboxSchema),
} as const

/** Fills the tables into docs/interop.md. @throws as `filledIn` does. */
export function withInteropTables(document: string): string {
  return filledIn(document, TABLES)
}

function pathTable(): string {
  const rows = Object.entries(PATHS).map(([name, { title }]) => `| \`${name}\` | ${title} |`)
  return ['| path | what lies between client and server |', '| --- | --- |', ...rows].join('\n')
}

function requirementTable(): string {
  const rows = Object.entries(MIDDLEBOX_REQUIREMENTS).map(
    ([id, text]) => `| \`${id}\` | ${whenBroken(id as MiddleboxRequirement)} | ${text} |`,
  )
  return ['| requirement | broken | statement |', '| --- | --- | --- |', ...rows].join('\n')
}

function caseTable(all: readonly AnyCase[]): string {
  const rows = groupsOf(all).map(
    ({ name, purpose, paths, variations }) =>
      `| \`${name}\` | ${purpose} | ${paths.join(', ')} | ${variations.length === 0 ? '' : variations.length} |`,
  )
  return ['| case | what it shows | paths | variations |', '| --- | --- | --- | --- |', ...rows].join('\n')
}
