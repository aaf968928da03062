import { ARCS, type Arcs } from './arcs.ts'
import { POLICY, type Policy } from './policy.ts'
import { READING, type Reading } from './reading.ts'
import { SETTING, type Setting } from './setting.ts'
import { WRITING, type Writing } from './writing.ts'

/** The five places at which a fault may make a peer differ from the reference. */
export interface Seams {
  readonly arc: Arcs
  readonly setting: Setting
  readonly reading: Reading
  readonly writing: Writing
  readonly policy: Policy
}

/** The seams of the reference, without faults. */
export const SEAMS: Seams = {
  arc: ARCS,
  setting: SETTING,
  reading: READING,
  writing: WRITING,
  policy: POLICY,
}
