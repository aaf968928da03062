import type { Scenario } from '../harness/scenario/scenario.ts'
import { registered } from './registered.ts'
import { SCENARIO_MODULES } from './scenario-modules.ts'

/**
 * Every scenario, in the order in which they are played: by path, recipients before originators.
 */
export const SCENARIOS: readonly Scenario[] = registered(SCENARIO_MODULES)
