import { existsSync, readdirSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { parseDocument } from 'yaml'
import { z } from 'zod'
import { messageOf, UsageError } from '../errors/errors.ts'
import { nearestNames } from '../errors/nearest.ts'
import { readNamedFile } from '../files/named-file.ts'
import { PPP_PROFILES } from '../ppp/profile.ts'
import type { ImpliedClaim, Pics } from '../scenario/claims.ts'
import { DIAL_SETTINGS } from '../scenario/dial.ts'
import { requireRoomForShared } from './build-context.ts'
import { manifestSchema } from './manifest-fields.ts'
import { packageRoot } from './package-root.ts'

/** The name of manifest files. A folder with such a file is an implementation. */
const MANIFEST_FILE = 'manifest.yaml'

/** The longest manifest that is read, in octets. A longer file is not a manifest. */
const MANIFEST_LIMIT = 65_536

/** The content of containers/NAME/manifest.yaml. */
export type Manifest = z.infer<typeof manifestSchema>

/** Checks that the fields agree with each other. */
const consistentSchema = manifestSchema.superRefine(({ pics, ppp, dial }, { addIssue }) => {
  if ((pics.authentication ?? []).length > 0 && ppp === undefined)
    addIssue({
      code: 'custom',
      path: ['ppp'],
      message: 'expected an account, because pics.authentication claims ways to log in, but it is missing',
    })
  if (dial !== undefined && !pics.roles.includes('originator'))
    addIssue({
      code: 'custom',
      path: ['dial'],
      message: 'only an originator dials; pics.roles has none',
    })
})

type Claiming = Pick<Manifest, 'pics' | 'ppp' | 'profiles' | 'dial'>

/** Claims that are not given in `pics`, but follow from other parts of a manifest. */
const IMPLIED_CLAIMS: { readonly [C in ImpliedClaim]: (manifest: Claiming) => Pics[C] } = {
  provesItself: ({ ppp }) => (ppp?.own === undefined ? undefined : true),
  profiles: ({ profiles }) => PPP_PROFILES.filter((name) => profiles?.[name] !== undefined),
  dialling: ({ dial }) =>
    dial && {
      settings: DIAL_SETTINGS.filter((name) => dial.settings?.[name] !== undefined),
      hangUp: dial.hangUp !== undefined,
      ...(dial.persists === true ? { persists: true } : {}),
    },
}

/** Returns all claims of an implementation, from all parts of its manifest. */
export function claimsOf(manifest: Claiming): Pics {
  const implied = Object.entries(IMPLIED_CLAIMS).flatMap(([claim, from]) => {
    const value = from(manifest)
    return value === undefined ? [] : [[claim, value] as const]
  })
  return { ...manifest.pics, ...Object.fromEntries(implied) }
}

/** A manifest, and the folder that it is in. */
export interface ContainerFolder {
  /** Absolute path of the folder, which is also the image's build context. */
  readonly folder: string
  readonly manifest: Manifest
}

/** Returns the folder `containers/` of this package. */
export function containersFolder(): string {
  return join(packageRoot(), 'containers')
}

/**
 * Returns every implementation under `containers/`, sorted by name.
 * @throws UsageError for a wrong manifest: otherwise its implementation would be left out silently.
 */
export function listImplementations(folder: string = containersFolder()): readonly ContainerFolder[] {
  return foldersIn(folder).map((name) => loadFolder(join(folder, name)))
}

/**
 * Loads one implementation.
 * @param nameOrPath a folder's name under `containers/`, or a path to a folder anywhere: a text
 * with a slash, or `.` or `..`.
 * @throws UsageError when there is no such folder, or when its manifest is wrong.
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
  const [hint] = nearestNames(nameOrPath, names)
  throw new UsageError(
    `unknown implementation "${nameOrPath}"${hint === undefined ? '' : `; did you mean "${hint}"?`}`,
    `Known: ${names.join(', ') || 'none'}. A path to a folder of your own needs a slash, e.g. ./${nameOrPath}.`,
  )
}

/**
 * Parses the text of a manifest.
 * @param file the name of the manifest in messages.
 * @throws UsageError that names the file, every wrong field, and what was expected there.
 */
export function parseManifest(content: string, file: string): Manifest {
  return parseFields(consistentSchema, content, file, `${containerExample()} is a complete example.`)
}

/**
 * Like `parseManifest`, for a file with other fields.
 * @param help the second half of the remedy: where the fields are explained.
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
    // The parser refuses a file whose aliases expand without end.
    throw new UsageError(`${file}: ${messageOf(cause)}`, `Correct the YAML in ${file}.`, { cause })
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
    const [hint] = nearestNames(key, known)
    return `${[...where, key].join('.')}: unknown field; ${
      hint === undefined ? `known here: ${known.join(', ')}` : `did you mean "${hint}"?`
    }`
  })
}

/** Returns the names of the fields that a schema has at a path. */
function fieldsAt(root: z.ZodObject, path: readonly string[]): readonly string[] {
  let schema: unknown = root
  for (const step of path) {
    schema = schema instanceof z.ZodOptional ? schema.unwrap() : schema
    schema = schema instanceof z.ZodObject ? schema.shape[step] : undefined
  }
  schema = schema instanceof z.ZodOptional ? schema.unwrap() : schema
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}

function foldersIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, MANIFEST_FILE)))
    .sort()
}

/**
 * Reads the text of a manifest.
 * @throws UsageError when the file cannot be read, or is too large for a manifest.
 */
export function readManifest(file: string): string {
  const remedy = 'A manifest is a short YAML file.'
  return readNamedFile(file, { most: MANIFEST_LIMIT, name: shownPath(file), remedy }).toString('utf8')
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

/** Returns a path for messages: relative if it is below the working directory. */
export function shownPath(path: string): string {
  const near = relative(process.cwd(), path)
  return near.startsWith('..') || near === '' ? path : near
}
