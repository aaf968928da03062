import type { Level, Party, Requirement, Role } from '../../harness/scenario/requirement.ts'
import type { InterpretationId } from '../interpretations.ts'

/**
 * Today's servers accept the control connection and act as PAC, clients originate it and act as
 * PNS.
 */
export type { Role }

/** How the harness decides whether a requirement is met. */
export type Decided =
  /** A scenario provokes it. */
  | { readonly by: 'scenario' }
  /** It holds in every conversation, so a monitor that watches decides it. */
  | {
      readonly by: 'monitor'
      /**
       * Roles in which an implementation shows it only when it acts by itself, with the reason why
       * no tester can make it act.
       */
      readonly byChance?: Readonly<Partial<Record<Role, string>>>
    }
  /** No packet shows it. */
  | { readonly by: 'unobservable'; readonly reason: string }

/** A requirement as the catalogue holds it. */
export interface CatalogueEntry extends Requirement {
  readonly reading?: InterpretationId
  readonly decided: Decided
  /** Kinds of implementation on which it can be observed; empty if it is unobservable. */
  readonly iut: readonly Role[]
}

type Unplaced = Omit<CatalogueEntry, 'document' | 'section'>
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

/**
 * Decided by monitors, on a recipient only when it acts by itself.
 * @param reason why no tester can make it act.
 */
function ofItself(reason: string) {
  const decided = { by: 'monitor', byChance: { recipient: reason } } as const
  return {
    recipient: { decided, iut: ['recipient'] },
    both: { decided, iut: ['recipient', 'originator'] },
  } as const satisfies Record<string, How>
}

/**
 * Requirements about what a recipient does only by itself: monitors judge it in captures, and
 * whenever it happens in a scenario.
 */
export const BY_CHANCE = {
  asks: ofItself('A recipient asks for calls or offers them by itself; no message obliges it to.'),
  offers: ofItself('A PAC offers a call when a telephone line rings, and no tester can make it ring.'),
  lineErrors: ofItself('A PAC reports errors of its telephone line, which no tester can disturb.'),
  stops: ofItself(
    'A recipient asks for the stop when it shuts down or ends the connection by itself; no message obliges it to.',
  ),
} as const

/** A requirement that nothing outside the implementation can decide, and the reason. */
export function unseen(reason: string): How {
  return { decided: { by: 'unobservable', reason }, iut: [] }
}

/** Reasons that several requirements share. */
export const UNSEEN = {
  choice: unseen('A permission: using it and not using it both conform.'),
  design: unseen('The packets of an implementation do not show how it is built.'),
  inside: unseen(
    'It happens inside the implementation; packets show at most that some such algorithm is at work.',
  ),
  line: unseen('It happens on the telephone line behind the PAC, where the harness has no end.'),
  log: unseen('An implementation does not send its log to the peer.'),
  ownEnd: unseen(
    'If the notification is missing, a call that the PAC ended by itself looks like one that is silent.',
  ),
  /** Interpretation A-01. */
  roles: unseen(
    'Only this request shows which end is PAC and which is PNS, so its sender always has the right role.',
  ),
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

/**
 * Each makes an entry of its level. Parameters: page, parties that are bound, how it is decided,
 * text, and the interpretation on which the text depends, if any.
 */
export const must = at('MUST')
export const mustNot = at('MUST NOT')
export const should = at('SHOULD')
export const shouldNot = at('SHOULD NOT')
export const may = at('MAY')
export const implied = at('implied')
/** Makes an entry that the RFC does not state and a peer has reason to expect: it only warns. */
export const advised = at('advised')

/** The requirements of one section of another RFC, with ids such as `rfc1661-5.8/identifier`. */
export function documentSection<
  const N extends string,
  const S extends string,
  E extends Readonly<Record<string, Unplaced>>,
>(
  document: `RFC ${N}`,
  number: S,
  entries: E,
): { readonly [K in keyof E & string as `rfc${N}-${S}/${K}`]: CatalogueEntry } {
  const prefix = document.toLowerCase().replace(' ', '')
  const placed: Record<string, CatalogueEntry> = {}
  for (const [name, entry] of Object.entries(entries))
    placed[`${prefix}-${number}/${name}`] = { document, section: number, ...entry }
  return placed as { readonly [K in keyof E & string as `rfc${N}-${S}/${K}`]: CatalogueEntry }
}

/** The requirements of one section of RFC 2637, with ids made of its number and their names. */
export function section<const S extends string, E extends Readonly<Record<string, Unplaced>>>(
  number: S,
  entries: E,
): { readonly [K in keyof E & string as `${S}/${K}`]: CatalogueEntry } {
  const placed: Record<string, CatalogueEntry> = {}
  for (const [name, entry] of Object.entries(entries))
    placed[`${number}/${name}`] = { section: number, ...entry }
  return placed as { readonly [K in keyof E & string as `${S}/${K}`]: CatalogueEntry }
}
