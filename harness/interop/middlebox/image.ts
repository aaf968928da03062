import { join } from 'node:path'
import { openBuildContext } from '../../implementations/build-context.ts'
import type { Engine } from '../../implementations/engine.ts'
import { buildOn, type Image, type ImageOptions, once } from '../../implementations/images.ts'
import { containersFolder } from '../../implementations/manifest.ts'
import type { MiddleboxFolder } from './manifest.ts'

/**
 * Finds the image of a middlebox, or makes it.
 * @throws EnvironmentError when it cannot be made.
 */
export function prepareMiddleboxImage(
  engine: Engine,
  { folder, manifest }: MiddleboxFolder,
  options: ImageOptions,
): Promise<Image> {
  const context = () => openBuildContext(folder, join(containersFolder(), 'shared'))
  const { name, base } = manifest
  return once(`${engine.host} ${folder}`, () =>
    buildOn(engine, { name, base, context, dockerfile: join(folder, 'Dockerfile') }, options),
  )
}
