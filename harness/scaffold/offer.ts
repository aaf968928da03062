import { REQUIREMENTS, type RequirementId } from '../../suites/catalogue.ts'
import type { CatalogueEntry } from '../../suites/requirements/entry.ts'
import { UsageError } from '../errors/errors.ts'
import { nearestNames } from '../errors/nearest.ts'
import { filled } from '../report/fill.ts'
import { nearestRequirements } from './nearest-requirements.ts'

/** How many requirements a new file suggests. */
const OFFERED = 5
/** Longest line of a comment, in columns. */
const COLUMNS = 100

/** A scenario or monitor that decides requirements. */
interface Decider {
  readonly id: string
  readonly decides: readonly string[]
}

/**
 * Returns the requirement of that id.
 * @throws UsageError when the id is unknown, or no packet shows whether the requirement is met.
 */
export function requireRequirement(id: string): CatalogueEntry {
  const entry = REQUIREMENTS[id as RequirementId] as CatalogueEntry | undefined
  if (entry === undefined) {
    const nearest = nearestNames(id, Object.keys(REQUIREMENTS))
    throw new UsageError(
      `there is no requirement ${id}`,
      nearest.length > 0 ? `did you mean ${nearest.join(' or ')}?` : 'pptpspec list requirements shows all',
    )
  }
  const { decided } = entry
  if (decided.by === 'unobservable')
    throw new UsageError(
      `nothing can decide ${id}: ${decided.reason}`,
      'Name a requirement that can be observed: pptpspec list requirements shows all',
    )
  return entry
}

/**
 * Returns comment lines that quote requirements: the one that the user asked for, then those that
 * resemble the name of the new file, then some of `others`.
 * @param field the field of the new file that names requirements.
 * @param takes whether the new file could name a requirement at all.
 * @param deciders scenarios or monitors; those that decide a quoted requirement are named with it.
 */
export function offerLines(
  name: string,
  {
    wanted,
    field,
    takes,
    others = [],
    deciders,
  }: {
    readonly wanted: string | undefined
    readonly field: 'decides' | 'breaks'
    readonly takes: (entry: CatalogueEntry) => boolean
    readonly others?: readonly string[]
    readonly deciders: readonly Decider[]
  },
): readonly string[] {
  const possible = Object.fromEntries(
    Object.entries(REQUIREMENTS).filter(([id, entry]) => id !== wanted && takes(entry)),
  )
  const near = nearestRequirements(name, possible, OFFERED)
  const offered = new Set([...near, ...others.filter((id) => id in possible)])
  const lines = (ids: readonly string[]) => ids.flatMap((id) => linesOf(id, deciders))
  const asked = wanted === undefined ? [] : [`// Name this requirement in \`${field}\`:`, ...lines([wanted])]
  const suggested = lines([...offered].slice(0, OFFERED))
  return suggested.length === 0
    ? asked
    : [...asked, '// Requirements that resemble the name of this file:', ...suggested]
}

function linesOf(id: string, deciders: readonly Decider[]): readonly string[] {
  const { level, text, section, page, document = 'RFC 2637' } = requireRequirement(id)
  const by = [...new Set(deciders.filter(({ decides }) => decides.includes(id)).map((one) => one.id))]
  const known = by.length === 0 ? 'Not decided yet.' : `Decided by ${by.slice(0, 3).join(', ')}.`
  const where = `${document} section ${section}, page ${page}, ${level}`
  return filled(`- ${id} (${where}): ${text} ${known}`, 0, COLUMNS - 3).map((line) => `// ${line}`)
}
