import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { closest, distance } from 'fastest-levenshtein'
import { parseDocument } from 'yaml'
import { z } from 'zod'
import { UsageError } from '../errors/errors.ts'
import { AUTHENTICATION_METHODS } from '../ppp/authentication.ts'
import { MPPE_STRENGTHS, PPP_PROFILES } from '../ppp/profile.ts'
import type { DialSettings } from '../scenario/dial.ts'
import { DIAL_TIMERS, type Pics } from '../scenario/profile.ts'
import { requireRoomForShared } from './build-context.ts'
import { packageRoot } from './package-root.ts'

/** What every manifest file is called; a folder that has one is an implementation. */
export const MANIFEST_FILE = 'manifest.yaml'

/** Longest manifest that is read, in octets: more is a mistake (a wrong file), not a manifest. */
const MANIFEST_LIMIT = 65_536

/** Says what a field should hold, and what was found, whatever kind of mistake was made. */
function expecting(what: string) {
  return {
    error: (issue: { readonly input?: unknown }) =>
      issue.input === undefined
        ? `expected ${what}, but it is missing`
        : `expected ${what}, got ${shown(issue.input)}`,
  }
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 80 ? `${text.slice(0, 80)}...` : text
}

const milliseconds = () =>
  z
    .number(expecting('a number of ms'))
    .positive(expecting('a number of ms above 0'))
    .max(600_000, expecting('at most 600000 ms'))
const text = (what: string) => z.string(expecting(what)).min(1, expecting(what))
const yesOrNo = () => z.boolean(expecting('true or false'))
const words = (what: string) => z.array(text('a string'), expecting(what)).min(1, expecting(what))
const environment = () =>
  z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string(expecting('a string (quote numbers)')), {
    error: (issue) =>
      expecting(
        issue.code === 'invalid_key' ? 'a name of letters, digits and _' : 'name: "value" pairs',
      ).error(issue),
  })

const oneOf = (names: readonly (string | number)[]) =>
  `${names.slice(0, -1).join(', ')} or ${names[names.length - 1]}`
const account = () => ({ name: text('an account name'), secret: text('the secret as a string') })
const profile = () => z.strictObject({ command: words('a list of words, no shell') }, expecting('fields'))
const mentions = (placeholder: string) => (command: readonly string[]) =>
  command.some((word) => word.includes(placeholder))
const setting = () =>
  words('a list of words, no shell').refine(
    mentions('{value}'),
    expecting('a list of words with "{value}" in one of them'),
  )

function compiles(pattern: string): boolean {
  try {
    new RegExp(pattern)
    return true
  } catch {
    return false
  }
}

// The name becomes part of image and network names, whose rules are the engine's.
const NAME = /^[a-z0-9]+([._-][a-z0-9]+)*$/
const nameHint = 'a name of lower-case letters, digits and single . _ - between them, at most 60 long'
const regex = 'a regular expression that one log line matches'

/** Every field of a manifest. */
export const manifestSchema = z.strictObject(
  {
    name: text(nameHint).max(60, expecting(nameHint)).regex(NAME, expecting(nameHint)),
    title: text('one line for lists').max(200, expecting('one line of at most 200 characters')),
    /** Debian suite the image builds on, given to the Dockerfile as build argument BASE (an image). */
    base: text('a Debian suite such as bookworm').regex(
      /^[a-z]+$/,
      expecting('a Debian suite such as bookworm'),
    ),
    pics: z.strictObject(
      {
        roles: z
          .array(
            z.enum(['recipient', 'originator'], expecting('recipient or originator')),
            expecting('a list of roles'),
          )
          .min(1, expecting('at least one role')),
        outgoingCalls: yesOrNo(),
        incomingCalls: yesOrNo(),
        ppp: yesOrNo(),
        callsPerConnection: z
          .int(expecting('a number of calls, 0 for unknown'))
          .min(0, expecting('a number of calls, 0 for unknown')),
        authentication: z
          .array(
            z.enum(AUTHENTICATION_METHODS, expecting(oneOf(AUTHENTICATION_METHODS))),
            expecting('a list of authentication protocols'),
          )
          .optional(),
        mppe: z
          .array(
            z.literal(MPPE_STRENGTHS, expecting(oneOf(MPPE_STRENGTHS))),
            expecting('a list of key sizes in bits'),
          )
          .optional(),
        mppeStateful: yesOrNo().optional(),
      },
      expecting('fields'),
    ),
    timers: z.strictObject(
      {
        connect: milliseconds(),
        reply: milliseconds(),
        close: milliseconds(),
        call: milliseconds(),
        tunnel: milliseconds(),
        dial: milliseconds().default(DIAL_TIMERS.dial),
        request: milliseconds().default(DIAL_TIMERS.request),
      },
      expecting('fields'),
    ),
    clock: z
      .strictObject(
        {
          /** How many times faster its clock runs with PPTPSPEC_SPEED set to this number. */
          accelerated: z
            .int(expecting('a whole number from 2 to 1000'))
            .min(2, expecting('at least 2'))
            .max(1000, expecting('at most 1000')),
        },
        expecting('fields'),
      )
      .optional(),
    ppp: z
      .strictObject(
        {
          ...account(),
          /** By which its PPP proves itself to a peer that asks. */
          own: z.strictObject(account(), expecting('fields')).optional(),
        },
        expecting('fields'),
      )
      .optional(),
    /** Commands, run inside the container, after which the next calls find a PPP peer that demands something else. */
    profiles: z
      .strictObject(
        { usual: profile(), open: profile().optional(), encrypted: profile().optional() },
        expecting('fields'),
      )
      .optional(),
    /**
     * An originator: what makes it dial, run inside the container. `{server}` stands for the address to dial, `{dial}` for a name of
     * this dial, of letters, digits and dashes; `{value}` in `settings` for the value.
     */
    dial: z
      .strictObject(
        {
          /** Dials, and lives as long as the call; its exit status and output are what a user would see. */
          command: words('a list of words, no shell').refine(
            mentions('{server}'),
            expecting('a list of words with "{server}" in one of them'),
          ),
          /** Words that are added to the command for each setting of a dial; a setting that is absent cannot be asked for. */
          settings: z
            .strictObject(
              {
                phoneNumber: setting().optional(),
                window: setting().optional(),
                secret: setting().optional(),
              },
              expecting('fields'),
            )
            .optional(),
          /** Makes it end the call the way its user would. */
          hangUp: words('a list of words, no shell').optional(),
          /** Ends the dial whatever it takes, and leaves nothing that is in the way of the next; also run after it has ended by itself. */
          stop: words('a list of words, no shell'),
        },
        expecting('fields'),
      )
      .optional(),
    start: z
      .strictObject(
        {
          /** Arguments for the image's entry point; the image's own CMD when absent. */
          command: words('a list of words, no shell').optional(),
          env: environment().optional(),
          /**
           * What to add for replicas on which no call will be placed, so that they start without what only calls need:
           * `{ env: { PPTPSPEC_KERNEL: host } }` with the shared start script. Timed scenarios have a replica each.
           */
          withoutCalls: z.strictObject({ env: environment() }, expecting('fields')).optional(),
        },
        expecting('fields'),
      )
      .optional(),
    ready: z.strictObject(
      {
        /** Regular expression. The first log line that matches means: ready. */
        log: text(regex).refine(compiles, expecting(regex)),
        within: milliseconds().optional(),
      },
      expecting('fields'),
    ),
    log: z
      .strictObject(
        {
          /** Regular expression. One line that matches it for each TCP connection that the implementation is done with. */
          connectionOver: text(regex).refine(compiles, expecting(regex)),
        },
        expecting('fields'),
      )
      .optional(),
    needs: z
      .strictObject(
        {
          architecture: z.enum(['amd64', 'arm64'], expecting('amd64 or arm64')).optional(),
          capabilities: z
            .array(
              text('a capability such as NET_ADMIN').regex(
                /^[A-Z_]+$/,
                expecting('a capability such as NET_ADMIN'),
              ),
              expecting('a list of capabilities'),
            )
            .optional(),
          /** Size of a tmpfs on /tmp from which programs may be mapped, e.g. 512m. */
          executableTmp: text('a size such as 512m')
            .regex(/^\d+[kmg]$/, expecting('a size such as 512m'))
            .optional(),
        },
        expecting('fields'),
      )
      .optional(),
    /** For each component the command, run inside the container, that prints its version. */
    versions: z
      .record(
        z.string().min(1),
        words('a list of words, no shell'),
        expecting('component: [command, argument, ...] pairs'),
      )
      .optional(),
  },
  expecting('fields'),
)

/** What containers/NAME/manifest.yaml says. */
export type Manifest = z.infer<typeof manifestSchema>

/** What one field says has to fit what another says. */
const consistentSchema = manifestSchema.superRefine(({ pics, ppp, dial }, { addIssue }) => {
  if ((pics.authentication ?? []).length > 0 && ppp === undefined)
    addIssue({
      code: 'custom',
      path: ['ppp'],
      message: 'expected an account, with which to log in by pics.authentication, but it is missing',
    })
  if (dial !== undefined && !pics.roles.includes('originator'))
    addIssue({
      code: 'custom',
      path: ['dial'],
      message: 'only an originator dials; pics.roles has none',
    })
})

const DIAL_SETTINGS = ['phoneNumber', 'window', 'secret'] as const satisfies readonly (keyof DialSettings)[]

/** What an implementation claims, by everything that its manifest says. */
export function claimsOf({
  pics,
  ppp,
  profiles,
  dial,
}: Pick<Manifest, 'pics' | 'ppp' | 'profiles' | 'dial'>): Pics {
  return {
    ...pics,
    ...(ppp?.own === undefined ? {} : { provesItself: true }),
    profiles: PPP_PROFILES.filter((name) => profiles?.[name] !== undefined),
    ...(dial === undefined
      ? {}
      : {
          dialling: {
            settings: DIAL_SETTINGS.filter((name) => dial.settings?.[name] !== undefined),
            hangUp: dial.hangUp !== undefined,
          },
        }),
  }
}

/** A manifest and the folder it was found in. */
export interface ContainerFolder {
  /** Absolute path of the folder, which is also the image's build context. */
  readonly folder: string
  readonly manifest: Manifest
}

/** The folder `containers/` that comes with this package. */
export function containersFolder(): string {
  return join(packageRoot(), 'containers')
}

/**
 * Every implementation under `containers/`, sorted by name.
 * @throws UsageError for a manifest that cannot be read: a broken one must not silently disappear from a matrix.
 */
export function listImplementations(folder: string = containersFolder()): readonly ContainerFolder[] {
  return foldersIn(folder).map((name) => loadFolder(join(folder, name)))
}

/**
 * @param nameOrPath a folder's name under `containers/`, or a path (with a slash, or `.`) to such a folder anywhere.
 * @throws UsageError when there is none, or when its manifest is wrong.
 */
export function loadImplementation(nameOrPath: string, folder: string = containersFolder()): ContainerFolder {
  const looksLikePath = nameOrPath.includes('/') || nameOrPath === '.' || nameOrPath === '..'
  if (looksLikePath) {
    const path = resolve(nameOrPath)
    if (!existsSync(join(path, MANIFEST_FILE))) {
      throw new UsageError(
        `${shownPath(path)}: no ${MANIFEST_FILE} there`,
        `Give a folder that holds a Dockerfile and a ${MANIFEST_FILE}, such as those under containers/.`,
      )
    }
    return loadFolder(path)
  }
  const names = foldersIn(folder)
  if (names.includes(nameOrPath)) return loadFolder(join(folder, nameOrPath))
  const hint = nearest(nameOrPath, names)
  throw new UsageError(
    `unknown implementation "${nameOrPath}"${hint === undefined ? '' : `; did you mean "${hint}"?`}`,
    `Known: ${names.join(', ') || 'none'}. A path to a folder of your own needs a slash, e.g. ./${nameOrPath}.`,
  )
}

/**
 * Reads a manifest's text.
 * @param file how messages name it.
 * @throws UsageError that names the file, every wrong field, and what was expected there.
 */
export function parseManifest(content: string, file: string): Manifest {
  return parseFields(consistentSchema, content, file, `${containerExample()} is a complete example.`)
}

/**
 * The same for a file of other fields.
 * @param help where to look, a sentence for the remedy.
 * @throws UsageError like `parseManifest`.
 */
export function parseFields<S extends z.ZodObject>(
  schema: S,
  content: string,
  file: string,
  help: string,
): z.infer<S> {
  const document = parseDocument(content, { prettyErrors: true })
  const [broken] = document.errors
  if (broken !== undefined) {
    throw new UsageError(
      `${file}: ${broken.message.split('\n')[0]?.replace(/:$/, '') ?? 'not YAML'}`,
      `Correct the YAML in ${file}.`,
      {
        cause: broken,
      },
    )
  }
  const result = schema.safeParse(readDocument(document.toJS, document, file))
  if (result.success) return result.data
  const complaints = result.error.issues.flatMap((issue) => describeIssue(issue, schema))
  throw new UsageError(
    complaints.map((complaint) => `${file}: ${complaint}`).join('\n'),
    `Correct ${complaints.length === 1 ? 'this field' : 'these fields'}; ${help}`,
    { cause: result.error },
  )
}

function readDocument(
  toJS: (options?: { maxAliasCount: number }) => unknown,
  document: unknown,
  file: string,
): unknown {
  try {
    return toJS.call(document, { maxAliasCount: 100 })
  } catch (cause) {
    // A file that expands aliases without end is refused by the parser.
    throw new UsageError(
      `${file}: ${cause instanceof Error ? cause.message : String(cause)}`,
      `Correct the YAML in ${file}.`,
      {
        cause,
      },
    )
  }
}

function containerExample(): string {
  return `containers/pptpd-1.4.0/${MANIFEST_FILE}`
}

function describeIssue(issue: z.core.$ZodIssue, schema: z.ZodObject): readonly string[] {
  const where = issue.path.map(String)
  if (issue.code !== 'unrecognized_keys') return [`${where.join('.') || 'manifest'}: ${issue.message}`]
  const known = fieldsAt(schema, where)
  return issue.keys.map((key) => {
    const hint = nearest(key, known)
    return `${[...where, key].join('.')}: unknown field; ${
      hint === undefined ? `known here: ${known.join(', ')}` : `did you mean "${hint}"?`
    }`
  })
}

/** The field names that a schema knows at a path. */
function fieldsAt(root: z.ZodObject, path: readonly string[]): readonly string[] {
  let schema: unknown = root
  for (const step of path) {
    schema = schema instanceof z.ZodOptional ? schema.unwrap() : schema
    schema = schema instanceof z.ZodObject ? schema.shape[step] : undefined
  }
  schema = schema instanceof z.ZodOptional ? schema.unwrap() : schema
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}

/** The name that was most likely meant, unless none is at all similar. */
function nearest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined
  const candidate = closest(word.toLowerCase(), known)
  return distance(word.toLowerCase(), candidate.toLowerCase()) <= Math.max(2, Math.ceil(candidate.length / 2))
    ? candidate
    : undefined
}

function foldersIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, MANIFEST_FILE)))
    .sort()
}

/**
 * A manifest's text.
 * @throws UsageError when it is too large to be one.
 */
export function readManifest(file: string): string {
  if (statSync(file).size <= MANIFEST_LIMIT) return readFileSync(file, 'utf8')
  throw new UsageError(
    `${shownPath(file)}: larger than ${MANIFEST_LIMIT} octets`,
    'A manifest is a short YAML file.',
  )
}

function loadFolder(folder: string): ContainerFolder {
  const file = join(folder, MANIFEST_FILE)
  const name = shownPath(file)
  const manifest = parseManifest(readManifest(file), name)
  if (manifest.name !== basename(folder)) {
    // Two folders with the same name would share images and results.
    throw new UsageError(
      `${name}: name: expected the folder's name "${basename(folder)}", got "${manifest.name}"`,
      'Rename the folder or correct the field.',
    )
  }
  if (!existsSync(join(folder, 'Dockerfile'))) {
    throw new UsageError(
      `${shownPath(folder)}: no Dockerfile`,
      'Every implementation folder holds a Dockerfile.',
    )
  }
  requireRoomForShared(folder)
  return { folder, manifest }
}

/** Relative to where the user stands when that is shorter. */
export function shownPath(path: string): string {
  const near = relative(process.cwd(), path)
  return near.startsWith('..') || near === '' ? path : near
}
