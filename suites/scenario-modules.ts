import { importModules } from '../harness/files/modules.ts'
import { isScenarioFile } from './registered.ts'

/**
 * The modules of all scenario files. A bundle has static imports of the same files in place of this
 * module.
 */
export const SCENARIO_MODULES = await importModules(new URL('.', import.meta.url), isScenarioFile)
