import type { Level, Party, Requirement } from '../../harness/scenario/requirement.ts'
import type { InterpretationId } from '../interpretations.ts'

/** Which side of the control connection an implementation takes; today's servers accept and act as PAC, clients originate and act as PNS. */
export type Role = 'recipient' | 'originator'

/** How it is found out whether a requirement is met. */
export type Decided =
  /** Somebody has to provoke it. */
  | { readonly by: 'scenario' }
  /** It holds in every conversation, so watching one is enough. */
  | { readonly by: 'monitor' }
  /** No packet shows it. */
  | { readonly by: 'unobservable'; readonly reason: string }

/** A requirement as the catalogue holds it. */
export interface CatalogueEntry extends Requirement {
  readonly reading?: InterpretationId
  readonly decided: Decided
  /** On which kind of implementation it can be observed; none when it cannot be. */
  readonly iut: readonly Role[]
}

type Unplaced = Omit<CatalogueEntry, 'section'>
type How = Pick<CatalogueEntry, 'decided' | 'iut'>

function observed(by: 'scenario' | 'monitor') {
  return {
    recipient: { decided: { by }, iut: ['recipient'] },
    originator: { decided: { by }, iut: ['originator'] },
    both: { decided: { by }, iut: ['recipient', 'originator'] },
  } as const satisfies Record<string, How>
}

/** Decided by scenarios, on the implementations named. */
export const byScenario = observed('scenario')
/** Decided by monitors, on the implementations named. */
export const byMonitor = observed('monitor')

/** Not decided from outside, and why not. */
export function unseen(reason: string): How {
  return { decided: { by: 'unobservable', reason }, iut: [] }
}

/** Reasons that several requirements share. */
export const UNSEEN = {
  choice: unseen('A permission: whichever way it is used conforms.'),
  design: unseen('It is about how an implementation is built, which its packets do not show.'),
  inside: unseen(
    'It happens inside the implementation; packets show at most that some such algorithm is at work.',
  ),
  line: unseen('It happens on the telephone line behind the PAC, where the harness has no end.'),
  log: unseen('What an implementation writes down for its administrator is not sent to the peer.'),
  vendor: unseen(
    'The vendor chooses the value: every value conforms, and only the vendor can say what it means.',
  ),
} as const

function at(level: Level) {
  return (
    page: number,
    binds: Party | readonly [Party, ...Party[]],
    how: How,
    text: string,
    reading?: InterpretationId,
  ): Unplaced => ({
    page,
    level,
    binds: typeof binds === 'string' ? [binds] : binds,
    text,
    ...(reading === undefined ? {} : { reading }),
    ...how,
  })
}

/** One entry each: page, whom it binds, how it is decided, what it says, and how it is read where that is in doubt. */
export const must = at('MUST')
export const mustNot = at('MUST NOT')
export const should = at('SHOULD')
export const shouldNot = at('SHOULD NOT')
export const may = at('MAY')
export const implied = at('implied')

/** The requirements of one section, with ids made of its number and their names. */
export function section<const S extends string, E extends Readonly<Record<string, Unplaced>>>(
  number: S,
  entries: E,
): { readonly [K in keyof E & string as `${S}/${K}`]: CatalogueEntry } {
  const placed: Record<string, CatalogueEntry> = {}
  for (const [name, entry] of Object.entries(entries))
    placed[`${number}/${name}`] = { section: number, ...entry }
  return placed as { readonly [K in keyof E & string as `${S}/${K}`]: CatalogueEntry }
}
