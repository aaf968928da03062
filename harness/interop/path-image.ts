import { join } from 'node:path'
import { openBuildContext } from '../implementations/build-context.ts'
import type { Engine } from '../implementations/engine.ts'
import { buildOn, type Image, type ImageOptions, once } from '../implementations/images.ts'
import { containersFolder } from '../implementations/manifest.ts'

/** Its kernel for guests has every module that a path needs. */
const BASE = 'trixie'

/**
 * Makes the image of what lies between two implementations, a router and what captures, or finds
 * it.
 * @throws EnvironmentError when it cannot be made.
 */
export function preparePathImage(engine: Engine, options: ImageOptions): Promise<Image> {
  const folder = join(containersFolder(), 'path')
  const context = () => openBuildContext(folder, join(containersFolder(), 'shared'))
  const dockerfile = join(folder, 'Dockerfile')
  return once(`${engine.host} path`, () =>
    buildOn(engine, { name: 'path', base: BASE, context, dockerfile }, options),
  )
}
