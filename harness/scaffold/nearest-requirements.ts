import { nearestNames } from '../errors/nearest.ts'

/** The texts of requirements, by id. */
type Texts = Readonly<Record<string, { readonly text: string }>>

/** How much a word that is found in an id counts, and one that is found only in a text. */
const IN_ID = 4
const IN_TEXT = 1
/** How much the topic before the slash of a name counts: less, as it fits many requirements. */
const OF_TOPIC = 0.5
/** Letters that the beginnings of two words must share to match, as `reply` and `replying` do. */
const STEM = 4
/** Words that say nothing about the subject of a requirement, however rare they are. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  `about after again all also an and another any are as at be before both but by can do does each
  either every first for from has have if in into is it its last many may more must never new no
  none not nothing of on once one only or other others out same several should so some still than
  that the their them then there these they this those to too twice two until up what when where
  whether which while will with within without`.split(/\s+/),
)

/** A requirement, and the words of its id and its text. */
interface Indexed {
  readonly id: string
  readonly inId: ReadonlySet<string>
  readonly inText: ReadonlySet<string>
}

/**
 * Returns up to `most` ids of requirements whose id or text has words of the name, the nearest
 * first. The fewer requirements have a word, the more it counts; stop words do not count. Where no
 * requirement has any of the words, the word of an id that is spelled most like each replaces it.
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

/** How much each word of a name counts. */
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
    const rarity = Math.log((1 + all.length) / hits.length)
    for (const { id, score } of hits) scores.set(id, (scores.get(id) ?? 0) + score * weight * rarity)
  }
  return scores
}

/** Replaces each word by the word of an id spelled most like it, if there is one. */
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

/** Words of two letters or more, in lower case, without numbers and stop words. */
function wordsOf(text: string): ReadonlySet<string> {
  return new Set(
    text
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .filter((word) => word.length > 1 && !/^\d+$/.test(word) && !STOP_WORDS.has(word)),
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
