import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EnvironmentError } from '../errors/errors.ts'

const NAME = 'pptpspec'

/**
 * Returns the folder of this package, in a checkout (harness/...) and when installed
 * (dist/harness/...).
 * @param from a `file:` URL inside the package; by default this module's own.
 * @throws EnvironmentError when no folder above `from` is the package.
 */
export function packageRoot(from: string = import.meta.url): string {
  const start = dirname(fileURLToPath(from))
  for (let folder = start; ; folder = dirname(folder)) {
    if (nameOfPackage(join(folder, 'package.json')) === NAME) return folder
    if (dirname(folder) === folder) {
      throw new EnvironmentError(
        `no package.json of ${NAME} above ${start}`,
        'Install the package again: it lacks its package.json.',
      )
    }
  }
}

function nameOfPackage(file: string): unknown {
  if (!existsSync(file)) return undefined
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return typeof content === 'object' && content !== null && 'name' in content ? content.name : undefined
  } catch {
    // A broken package.json on the way up belongs to another package, and is ignored.
    return undefined
  }
}
