import { describe, expect, test } from 'vitest'
import { createFaults, type Faults } from './faults.ts'
import { createReference } from './machine.ts'
import { MUTANT_NAMES, PPP_MUTANTS } from './mutants.ts'
import { createBench } from './testing/bench.ts'
import { PLAYS, type Play } from './testing/plays.ts'

function perform({ configuration = {}, body }: Play, faults: Faults): string {
  const bench = createBench(createReference({ configuration, faults }))
  body(bench)
  return bench.transcript()
}

// Mutants of PPP differ only in whole sessions, which the scenarios of suites/session play.
const SHOWN_HERE = MUTANT_NAMES.filter((name) => !(name in PPP_MUTANTS))

const reference = Object.entries(PLAYS).map(([name, play]) => {
  const faults = createFaults()
  return { name, play, transcript: perform(play, faults), consulted: faults.consulted() }
})

describe('mutants', () => {
  test.each(SHOWN_HERE)('%s acts otherwise than the reference in a play that consults it', (mutant) => {
    const plays = reference.filter(({ consulted }) => consulted.has(mutant))
    expect(plays.map(({ name }) => name)).not.toEqual([])
    expect(plays.some(({ play, transcript }) => perform(play, createFaults(mutant)) !== transcript)).toBe(
      true,
    )
  })

  test.each(reference)(
    '$name: the faults that it does not consult change nothing in it',
    ({ play, transcript, consulted }) => {
      // A peer with all of these faults at once: none of them may be consulted.
      const [first, ...others] = MUTANT_NAMES.filter((mutant) => !consulted.has(mutant))
      const all = createFaults(first, ...others)
      expect(perform(play, all)).toBe(transcript)
      expect([...all.consulted()]).toEqual([])
      // A mutant with one of these faults.
      const alone = MUTANT_NAMES.find((mutant) => !consulted.has(mutant))
      expect(perform(play, createFaults(alone))).toBe(transcript)
    },
  )
})
