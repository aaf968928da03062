import { join } from 'node:path'
import { openBuildContext } from './build-context.ts'
import { withProgram } from './contained-program.ts'
import type { Engine } from './engine.ts'
import { buildOn, type Image, type ImageOptions, once } from './images.ts'
import { containersFolder } from './manifest.ts'

/** The Debian suite of the image. Its Node is new enough for the tester's program. */
const BASE = 'trixie'
/**
 * Builds the image of a tester's container, or finds the existing one. The image holds the tester's
 * program, so each version of pptpspec has an image of its own.
 * @throws EnvironmentError when the image cannot be built.
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
