import { z } from 'zod'
import { AUTHENTICATION_METHODS } from '../ppp/authentication.ts'
import { MPPE_STRENGTHS, PPP_PROFILES } from '../ppp/profile.ts'
import { DIAL_SETTINGS } from './dial.ts'
import { expecting, field, fields, oneOf, yesOrNo } from './fields.ts'
import type { Role } from './requirement.ts'

/**
 * The table of everything that an implementation can claim (the PICS of ISO/IEC 9646): `CLAIMS` has
 * a row for each claim. Derived from it are the type of all claims, their fields in a manifest and
 * in stored events, the needs of scenarios, the reasons of skipped cases, and the table in
 * docs/adding-an-implementation.md.
 */

/** One need of scenarios, and the value of a claim that meets it. */
interface NeedRow<V> {
  /** For the manual: what to write in a manifest to meet the need. */
  readonly met: string
  /** The reason of a case that is skipped because the need is not met. */
  readonly otherwise: string
  /** Whether the claim's value meets the need. */
  holds(claimed: V): boolean
}

interface Claim<S extends z.ZodType, N extends string, P extends boolean> {
  readonly schema: S
  /** True: the claim is a field of `pics`. False: it follows from another part of the manifest. */
  readonly inPics: P
  /** The needs that depend on this claim, by name. */
  readonly needs: Readonly<Record<N, NeedRow<z.output<S>>>>
}

/** A claim that a manifest states in `pics`. */
function stated<S extends z.ZodType, const N extends string>(
  schema: S,
  needs: Readonly<Record<N, NeedRow<z.output<S>>>>,
): Claim<S, N, true> {
  return { schema, inPics: true, needs }
}

/** A claim that follows from other parts of a manifest, or from who dials. */
function implied<S extends z.ZodType, const N extends string>(
  schema: S,
  needs: Readonly<Record<N, NeedRow<z.output<S>>>>,
): Claim<S, N, false> {
  return { schema, inPics: false, needs }
}

/**
 * Returns one need for each value that the list of a claim may have. The name of the need is the
 * prefix followed by the value.
 */
function forEachValue<const T extends string | number, const P extends string>(
  values: readonly T[],
  prefix: P,
  words: (value: T) => { readonly met: string; readonly otherwise: string },
) {
  const row = (value: T): NeedRow<readonly T[] | undefined> => ({
    ...words(value),
    holds: (claimed) => claimed?.includes(value) === true,
  })
  return Object.fromEntries(values.map((value) => [`${prefix}${value}`, row(value)])) as {
    readonly [N in `${P}${T}`]: NeedRow<readonly T[] | undefined>
  }
}

const ROLES: readonly Role[] = ['recipient', 'originator']
const calls = 'a number of calls, 0 for unknown'

export const CLAIMS = {
  roles: stated(
    field(
      z
        .array(z.enum(ROLES, expecting(oneOf(ROLES))), expecting('a list of roles'))
        .min(1, expecting('at least one role')),
      'who opens the control connection: a server is a `recipient`, a client an `originator`',
      { example: ['recipient'] },
    ),
    {
      ...forEachValue(ROLES, '', (role) => ({
        met: `\`${role}\` in \`pics.roles\``,
        otherwise: `it does not claim to be ${role === 'recipient' ? 'a recipient' : 'an originator'} of control connections`,
      })),
      'both-roles': {
        met: 'both roles in `pics.roles`',
        otherwise: 'it does not claim both to open and to accept control connections',
        holds: (roles) => ROLES.every((role) => roles.includes(role)),
      },
    },
  ),
  outgoingCalls: stated(
    field(yesOrNo(), 'it answers Outgoing-Call-Request (it acts as PAC)', { example: true }),
    {
      'outgoing-calls': {
        met: '`pics.outgoingCalls: true`',
        otherwise: 'it does not claim to answer Outgoing-Call-Request (PAC)',
        holds: (outgoingCalls) => outgoingCalls,
      },
    },
  ),
  incomingCalls: stated(
    field(yesOrNo(), 'it answers Incoming-Call-Request (it acts as PNS)', { example: false }),
    {
      'incoming-calls': {
        met: '`pics.incomingCalls: true`',
        otherwise: 'it does not claim to answer Incoming-Call-Request (PNS)',
        holds: (incomingCalls) => incomingCalls,
      },
    },
  ),
  ppp: stated(field(yesOrNo(), 'a PPP peer lives behind its calls', { example: true }), {
    ppp: {
      met: '`pics.ppp: true`',
      otherwise: 'it does not claim a PPP peer behind its calls',
      holds: (ppp) => ppp,
    },
  }),
  callsPerConnection: stated(
    field(
      z.int(expecting(calls)).min(0, expecting(calls)),
      'calls that one control connection holds at once; 0 for unknown',
      { example: 1 },
    ),
    {
      'two-calls': {
        met: '`pics.callsPerConnection` of 2 or more',
        otherwise: 'it does not claim two calls on one control connection',
        holds: (held) => held >= 2,
      },
    },
  ),
  authentication: stated(
    field(
      z
        .array(
          z.enum(AUTHENTICATION_METHODS, expecting(oneOf(AUTHENTICATION_METHODS))),
          expecting('a list of authentication protocols'),
        )
        .optional(),
      'ways in which its PPP lets a peer log in, or a client logs in itself; needs `ppp`',
      { example: ['chap-md5'], absent: 'none is claimed' },
    ),
    forEachValue(AUTHENTICATION_METHODS, '', (method) => ({
      met: `\`${method}\` in \`pics.authentication\``,
      otherwise: `it does not claim to log in, or let PPP peers in, by ${method}`,
    })),
  ),
  mppe: stated(
    field(
      z
        .array(
          z.literal(MPPE_STRENGTHS, expecting(oneOf(MPPE_STRENGTHS))),
          expecting('a list of key sizes in bits'),
        )
        .optional(),
      'key sizes of MPPE that its PPP takes',
      { example: [40, 128], absent: 'none is claimed' },
    ),
    forEachValue(MPPE_STRENGTHS, 'mppe-', (strength) => ({
      met: `\`${strength}\` in \`pics.mppe\``,
      otherwise: `it does not claim MPPE with keys of ${strength} bits`,
    })),
  ),
  mppeStateful: stated(
    field(yesOrNo().optional(), 'its PPP takes MPPE’s stateful mode, too', {
      example: true,
      absent: 'it is not claimed',
    }),
    {
      'mppe-stateful': {
        met: '`pics.mppeStateful: true`',
        otherwise: 'it does not claim stateful MPPE',
        holds: (mppeStateful) => mppeStateful === true,
      },
    },
  ),
  // Whether the PPP of the implementation authenticates itself to a peer that asks.
  provesItself: implied(yesOrNo().optional(), {
    'proves-itself': {
      met: '`ppp.own`',
      otherwise: 'it does not claim to prove itself to a PPP peer that asks',
      holds: (provesItself) => provesItself === true,
    },
  }),
  // The profiles that the PPP of the implementation can be switched to.
  profiles: implied(
    z.array(z.enum(PPP_PROFILES)).optional(),
    forEachValue(PPP_PROFILES, 'profile-', (profile) => ({
      met: `\`profiles.${profile}\``,
      otherwise: `its PPP cannot be told what to demand: it has no profile "${profile}"`,
    })),
  ),
  // What an originator can be told besides to dial. Absent where it cannot be told to dial.
  dialling: implied(
    z
      .object({
        // The settings that can be given to a dial.
        settings: z.array(z.enum(DIAL_SETTINGS)),
        // Whether it can be told to hang up.
        hangUp: z.boolean(),
        // Whether a person dials: then the tester does not learn how a dial ended.
        byHand: z.boolean().optional(),
        // Whether it connects again by itself after its connection ended with an error.
        persists: z.boolean().optional(),
      })
      .optional(),
    {
      dial: {
        met: '`dial`',
        otherwise: 'it cannot be told to dial',
        holds: (dialling) => dialling !== undefined,
      },
      'dial-end': {
        met: '`dial`, not a person who dials',
        otherwise: 'a person dials it, so the tester does not learn how its dial ends',
        holds: (dialling) => dialling?.byHand !== true,
      },
      'hang-up': {
        met: '`dial.hangUp`',
        otherwise: 'it does not claim that it can be told to hang up',
        holds: (dialling) => dialling?.hangUp === true,
      },
      persists: {
        met: '`dial.persists: true`',
        otherwise: 'it does not claim that it connects again by itself',
        holds: (dialling) => dialling?.persists === true,
      },
      'phone-number': {
        met: '`dial.settings.phoneNumber`',
        otherwise: 'it does not claim that it can be told which number to dial',
        holds: (dialling) => dialling?.settings.includes('phoneNumber') === true,
      },
      'window-setting': {
        met: '`dial.settings.window`',
        otherwise: 'it does not claim that it can be told which receive window to announce',
        holds: (dialling) => dialling?.settings.includes('window') === true,
      },
      'secret-setting': {
        met: '`dial.settings.secret`',
        otherwise: 'it does not claim that it can be told which secret to use',
        holds: (dialling) => dialling?.settings.includes('secret') === true,
      },
    },
  ),
} as const

type Claims = typeof CLAIMS

/** Names of the claims that follow from other parts of a manifest than `pics`. */
export type ImpliedClaim = {
  [C in keyof Claims]: Claims[C]['inPics'] extends true ? never : C
}[keyof Claims]
type StatedClaim = Exclude<keyof Claims, ImpliedClaim>

/** The name of a need that depends on a claim. */
export type ClaimNeed = { [C in keyof Claims]: keyof Claims[C]['needs'] }[keyof Claims] & string

/** Returns the schemas of these claims, by name. */
function schemasOf<C extends keyof Claims>(names: readonly C[]): { readonly [K in C]: Claims[K]['schema'] } {
  return Object.fromEntries(names.map((name) => [name, CLAIMS[name].schema])) as {
    readonly [K in C]: Claims[K]['schema']
  }
}

const NAMES = Object.keys(CLAIMS) as (keyof Claims)[]
const isStated = (name: keyof Claims): name is StatedClaim => CLAIMS[name].inPics

/** The schema of `pics` in a manifest. */
export const picsFields = fields(schemasOf(NAMES.filter(isStated)))

/** The schema of all claims of an implementation, as events store them. */
export const picsSchema = z.object(schemasOf(NAMES))

type Unchanging<T> = T extends readonly (infer E)[]
  ? readonly E[]
  : T extends object
    ? { readonly [K in keyof T]: Unchanging<T[K]> }
    : T

/** Everything that an implementation claims, which determines the scenarios that apply to it. */
export type Pics = Unchanging<z.output<typeof picsSchema>>

/** What an originator can be told besides to dial. */
export type Dialling = NonNullable<Pics['dialling']>

/** A need, and the claim that it depends on. */
export interface NeedOfClaim extends NeedRow<unknown> {
  readonly need: string
  readonly claim: keyof Pics
}

/** Every need that depends on a claim, in the order of the claims. */
export const CLAIM_NEEDS: readonly NeedOfClaim[] = NAMES.flatMap((claim) =>
  Object.entries<NeedRow<unknown>>(CLAIMS[claim].needs).map(([need, row]) => ({ ...row, need, claim })),
)

const BY_NEED = new Map(CLAIM_NEEDS.map((row) => [row.need, row]))

/**
 * Returns why a case with that need is skipped; undefined where the claims meet the need, or the
 * need does not depend on claims.
 */
export function missingClaim(need: string, pics: Pics): string | undefined {
  const row = BY_NEED.get(need)
  return row === undefined || row.holds(pics[row.claim]) ? undefined : row.otherwise
}
