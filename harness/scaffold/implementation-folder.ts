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

/** The folder under `examples/` that a new implementation of each role is copied from. */
const EXAMPLES = {
  recipient: { folder: 'my-server', program: 'pptpd', scenarios: 'echo/*' },
  originator: { folder: 'my-client', program: 'pptp-linux', scenarios: 'start/*' },
} as const

/**
 * Returns the files of a new implementation: Dockerfile, manifest and scripts of an example.
 * @throws UsageError when an implementation may not have that name, or `role` is `both`.
 */
export function implementationScaffold(
  { name, role = 'recipient' }: ScaffoldRequest,
  place: WorkingPlace,
): Scaffold {
  if (role === 'both')
    throw new UsageError(
      '--role both: each example implementation is for one role',
      'Say --role recipient or --role originator, and add the other role to pics.roles of its manifest later',
    )
  const folder = folderOf(name, place)
  const given = requireName(basename(folder))
  const { folder: example, program, scenarios } = EXAMPLES[role]
  const source = join(place.examples, example)
  const files = readdirSync(source).map((file) => ({
    path: join(folder, file),
    text: readSource(join(source, file)).replace(`name: ${example}\n`, () => `name: ${given}\n`),
  }))
  const inCheckout = !name.includes('/')
  const near = relative(place.cwd, folder)
  const shown = near.startsWith('..') ? folder : near
  const named = name.includes('/') ? (/^\.?\.?\//.test(name) ? name : `./${name}`) : name
  return {
    absent: [folder],
    files,
    next: [
      `${shown} works unedited, with ${program} of Debian 12: put your own program into its Dockerfile and scripts, its title and log lines into manifest.yaml`,
      `npm run pptpspec -- run ${named} --scenario '${scenarios}'   # the first run builds the image`,
      ...(inCheckout
        ? ['npm run pptpspec -- list implementations   # shows it, once its manifest has no mistakes']
        : []),
      `${given} has no baseline yet, so each failure makes a run red${inCheckout ? ', and test:unit fails' : ''}; "Baselines" in docs/adding-an-implementation.md says how to make one`,
      'docs/adding-an-implementation.md also explains each line of manifest.yaml, and what calls and PPP need',
    ],
  }
}

/** A name with a slash is a path; any other is a folder under `containers/` of the checkout. */
function folderOf(name: string, place: WorkingPlace): string {
  if (name.includes('/')) return resolve(place.cwd, name)
  const checkout = requireCheckout(place, `Give a path for the folder, such as ./${name}`)
  return join(checkout, 'containers', name)
}

function requireName(name: string): string {
  const result = manifestSchema.shape.name.safeParse(name)
  if (result.success) return result.data
  throw new UsageError(
    `"${name}" cannot be the name of an implementation: ${result.error.issues[0]?.message ?? 'not a name'}`,
    'For example my-server',
  )
}
