import { REQUIREMENTS, type RequirementId } from '../../suites/catalogue.ts'
import type { CatalogueEntry } from '../../suites/requirements/entry.ts'
import { UsageError } from '../errors/errors.ts'
import { nearestNames } from '../errors/nearest.ts'
import { filled } from '../report/fill.ts'
import { nearestRequirements } from './nearest-requirements.ts'

/** Requirements that a new file offers. */
const OFFERED = 5
/** Longest line of a comment, in columns. */
const COLUMNS = 100

/** What has decided requirements so far. */
interface Decider {
  readonly id: string
  readonly decides: readonly string[]
}

/**
 * The requirement of that id.
 * @throws UsageError for one that is unknown, or that no packet shows.
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
 * Lines of a comment that offer requirements: the one that is wanted, then those nearest to a name,
 * then others that may do.
 * @param takes whether a requirement can be decided there at all.
 * @param deciders of each requirement, those of these that decide it are named.
 */
export function offerLines(
  name: string,
  {
    wanted,
    takes,
    others = [],
    deciders,
  }: {
    readonly wanted: string | undefined
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
  return [
    ...(wanted === undefined ? [] : ['// It is to decide this:', ...lines([wanted])]),
    '// Requirements near to its name, in our words:',
    ...lines([...offered].slice(0, OFFERED)),
  ]
}

function linesOf(id: string, deciders: readonly Decider[]): readonly string[] {
  const { level, text, section, page, document = 'RFC 2637' } = requireRequirement(id)
  const by = [...new Set(deciders.filter(({ decides }) => decides.includes(id)).map((one) => one.id))]
  const known = by.length === 0 ? 'Nothing decides it yet.' : `Decided by ${by.slice(0, 3).join(', ')}.`
  const where = `${document} section ${section}, page ${page}, ${level}`
  return filled(`- ${id} (${where}): ${text} ${known}`, 0, COLUMNS - 3).map((line) => `// ${line}`)
}
