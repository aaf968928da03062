import type { InteropCase } from '../interop-case.ts'
import { BLOCKED } from './blocked.ts'
import { CALLS } from './calls.ts'
import { CLIENTS } from './clients.ts'
import { ENDS } from './ends.ts'
import { PPP } from './ppp.ts'
import { TIME } from './time.ts'
import { TRAFFIC } from './traffic.ts'

/** All interoperability cases. */
export const INTEROP_CASES: readonly InteropCase[] = [
  ...CALLS,
  ...PPP,
  ...TRAFFIC,
  ...ENDS,
  ...CLIENTS,
  ...TIME,
  ...BLOCKED,
]
