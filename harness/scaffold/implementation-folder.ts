import { readdirSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { UsageError } from '../errors/errors.ts'
import { manifestSchema } from '../implementations/manifest-fields.ts'
import {
  readSource,
  requireCheckout,
  type Scaffold,
  type ScaffoldRequest,
  type WorkingPlace,
} from './scaffold.ts'

/** What a new folder is made from, by role: folders under `examples/`. */
const EXAMPLES = {
  recipient: { folder: 'my-server', program: 'pptpd', scenarios: 'echo/*' },
  originator: { folder: 'my-client', program: 'pptp-linux', scenarios: 'start/*' },
} as const

/**
 * A new implementation: a folder with everything that a container of it takes.
 * @throws UsageError for a name that no implementation may have, and for both roles at a time.
 */
export function implementationScaffold(
  { name, role = 'recipient' }: ScaffoldRequest,
  place: WorkingPlace,
): Scaffold {
  if (role === 'both')
    throw new UsageError(
      '--role both: an example is for one role',
      'Say --role recipient or --role originator; pics.roles in its manifest can have both later',
    )
  const folder = folderOf(name, place)
  const given = requireName(basename(folder))
  const { folder: example, program, scenarios } = EXAMPLES[role]
  const source = join(place.examples, example)
  const files = readdirSync(source).map((file) => ({
    path: join(folder, file),
    text: readSource(join(source, file)).replace(`name: ${example}\n`, () => `name: ${given}\n`),
  }))
  const near = relative(place.cwd, folder)
  const shown = near.startsWith('..') ? folder : near
  const named = name.includes('/') ? (/^\.?\.?\//.test(name) ? name : `./${name}`) : name
  return {
    absent: [folder],
    files,
    next: [
      `${shown} plays as it is, with ${program} of Debian 12: put your own program into its Dockerfile`,
      `npm run pptpspec -- run ${named} --scenario '${scenarios}'   # the first time it builds the image`,
      'docs/adding-an-implementation.md explains each line of manifest.yaml, and what calls and PPP take',
    ],
  }
}

/** A path has a slash in it; a word without one is a folder under `containers/` of the checkout. */
function folderOf(name: string, place: WorkingPlace): string {
  if (name.includes('/')) return resolve(place.cwd, name)
  const checkout = requireCheckout(place, `Give a path for the folder, such as ./${name}`)
  return join(checkout, 'containers', name)
}

function requireName(name: string): string {
  const result = manifestSchema.shape.name.safeParse(name)
  if (result.success) return result.data
  throw new UsageError(
    `"${name}" is no name of an implementation: ${result.error.issues[0]?.message ?? 'not a name'}`,
    'For example my-server',
  )
}
