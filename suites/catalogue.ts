import type { MutantName } from '../harness/reference/mutants.ts'
import { createScenarios } from '../harness/scenario/scenario.ts'
import { CALLS } from './requirements/calls.ts'
import { CONTROL_CONNECTION } from './requirements/control-connection.ts'
import { MESSAGE_FORMAT } from './requirements/message-format.ts'
import { TUNNEL } from './requirements/tunnel.ts'

/** Every requirement that something here decides, by id. */
export const REQUIREMENTS = { ...MESSAGE_FORMAT, ...CONTROL_CONNECTION, ...CALLS, ...TUNNEL } as const

export type RequirementId = keyof typeof REQUIREMENTS

/** Declares a scenario; unknown requirements and mutants do not compile. */
export const scenario = createScenarios<RequirementId, MutantName>(REQUIREMENTS)
