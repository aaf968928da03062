import { z } from 'zod'
import { AUTHENTICATION_METHODS } from '../ppp/authentication.ts'
import { MPPE_STRENGTHS, PPP_PROFILES } from '../ppp/profile.ts'
import { DIAL_SETTINGS } from './dial.ts'
import { expecting, field, fields, oneOf, yesOrNo } from './fields.ts'
import type { Role } from './requirement.ts'

/**
 * What implementations can claim (the PICS of ISO/IEC 9646), one row each. The type of all claims,
 * their part of a manifest, their form in stored events, the needs of scenarios, the words of a
 * skipped case and the table in docs/adding-an-implementation.md follow from these rows.
 */

/** One need of scenarios, and the value of a claim that meets it. */
interface NeedRow<V> {
  /** What to write in a manifest to meet the need, for the manual. */
  readonly met: string
  /** Why a case with this need is skipped otherwise. */
  readonly otherwise: string
  /** Whether the claim's value meets the need. */
  holds(claimed: V): boolean
}

interface Claim<S extends z.ZodType, N extends string, P extends boolean> {
  readonly schema: S
  /** Whether it is a field of `pics`, or follows from another part of a manifest. */
  readonly inPics: P
  /** The needs that it meets, by name. */
  readonly needs: Readonly<Record<N, NeedRow<z.output<S>>>>
}

/** A claim that a manifest states in `pics`. */
function stated<S extends z.ZodType, const N extends string>(
  schema: S,
  needs: Readonly<Record<N, NeedRow<z.output<S>>>>,
): Claim<S, N, true> {
  return { schema, inPics: true, needs }
}

/** A claim that follows from something else: what else a manifest has, or who dials. */
function implied<S extends z.ZodType, const N extends string>(
  schema: S,
  needs: Readonly<Record<N, NeedRow<z.output<S>>>>,
): Claim<S, N, false> {
  return { schema, inPics: false, needs }
}

/** One need for each value that a list can claim; the need's name is a prefix and the value. */
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
  // Its PPP proves itself to a peer that asks.
  provesItself: implied(yesOrNo().optional(), {
    'proves-itself': {
      met: '`ppp.own`',
      otherwise: 'it does not claim to prove itself to a PPP peer that asks',
      holds: (provesItself) => provesItself === true,
    },
  }),
  // What its PPP can be told to demand.
  profiles: implied(
    z.array(z.enum(PPP_PROFILES)).optional(),
    forEachValue(PPP_PROFILES, 'profile-', (profile) => ({
      met: `\`profiles.${profile}\``,
      otherwise: `its PPP cannot be told what to demand: it has no profile "${profile}"`,
    })),
  ),
  // An originator: what it can be made to do beyond dialling. Absent where nobody can make it dial.
  dialling: implied(
    z
      .object({
        // The settings that its dialler heeds.
        settings: z.array(z.enum(DIAL_SETTINGS)),
        // Its dials have `hangUp`.
        hangUp: z.boolean(),
        // A person makes it dial: nobody tells how a dial ended.
        byHand: z.boolean().optional(),
        // It is set up to connect again by itself when its connection ended over an error.
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
        otherwise: 'it does not claim that anybody can tell how its dial ends: it is dialled by hand',
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

/** Claims that a manifest does not state in `pics`: they follow from its other parts. */
export type ImpliedClaim = {
  [C in keyof Claims]: Claims[C]['inPics'] extends true ? never : C
}[keyof Claims]
type StatedClaim = Exclude<keyof Claims, ImpliedClaim>

/** A need of scenarios that a claim meets. */
export type ClaimNeed = { [C in keyof Claims]: keyof Claims[C]['needs'] }[keyof Claims] & string

/** The schemas of some claims, by name. */
function schemasOf<C extends keyof Claims>(names: readonly C[]): { readonly [K in C]: Claims[K]['schema'] } {
  return Object.fromEntries(names.map((name) => [name, CLAIMS[name].schema])) as {
    readonly [K in C]: Claims[K]['schema']
  }
}

const NAMES = Object.keys(CLAIMS) as (keyof Claims)[]
const isStated = (name: keyof Claims): name is StatedClaim => CLAIMS[name].inPics

/** The `pics` of a manifest. */
export const picsFields = fields(schemasOf(NAMES.filter(isStated)))

/** All claims of an implementation, as events hold them. */
export const picsSchema = z.object(schemasOf(NAMES))

type Unchanging<T> = T extends readonly (infer E)[]
  ? readonly E[]
  : T extends object
    ? { readonly [K in keyof T]: Unchanging<T[K]> }
    : T

/** What an implementation claims: decides which scenarios apply to it. */
export type Pics = Unchanging<z.output<typeof picsSchema>>

/** What can be done to an originator from outside, beyond making it dial. */
export type Dialling = NonNullable<Pics['dialling']>

/** A need, and the claim that meets it. */
export interface NeedOfClaim extends NeedRow<unknown> {
  readonly need: string
  readonly claim: keyof Pics
}

/** Every need that a claim meets, in the order of the claims. */
export const CLAIM_NEEDS: readonly NeedOfClaim[] = NAMES.flatMap((claim) =>
  Object.entries<NeedRow<unknown>>(CLAIMS[claim].needs).map(([need, row]) => ({ ...row, need, claim })),
)

const BY_NEED = new Map(CLAIM_NEEDS.map((row) => [row.need, row]))

/**
 * Why a case with that need is skipped; undefined where the claims meet it, or it asks for none.
 */
export function missingClaim(need: string, pics: Pics): string | undefined {
  const row = BY_NEED.get(need)
  return row === undefined || row.holds(pics[row.claim]) ? undefined : row.otherwise
}
