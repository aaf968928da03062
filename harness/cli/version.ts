import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../implementations/package-root.ts'

/** Returns the version of this package. */
export function packageVersion(): string {
  const content: unknown = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'))
  const version =
    typeof content === 'object' && content !== null && 'version' in content ? content.version : ''
  return String(version)
}
