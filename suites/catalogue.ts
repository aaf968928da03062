import type { MutantName } from '../harness/reference/mutants.ts'
import { createMonitors } from '../harness/scenario/monitor.ts'
import { createScenarios } from '../harness/scenario/scenario.ts'
import { CALL_END } from './requirements/call-end.ts'
import { CALL_STATES } from './requirements/call-states.ts'
import { ECHO } from './requirements/echo.ts'
import type { CatalogueEntry } from './requirements/entry.ts'
import { ERROR_CODES } from './requirements/error-codes.ts'
import { HEADERS } from './requirements/headers.ts'
import { INCOMING_CALL } from './requirements/incoming-call.ts'
import { MESSAGE_FORMAT } from './requirements/message-format.ts'
import { OPERATION } from './requirements/operation.ts'
import { OUTGOING_CALL } from './requirements/outgoing-call.ts'
import { OVERVIEW } from './requirements/overview.ts'
import { PPP } from './requirements/ppp.ts'
import { SECURITY } from './requirements/security.ts'
import { SET_LINK_INFO } from './requirements/set-link-info.ts'
import { START } from './requirements/start.ts'
import { STOP } from './requirements/stop.ts'
import { TUNNEL } from './requirements/tunnel.ts'
import { WAN_ERROR } from './requirements/wan-error.ts'
import { WINDOW } from './requirements/window.ts'

/** The parts of the catalogue; no id may be in two of them. */
export const CATALOGUE_PARTS = [
  OVERVIEW,
  MESSAGE_FORMAT,
  HEADERS,
  START,
  STOP,
  ECHO,
  OUTGOING_CALL,
  INCOMING_CALL,
  CALL_END,
  WAN_ERROR,
  SET_LINK_INFO,
  ERROR_CODES,
  OPERATION,
  CALL_STATES,
  TUNNEL,
  WINDOW,
  SECURITY,
  PPP,
] as const

type KeysOf<Part> = Part extends unknown ? keyof Part & string : never

export type RequirementId = KeysOf<(typeof CATALOGUE_PARTS)[number]>

/** Every requirement of RFC 2637, and those of PPP's documents that a session decides, by id. */
export const REQUIREMENTS = Object.assign({}, ...CATALOGUE_PARTS) as Readonly<
  Record<RequirementId, CatalogueEntry>
>

/** Declares a scenario. Requirements and mutants that do not exist do not compile. */
export const scenario = createScenarios<RequirementId, MutantName>(REQUIREMENTS)

/** Declares a monitor. Requirements and mutants that do not exist do not compile. */
export const monitor = createMonitors<RequirementId, MutantName>(REQUIREMENTS)
