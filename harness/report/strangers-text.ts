import type { Stranger } from '../proof/stranger.ts'
import { isPrecise, type StrangersSummary, WANTED } from '../proof/strangers-summary.ts'
import { HABITS } from '../reference/habits.ts'
import { MUTANTS } from '../reference/mutants.ts'

/** False accusations and missed faults that are told; JSON has all of them. */
const TOLD = 20

/** What strangers came to, for a terminal. */
export function strangersText(summary: StrangersSummary, seconds: number): string {
  const { strangers, plays, accusations, falseAccusations, missed, hidden } = summary
  const lines = [
    ...falseAccusations
      .slice(0, TOLD)
      .flatMap(({ requirement, count, example }) => [
        `False: ${requirement}, ${count} times. Seed ${example.seed}, ${example.case}, with ${made(example.stranger)}`,
        `    expected ${example.expected}; seen ${example.seen}`,
      ]),
    ...more(falseAccusations.length, 'causes of false accusations'),
    ...missed
      .slice(0, TOLD)
      .map((one) => `Missed: ${one.fault}. Seed ${one.seed}, ${one.case}, with ${made(one.stranger)}`),
    ...more(missed.length, 'missed faults'),
    `${strangers} strangers, ${plays} plays in ${seconds.toFixed(1)} s: ${accusations} accusations, ${percent(summary.precision)} of them right (at least ${percent(WANTED.precision)} wanted)`,
    `${percent(summary.recall)} of the faults shown that nothing hides (at least ${percent(WANTED.recall)} wanted); ${hidden} were hidden by another fault or by a habit`,
    isPrecise(summary) ? 'precise' : 'not precise',
  ]
  return `${lines.join('\n')}\n`
}

/** What one stranger is made of, for a terminal. */
export function strangerText({ faults, habits }: Stranger): string {
  return [
    ...faults.map((name) => `fault ${name}: ${MUTANTS[name].title}`),
    ...habits.map((name) => `habit ${name}: ${HABITS[name].title} (${HABITS[name].lawful})`),
    '',
  ].join('\n')
}

function made({ faults, habits }: Stranger): string {
  return [...faults, ...habits].join(' + ') || 'nothing'
}

function more(count: number, what: string): readonly string[] {
  return count > TOLD ? [`${count - TOLD} more ${what}: --json has them`] : []
}

/** Rounded down: nothing is called better than it is. */
function percent(share: number): string {
  return `${(Math.floor(share * 10_000) / 100).toFixed(2)} %`
}
