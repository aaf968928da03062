import { nearestNames } from '../errors/nearest.ts'

/** Requirements by id, as far as they are compared with a name. */
type Texts = Readonly<Record<string, { readonly text: string }>>

/** A word of an id says more than one of a text. */
const IN_ID = 2
const IN_TEXT = 1
/** Letters that two words have to begin with to be forms of one: `reply`, `replying`. */
const STEM = 4

/**
 * Up to `most` ids of requirements that resemble a name, the nearest first. They have words of the
 * name in their ids or texts; a word that few have counts more. Where none has a word, one that is
 * spelled nearly so stands for it.
 */
export function nearestRequirements(name: string, requirements: Texts, most: number): readonly string[] {
  const entries = Object.entries(requirements).map(([id, { text }]) => ({
    id,
    inId: wordsOf(id),
    inText: wordsOf(text),
  }))
  const inIds = [...new Set(entries.flatMap(({ inId }) => [...inId]))]
  const scores = new Map<string, number>()
  for (const word of wordsOf(name)) {
    const hitsOf = (wanted: string) =>
      entries.flatMap(({ id, inId, inText }) => {
        const score = has(inId, wanted) ? IN_ID : has(inText, wanted) ? IN_TEXT : 0
        return score === 0 ? [] : [{ id, score }]
      })
    const hits = hitsOf(word)
    const [slip] = hits.length > 0 ? [] : nearestNames(word, inIds)
    const found = slip === undefined ? hits : hitsOf(slip)
    const rarity = Math.log(1 + entries.length / found.length)
    for (const { id, score } of found) scores.set(id, (scores.get(id) ?? 0) + score * rarity)
  }
  return [...scores]
    .sort(([, one], [, other]) => other - one)
    .slice(0, most)
    .map(([id]) => id)
}

/** Words of two letters and more, in lower case; numbers of sections are none. */
function wordsOf(text: string): ReadonlySet<string> {
  return new Set(
    text
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .filter((word) => word.length > 1 && !/^\d+$/.test(word)),
  )
}

function has(words: ReadonlySet<string>, wanted: string): boolean {
  if (words.has(wanted)) return true
  for (const word of words) {
    const shorter = Math.min(word.length, wanted.length)
    if (shorter >= STEM && word.slice(0, shorter) === wanted.slice(0, shorter)) return true
  }
  return false
}
