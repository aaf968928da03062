import { describe, expect, test } from 'vitest'
import { createFaults, type Faults } from './faults.ts'
import { createReference } from './machine.ts'
import { MUTANT_NAMES } from './mutants.ts'
import { PPP_MUTANTS } from './ppp-mutants.ts'
import { createBench } from './testing/bench.ts'
import { PLAYS, type Play } from './testing/plays.ts'

function perform({ configuration = {}, body }: Play, faults: Faults): string {
  const bench = createBench(createReference({ configuration, faults }))
  body(bench)
  return bench.transcript()
}

// Those of PPP show in whole sessions only, which the scenarios of suites/session play.
const SHOWN_HERE = MUTANT_NAMES.filter((name) => !(name in PPP_MUTANTS))

const reference = Object.entries(PLAYS).map(([name, play]) => {
  const faults = createFaults()
  return { name, play, transcript: perform(play, faults), consulted: faults.consulted() }
})

describe('mutants', () => {
  test.each(SHOWN_HERE)('%s does something else than the reference', (mutant) => {
    const plays = reference.filter(({ consulted }) => consulted.has(mutant))
    expect(plays.map(({ name }) => name)).not.toEqual([])
    expect(plays.some(({ play, transcript }) => perform(play, createFaults(mutant)) !== transcript)).toBe(
      true,
    )
  })

  test('a switch that a play does not consult changes nothing in it', () => {
    for (const { play, transcript, consulted } of reference)
      for (const mutant of MUTANT_NAMES)
        if (!consulted.has(mutant)) expect(perform(play, createFaults(mutant))).toBe(transcript)
  })
})
