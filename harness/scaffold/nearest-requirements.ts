import { nearestNames } from '../errors/nearest.ts'

/** Requirements by id, as far as they are compared with a name. */
type Texts = Readonly<Record<string, { readonly text: string }>>

/** A word of an id says more than one of a text. */
const IN_ID = 4
const IN_TEXT = 1
/** The topic in a name says less than the word after it: a topic has many requirements. */
const OF_TOPIC = 0.5
/** Letters that two words have to begin with to be forms of one: `reply`, `replying`. */
const STEM = 4

/** A requirement, and the words of its id and its text. */
interface Indexed {
  readonly id: string
  readonly inId: ReadonlySet<string>
  readonly inText: ReadonlySet<string>
}

/**
 * Up to `most` ids of requirements that resemble a name, the nearest first. They have words of the
 * name in their ids or texts; a word that few have counts more. Where none has any of the words,
 * those of ids that are spelled nearly so stand for them.
 */
export function nearestRequirements(name: string, requirements: Texts, most: number): readonly string[] {
  const all = Object.entries(requirements).map(
    ([id, { text }]): Indexed => ({ id, inId: wordsOf(id), inText: wordsOf(text) }),
  )
  const weights = weightsOf(name)
  const scores = scoresOf(weights, all)
  return [...(scores.size > 0 ? scores : scoresOf(slipsOf(weights, all), all))]
    .sort(([, one], [, other]) => other - one)
    .slice(0, most)
    .map(([id]) => id)
}

/** The words of a name, and how much each counts. */
type Weights = ReadonlyMap<string, number>

/** @param name `TOPIC/NAME`, or a name alone. */
function weightsOf(name: string): Weights {
  const [last = '', ...topic] = name.split('/').reverse()
  return new Map([
    ...[...wordsOf(topic.join('/'))].map((word) => [word, OF_TOPIC] as const),
    ...[...wordsOf(last)].map((word) => [word, 1] as const),
  ])
}

function scoresOf(weights: Weights, all: readonly Indexed[]): ReadonlyMap<string, number> {
  const scores = new Map<string, number>()
  for (const [word, weight] of weights) {
    const hits = all.flatMap(({ id, inId, inText }) => {
      const score = has(inId, word) ? IN_ID : has(inText, word) ? IN_TEXT : 0
      return score === 0 ? [] : [{ id, score }]
    })
    const rarity = Math.log(1 + all.length / hits.length)
    for (const { id, score } of hits) scores.set(id, (scores.get(id) ?? 0) + score * weight * rarity)
  }
  return scores
}

/** For each word, the nearest of those in ids. */
function slipsOf(weights: Weights, all: readonly Indexed[]): Weights {
  const known = [...new Set(all.flatMap(({ inId }) => [...inId]))]
  return new Map(
    [...weights].flatMap(([word, weight]) =>
      nearestNames(word, known)
        .slice(0, 1)
        .map((near) => [near, weight] as const),
    ),
  )
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
