import { existsSync, readdirSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { z } from 'zod'
import { UsageError } from '../../errors/errors.ts'
import { containersFolder, parseFields, readManifest, shownPath } from '../../implementations/manifest.ts'
import { manifestSchema } from '../../implementations/manifest-fields.ts'
import { expecting, field, text } from '../../scenario/fields.ts'

/** Name of the file; a folder that has one is a middlebox. */
const MIDDLEBOX_FILE = 'middlebox.yaml'

const words = () =>
  z.array(text('a string'), expecting('a list of words, no shell')).min(1, expecting('at least one word'))

/** All fields of the manifest, with their descriptions. */
export const middleboxSchema = manifestSchema
  .pick({ name: true, title: true, base: true, ready: true, versions: true })
  .extend({
    attendant: field(
      words().optional(),
      'a program that keeps running where the routing is done, and starts `route` for each line that it reads. `shared/inside` without arguments is one',
      { example: ['/opt/pptpspec/inside'], absent: 'the engine starts each command' },
    ),
    route: field(
      words(),
      'the command that makes it route, translate addresses and forward; the harness adds words to it. The comment of `containers/linux-nat/route` says what the words mean; `up`, `translate`, `serve` and `expire` are needed',
      { example: ['/opt/pptpspec/route'] },
    ),
  })

export type MiddleboxManifest = z.infer<typeof middleboxSchema>

/** A middlebox and the folder that it was found in. */
export interface MiddleboxFolder {
  /** Absolute path; it is also the image's build context. */
  readonly folder: string
  readonly manifest: MiddleboxManifest
}

/** The middlebox that lies between client and server in interoperability runs. */
export const USUAL_MIDDLEBOX = 'linux-nat'

/** The names of the middleboxes in this package, sorted. */
export function middleboxNames(): readonly string[] {
  return readdirSync(containersFolder())
    .filter((name) => isMiddlebox(join(containersFolder(), name)))
    .sort()
}

/** Whether a folder is a middlebox. */
export function isMiddlebox(folder: string): boolean {
  return existsSync(join(folder, MIDDLEBOX_FILE))
}

/**
 * Loads a middlebox.
 * @param nameOrFolder a name under `containers/`, or the path of such a folder.
 * @throws UsageError when the middlebox does not exist, or its `middlebox.yaml` is wrong.
 */
export function loadMiddlebox(nameOrFolder: string): MiddleboxFolder {
  const folder = middleboxNames().includes(nameOrFolder)
    ? join(containersFolder(), nameOrFolder)
    : resolve(nameOrFolder)
  const file = join(folder, MIDDLEBOX_FILE)
  const shown = shownPath(file)
  const help = `containers/${USUAL_MIDDLEBOX}/${MIDDLEBOX_FILE} is a complete example.`
  const manifest = parseFields(middleboxSchema, readManifest(file), shown, help)
  if (manifest.name !== basename(folder))
    throw new UsageError(
      `${shown}: name: expected the folder's name "${basename(folder)}", got "${manifest.name}"`,
      'Rename the folder or correct the field.',
    )
  if (!existsSync(join(folder, 'Dockerfile')))
    throw new UsageError(
      `${shownPath(folder)}: no Dockerfile`,
      'The folder of a middlebox needs a Dockerfile.',
    )
  return { folder, manifest }
}
