/**
 * How strongly RFC 2637 says it; `implied` is what it states without a keyword or only draws.
 * `advised`: it forbids nothing, but a peer has reason to expect it.
 */
export type Level = 'MUST' | 'MUST NOT' | 'SHOULD' | 'SHOULD NOT' | 'MAY' | 'implied' | 'advised'

/**
 * Whom a requirement binds. The last two are ends of a PPP link: who wants proof of the other's
 * identity, and who gives it.
 */
export type Party =
  | 'PAC'
  | 'PNS'
  | 'originator'
  | 'recipient'
  | 'sender'
  | 'receiver'
  | 'authenticator'
  | 'authenticated'

/**
 * Which side of the control connection an implementation takes: a recipient accepts it, an
 * originator opens it.
 */
export type Role = 'recipient' | 'originator'

/**
 * One testable statement of an RFC, in our words. Its id is its key in the catalogue:
 * `<section>/<name>`, or `rfc1661-<section>/<name>` in other documents than RFC 2637.
 */
export interface Requirement {
  /** The RFC that says it, such as `RFC 1661`; RFC 2637 where absent. */
  readonly document?: string
  readonly section: string
  /** Page of the document. */
  readonly page: number
  readonly level: Level
  readonly binds: readonly [Party, ...Party[]]
  readonly text: string
  /** Kinds of implementation on which it can be observed; any where absent. */
  readonly iut?: readonly Role[]
  /** Id in docs/interpretations.md where the text can be read in more than one way. */
  readonly reading?: string
}

export type Catalogue = Readonly<Record<string, Requirement>>

/**
 * What breaking a requirement amounts to. A MAY cannot be broken; to judge one is a mistake in the
 * scenario.
 */
export function verdictWhenBroken(level: Level): 'fail' | 'warn' {
  return level === 'MUST' || level === 'MUST NOT' || level === 'implied' ? 'fail' : 'warn'
}
