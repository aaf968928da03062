import { describe, expect, test } from 'vitest'
import { drawing, playStranger, several } from '../harness/proof/stranger.ts'
import { HABIT_NAMES, HABITS } from '../harness/reference/habits.ts'
import { casesOf } from '../harness/scenario/scenario.ts'
import { SCENARIOS } from './index.ts'
import { MONITORS } from './monitors/index.ts'

const CASES = SCENARIOS.flatMap(casesOf).filter(({ scenario }) => !scenario.tags.includes('long'))
/** Of each variant; `prove --strangers` plays others. */
const PLAYED = 15

/**
 * Other ways to keep to RFC 2637 than the reference's own: nothing may be held against them. What
 * is warned about by a reading is named there.
 */
describe.each(HABIT_NAMES.map((name, at) => [HABITS[name].title, name, at] as const))(
  'a peer that %s',
  (_, name, at) => {
    const { warned = [], broken = [], evades = false } = HABITS[name]

    test.each(several(drawing(at + 1), CASES, PLAYED).map((one) => [one.id, one] as const))(
      '%s',
      async (_, one) => {
        const { verdict, accusations } = await playStranger(one, { faults: [], habits: [name] }, MONITORS)
        const held = accusations.filter(
          (each) =>
            !broken.includes(each.requirement) &&
            (each.verdict === 'fail' || !warned.includes(each.requirement)),
        )
        expect(held).toEqual([])
        const lawful = evades ? ['pass', 'skip', 'inconclusive'] : ['pass', 'skip']
        if (accusations.length === 0) expect(lawful).toContain(verdict)
      },
    )
  },
)
