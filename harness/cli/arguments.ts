import { UsageError } from '../errors/errors.ts'
import { nearestNames } from '../runner/select.ts'

/**
 * Makes the reader of an option that may be given once.
 * yargs collects a repeated option into an array, and gives false for `--no-...`.
 */
function once<T>(option: string, read: (text: string) => T): (value: unknown) => T | undefined {
  return (value) => {
    if (value === undefined) return undefined
    if (Array.isArray(value)) throw new UsageError(`--${option} is given more than once`, 'Give it once')
    if (value === false)
      throw new UsageError(`there is no --no-${option}`, 'pptpspec --help shows what there is')
    return read(String(value))
  }
}

/** An option that holds text. */
export function text(option: string): (value: unknown) => string | undefined {
  return once(option, (value) => {
    if (value === '') throw new UsageError(`--${option} is empty`, 'Give it a value')
    return value
  })
}

/** An option that holds text, or is switched off with `--no-...`. */
export function textOrOff(option: string): (value: unknown) => string | false | undefined {
  const read = text(option)
  return (value) => (value === false ? false : read(value))
}

/** An option that holds a whole number. */
export function wholeNumber(
  option: string,
  least: number,
  most: number,
): (value: unknown) => number | undefined {
  return once(option, (value) => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN
    if (!(number >= least && number <= most))
      throw new UsageError(
        `--${option}: expected a whole number from ${least} to ${most}, got "${value}"`,
        `For example --${option} ${least}`,
      )
    return number
  })
}

/** An option that takes one of a few words; `--no-...` stands for `off` where that is given. */
export function word<W extends string>(
  option: string,
  words: readonly W[],
  off?: W,
): (value: unknown) => W | undefined {
  const read = once(option, (value) => oneOf(`--${option}`, words, value))
  return (value) => (value === false && off !== undefined ? off : read(value))
}

/** @throws UsageError with the nearest of the words when `value` is none of them. */
export function oneOf<W extends string>(what: string, words: readonly W[], value: string): W {
  const found = words.find((candidate) => candidate === value)
  if (found !== undefined) return found
  const [nearest] = nearestNames(value, words)
  throw new UsageError(
    `${what}: expected ${words.slice(0, -1).join(', ')} or ${words.at(-1)}, got "${value}"`,
    nearest === undefined ? `For example ${words[0]}` : `did you mean ${nearest}?`,
  )
}

/** The part of the cases that `--shard i/n` asks for. */
export function shard(value: unknown): { readonly index: number; readonly of: number } | undefined {
  return once('shard', (given) => {
    const match = /^(\d{1,6})\/(\d{1,6})$/.exec(given)
    const index = Number(match?.[1])
    const of = Number(match?.[2])
    if (!(index >= 1 && index <= of))
      throw new UsageError(
        `--shard: expected i/n with i from 1 to n, got "${given}"`,
        'For example --shard 1/4 on the first of four machines',
      )
    return { index, of }
  })(value)
}
