import { importModules } from '../harness/files/modules.ts'
import { isScenarioFile } from './registered.ts'

/**
 * The modules of all scenario files. In a bundle, static imports of the same files replace this
 * module.
 */
export const SCENARIO_MODULES = await importModules(new URL('.', import.meta.url), isScenarioFile)
