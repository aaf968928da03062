/**
 * How strongly the RFC demands something. `implied`: it states it without a keyword, or only shows
 * it in a figure. `advised`: it does not demand it, but a peer has reason to expect it.
 */
export type Level = 'MUST' | 'MUST NOT' | 'SHOULD' | 'SHOULD NOT' | 'MAY' | 'implied' | 'advised'

/**
 * Whom a requirement binds. The last two are the ends of a PPP link during authentication: the
 * authenticator asks for it, the other end is authenticated.
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
 * The role of an implementation: an originator opens the control connection, a recipient accepts
 * it.
 */
export type Role = 'recipient' | 'originator'

/**
 * One testable statement of an RFC, in our words. Its id is its key in the catalogue:
 * `<section>/<name>` for RFC 2637, `rfc1661-<section>/<name>` for RFC 1661, and so on.
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
  /** Roles of implementations on which it can be observed; both where absent. */
  readonly iut?: readonly Role[]
  /**
   * Id of an interpretation (docs/interpretations.md), where the RFC can be read in several ways.
   */
  readonly reading?: string
}

/** All requirements by id. */
export type Catalogue = Readonly<Record<string, Requirement>>

/**
 * Returns the verdict about a violation of a requirement of that level. A MAY cannot be violated:
 * for it the result has no meaning.
 */
export function verdictWhenBroken(level: Level): 'fail' | 'warn' {
  return level === 'MUST' || level === 'MUST NOT' || level === 'implied' ? 'fail' : 'warn'
}
