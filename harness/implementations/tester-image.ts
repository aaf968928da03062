import { join } from 'node:path'
import { openBuildContext } from './build-context.ts'
import { withProgram } from './contained-program.ts'
import type { Engine } from './engine.ts'
import { buildOn, type Image, type ImageOptions, once } from './images.ts'
import { containersFolder } from './manifest.ts'

/** Its Node is new enough. */
const BASE = 'trixie'
/**
 * Makes the image of a tester's container, or finds it. It is made of its program, too: another
 * version of ours has another image.
 * @throws EnvironmentError when it cannot be made.
 */
export function prepareTesterImage(engine: Engine, options: ImageOptions): Promise<Image> {
  return once(`${engine.host} tester`, () => buildImage(engine, options))
}

function buildImage(engine: Engine, options: ImageOptions): Promise<Image> {
  const folder = join(containersFolder(), 'tester')
  const dockerfile = join(folder, 'Dockerfile')
  return withProgram('tester', engine, (shared) => {
    const context = openBuildContext(folder, shared)
    return buildOn(engine, { name: 'tester', base: BASE, context: () => context, dockerfile }, options)
  })
}
