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

  test.each(reference)(
    '$name: the switches that it does not consult change nothing in it',
    ({ play, transcript, consulted }) => {
      // All of them are on at once. Were one of them looked at, it would be consulted.
      const on: string[] = []
      const others: Faults = {
        has(name) {
          if (consulted.has(name)) return false
          on.push(name)
          return true
        },
        consulted: () => new Set(),
      }
      expect(perform(play, others)).toBe(transcript)
      expect(on).toEqual([])
      // One alone goes the way that a mutant does.
      const alone = MUTANT_NAMES.find((mutant) => !consulted.has(mutant))
      expect(perform(play, createFaults(alone))).toBe(transcript)
    },
  )
})
