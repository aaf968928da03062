import { isIPv4 } from 'node:net'
import type { Options } from 'yargs'
import { UsageError } from '../errors/errors.ts'
import { nearestNames } from '../errors/nearest.ts'
import type { PathImpairment } from '../network/impaired.ts'

/** The description of an option in `--help`. */
export interface OptionText {
  readonly describe: string
  readonly alias?: string
  /** Heading in `--help`. */
  readonly group?: string
}

/** An option or a positional argument: its declaration for yargs, and how its value is read. */
export interface Option<T> {
  readonly declaration: Options
  /**
   * Reads the value that yargs found.
   * @throws UsageError that names the option, the values that it takes, and the one given.
   */
  readonly read: (value: unknown) => T
}

export type OptionSet = Readonly<Record<string, Option<unknown>>>

/** The values of some options. */
export type ValuesOf<S extends OptionSet> = {
  readonly [K in keyof S]: S[K] extends Option<infer T> ? T : never
}

/** Makes an option that takes two IPv4 addresses; undefined when it is not given. */
export function addressPair(name: string, text: OptionText): Option<readonly [string, string] | undefined> {
  return {
    declaration: { ...text, type: 'string', array: true, nargs: 2 },
    read(given) {
      if (given === undefined) return undefined
      const [one, other, more] = strings(`--${name}`, given).map(ipv4(`--${name}`))
      if (one === undefined || other === undefined || more !== undefined || one === other)
        throw new UsageError(`--${name} takes two addresses`, `For example --${name} 192.0.2.1 192.0.2.2`)
      return [one, other]
    },
  }
}

/** Makes an option without a value. */
export function flag(text: OptionText): Option<boolean> {
  return { declaration: { ...text, type: 'boolean' }, read: (value) => last(value) === true }
}

/** Makes an option that takes a value and may be repeated. */
export function texts(name: string, text: OptionText): Option<readonly string[]> {
  return {
    declaration: { ...text, type: 'string', array: true, nargs: 1 },
    read: (given) => strings(`--${name}`, given),
  }
}

/** Makes a positional argument that may be repeated. */
export function someTexts(name: string, text: OptionText): Option<readonly string[]> {
  return {
    declaration: { ...text, type: 'string', array: true },
    read: (given) => strings(`an argument (${name})`, given),
  }
}

/** Makes a positional argument that has to be given. */
export function demanded<T>(describe: string, read: (text: string) => T): Option<T> {
  return {
    declaration: { describe, type: 'string', demandOption: true },
    read: (value) => read(filled('an argument', String(value))),
  }
}

/** Makes an option that takes one value. */
export function value<T>(name: string, text: OptionText, read: (text: string) => T): Option<T | undefined> {
  return {
    declaration: { ...text, type: 'string', requiresArg: true },
    read(given) {
      if (given === undefined) return undefined
      if (Array.isArray(given)) throw new UsageError(`--${name} is given more than once`, 'Give it once')
      if (given === false)
        throw new UsageError(`there is no --no-${name}`, 'pptpspec --help shows all options')
      return read(filled(`--${name}`, String(given)))
    },
  }
}

/** Makes an option that takes one value, or is switched off with `--no-...`. */
export function valueOrOff<T, F>(
  name: string,
  text: OptionText,
  read: (text: string) => T,
  off: F,
): Option<T | F | undefined> {
  const plain = value(name, text, read)
  return { ...plain, read: (given) => (given === false ? off : plain.read(given)) }
}

/** Makes an option whose value may be left out; undefined when the option is not given. */
export function valueOrNone<T>(
  name: string,
  text: OptionText,
  read: (text: string) => T,
): Option<{ readonly value: T | undefined } | undefined> {
  const plain = value(name, text, read)
  return {
    declaration: { ...text, type: 'string' },
    read: (given) =>
      given === undefined ? undefined : { value: given === '' ? undefined : plain.read(given) },
  }
}

/** Returns text unchanged. */
export const asText = (text: string): string => text

/** Makes a function that reads a whole number from `least` to `most`. */
export function wholeNumber(name: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
    if (number >= least && number <= most) return number
    throw new UsageError(
      `--${name}: expected a whole number from ${least} to ${most}, got "${text}"`,
      `For example --${name} ${least}`,
    )
  }
}

/**
 * Makes a function that reads one of some words, and suggests the nearest for any other.
 * @param what the option, as it is typed.
 * @param example for the remedy; the first word unless given.
 */
export function oneOf<const W extends string>(
  what: string,
  words: readonly W[],
  example: string = words[0] ?? '',
): (text: string) => W {
  return (text) => {
    const found = words.find((candidate) => candidate === text)
    if (found !== undefined) return found
    const [nearest] = nearestNames(text, words)
    throw new UsageError(
      `${what}: expected ${words.slice(0, -1).join(', ')} or ${words.at(-1)}, got "${text}"`,
      nearest === undefined ? `For example ${example}` : `did you mean ${nearest}?`,
    )
  }
}

/**
 * Makes the option `--role`, which selects by the role that the implementation under test has in
 * the control connection.
 */
export function role(describe: string, group?: string): Option<'recipient' | 'originator' | undefined> {
  return value(
    'role',
    { describe, ...(group === undefined ? {} : { group }) },
    oneOf('--role', ['recipient', 'originator']),
  )
}

/** The option `--colour`, the same for every command that has it. */
export const colour = valueOrOff(
  'colour',
  { alias: 'color', describe: 'auto, always or never; auto honours NO_COLOR [default: auto]' },
  oneOf('--colour', ['auto', 'always', 'never']),
  'never' as const,
)

/** Reads `--shard i/n`. */
export function shard(text: string): { readonly index: number; readonly of: number } {
  const match = /^(\d{1,6})\/(\d{1,6})$/.exec(text)
  const index = Number(match?.[1])
  const of = Number(match?.[2])
  if (index >= 1 && index <= of) return { index, of }
  throw new UsageError(
    `--shard: expected i/n with i from 1 to n, got "${text}"`,
    'For example --shard 1/4 on the first of four machines',
  )
}

const RATES = ['loss', 'duplication', 'reordering'] as const
const TIMES = ['delay', 'jitter', 'hold'] as const

/** Reads `--impair loss=0.05,delay=20`, which is the same for both directions. */
export function impairment(text: string): PathImpairment {
  const read: Record<string, number> = {}
  for (const part of text.split(',')) {
    const [field = '', given, ...more] = part.split('=')
    const name = oneOf('--impair', [...RATES, ...TIMES], '--impair loss=0.05,delay=20')(field)
    if (read[name] !== undefined)
      throw new UsageError(`--impair: ${name} is given more than once`, 'Give it once')
    const most = RATES.some((rate) => rate === name) ? 1 : LONGEST_DELAY
    const number = more.length === 0 && /^\d+(\.\d+)?$/.test(given ?? '') ? Number(given) : Number.NaN
    if (!(number <= most))
      throw new UsageError(
        `--impair: ${name}: expected ${most === 1 ? 'a probability from 0 to 1' : `ms from 0 to ${most}`}, got "${part.slice(field.length + 1)}"`,
        `For example --impair ${name}=${most === 1 ? '0.05' : '20'}`,
      )
    read[name] = number
  }
  return { send: read, receive: read }
}

/** ms; a packet that is delayed further comes after all windows in which we expect it. */
const LONGEST_DELAY = 60_000

function strings(name: string, given: unknown): readonly string[] {
  if (given === undefined) return []
  return (Array.isArray(given) ? given : [given]).map((text) => filled(name, String(text)))
}

/** Refuses empty text, which a shell makes of a variable that is not set. */
function filled(name: string, text: string): string {
  if (text === '') throw new UsageError(`${name} is empty`, 'Give it a value')
  return text
}

function last(given: unknown): unknown {
  return Array.isArray(given) ? given.at(-1) : given
}

/**
 * Makes a function that reads the IPv4 address of a machine.
 * @param name of the option, as it is typed.
 * The function throws a UsageError for any other text, and for 0.0.0.0.
 */
export function ipv4(name: string): (text: string) => string {
  return (text) => {
    if (isIPv4(text) && text !== '0.0.0.0') return text
    throw new UsageError(`${name}: expected an IPv4 address, got "${text}"`, 'For example 192.0.2.1')
  }
}
