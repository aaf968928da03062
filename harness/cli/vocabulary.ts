import { REQUIREMENTS } from '../../suites/catalogue.ts'
import { SCENARIOS } from '../../suites/index.ts'
import { MONITORS } from '../../suites/monitors/index.ts'
import type { Vocabulary } from '../runner/baseline.ts'
import { casesOf } from '../scenario/scenario.ts'

/** Every name that a baseline may use: those of the suites that come with this package. */
export const VOCABULARY: Vocabulary = {
  cases: SCENARIOS.flatMap(casesOf).map(({ id }) => id),
  monitors: MONITORS,
  requirements: Object.keys(REQUIREMENTS),
}
