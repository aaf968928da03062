import { fileURLToPath } from 'node:url'
import type { BuildOptions, Plugin } from 'esbuild'
import { isScenarioFile } from '../../suites/registered.ts'
import { staticModules } from '../files/modules.ts'

/** The esbuild options for programs made from the TypeScript of this checkout. */
export const BUNDLE = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  logLevel: 'silent',
} as const satisfies BuildOptions

/**
 * Returns an esbuild plugin that replaces suites/scenario-modules.ts by static imports of all
 * scenario files: a bundle has no folder in which to look for them.
 * @param root URL of the folder of the checkout.
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
