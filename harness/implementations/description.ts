import { existsSync } from 'node:fs'
import type { z } from 'zod'
import { UsageError } from '../errors/errors.ts'
import type { PppAccounts } from '../ppp/profile.ts'
import type { Pics } from '../scenario/claims.ts'
import { parseFields, readManifest, shownPath } from './manifest.ts'
import { manifestSchema } from './manifest-fields.ts'

/**
 * Schema of a user's description of an implementation that runs outside of containers: the fields
 * of a manifest, all optional. Fields about images and containers are ignored, so that a manifest
 * can be used as it is. The commands of `dial` run on this machine.
 */
const { pics, timers, dial } = manifestSchema.shape
const descriptionSchema = manifestSchema.partial().extend({
  pics: pics.partial().optional(),
  timers: timers
    .extend({ dial: timers.shape.dial.removeDefault(), request: timers.shape.request.removeDefault() })
    .partial()
    .optional(),
  dial: dial.unwrap().partial({ stop: true }).optional(),
})

export type Description = z.infer<typeof descriptionSchema>

/**
 * Reads a description from a YAML file.
 * @throws UsageError when there is no such file, or when fields are wrong; it names each of them.
 */
export function loadDescription(file: string): Description {
  if (!existsSync(file))
    throw new UsageError(`there is no ${shownPath(file)}`, 'Name a YAML file with fields of a manifest.')
  return parseFields(
    descriptionSchema,
    readManifest(file),
    shownPath(file),
    'docs/adding-an-implementation.md has a table of all fields.',
  )
}

/**
 * Checks the name that an implementation without a folder has in results and baselines.
 * @throws UsageError when the text is not a possible name.
 */
export function requireName(name: string): string {
  const result = manifestSchema.shape.name.safeParse(name)
  if (result.success) return result.data
  throw new UsageError(
    `--name: ${result.error.issues[0]?.message ?? 'not a name'}`,
    'For example --name my-router',
  )
}

/** Returns `assumed`, with each value that is given in `said` in place of its own. */
export function saidOr<T extends object>(
  assumed: T,
  said: { readonly [K in keyof T]?: T[K] | undefined } | undefined,
): T {
  const given = Object.entries(said ?? {}).filter(([, value]) => value !== undefined)
  return { ...assumed, ...Object.fromEntries(given) }
}

/** Assumed if there is an account: MS-CHAPv2 and 128 bits, which Windows has used since 2000. */
const ASSUMED_OF_PPP: Pick<Pics, 'authentication' | 'mppe'> = { authentication: ['ms-chap-v2'], mppe: [128] }

/**
 * Returns the claims of an implementation that pptpspec cannot configure: those of its description,
 * and the assumed ones for all others. It has no PPP profiles.
 * @throws UsageError when it claims ways to log in, but no account is known.
 */
export function claimsFrom(assumed: Pics, { pics }: Description, accounts: PppAccounts | undefined): Pics {
  const claimed = saidOr(accounts === undefined ? assumed : { ...assumed, ...ASSUMED_OF_PPP }, pics)
  if ((claimed.authentication ?? []).length > 0 && accounts === undefined)
    throw new UsageError(
      'pics.authentication claims ways to log in, but no account is known',
      'Give ppp.name and ppp.secret in the manifest, or --account',
    )
  return {
    ...claimed,
    // It is tested in this role only, even if its description claims others.
    roles: assumed.roles,
    ...(accounts?.own === undefined ? {} : { provesItself: true }),
  }
}
