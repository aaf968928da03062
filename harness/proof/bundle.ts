import { fileURLToPath } from 'node:url'
import type { BuildOptions, Plugin } from 'esbuild'
import { isScenarioFile } from '../../suites/registered.ts'
import { staticModules } from '../files/modules.ts'

/** How esbuild makes programs of this checkout out of its TypeScript. */
export const BUNDLE = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  logLevel: 'silent',
} as const satisfies BuildOptions

/**
 * Puts static imports in the place of suites/scenario-modules.ts: a bundle has no folder to find
 * scenario files in.
 * @param root the folder of the checkout.
 */
export function scenariosIncluded(root: URL): Plugin {
  return {
    name: 'scenarios-included',
    setup(build) {
      const suites = new URL('suites/', root)
      build.onLoad({ filter: /\/suites\/scenario-modules\.ts$/ }, () => ({
        contents: staticModules(suites, isScenarioFile, 'SCENARIO_MODULES'),
        resolveDir: fileURLToPath(suites),
      }))
    },
  }
}
