import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { UsageError } from '../errors/errors.ts'
import { nearestNames } from '../errors/nearest.ts'
import { compareImplementations, isSame } from '../report/difference.ts'
import { differenceText, listed } from '../report/difference-text.ts'
import { readEvents } from '../report/events.ts'
import { type ImplementationTally, tallyOf } from '../report/tally.ts'
import { EVENTS_FILE } from '../runner/result-files.ts'
import { type ColourChoice, type ExitCode, type Io, wantsColour } from './io.ts'
import { latestResults, shortPath } from './results.ts'

/** The arguments of `pptpspec diff`. */
export interface DiffRequest {
  readonly left: string
  readonly right: string
  readonly json: boolean
  readonly colour: ColourChoice
}

interface SideOfDiff {
  readonly title: string
  readonly implementations: readonly ImplementationTally[]
  /** Whether one implementation was named: others are then not missed on the other side. */
  readonly isNamed: boolean
}

/**
 * The implementations that are compared, and the names of those that are on one side only.
 */
interface Pairing {
  readonly pairs: readonly (readonly [ImplementationTally, ImplementationTally])[]
  readonly only: { readonly left: readonly string[]; readonly right: readonly string[] }
}

/**
 * Compares two sides. If they have several implementations, those with the same name are compared,
 * and one that is on one side only is a difference; single ones may have different names.
 * @throws UsageError when a side names no results, or no implementation is on both sides.
 */
export function performDiff(request: DiffRequest, io: Io): ExitCode {
  const left = sideOf(request.left, io)
  const right = sideOf(request.right, io)
  const { pairs, only } = pairUp(left, right)
  const compared = pairs.map(([a, b]) => ({
    left: a.name,
    right: b.name,
    ...compareImplementations(a, b),
  }))
  if (request.json)
    io.stdout.write(`${JSON.stringify({ left: left.title, right: right.title, compared, only })}\n`)
  else {
    for (const one of compared) {
      const sides = { left: titleOf(one.left, left, one.right), right: titleOf(one.right, right, one.left) }
      const colour = wantsColour(request.colour, io.stdout, io.env)
      io.stdout.write(`${differenceText({ ...one, ...sides }, colour)}\n`)
    }
    const unpaired = [
      ...listed('Implementations only in', left.title, only.left),
      ...listed('Implementations only in', right.title, only.right),
    ]
    if (unpaired.length > 0) io.stdout.write(`${unpaired.join('\n')}\n`)
  }
  return compared.every(isSame) && only.left.length + only.right.length === 0 ? 0 : 1
}

/**
 * Returns the name of an implementation, with the path of its results if the other side has the
 * same name.
 */
function titleOf(name: string, { title, isNamed }: SideOfDiff, other: string): string {
  if (name !== other) return name
  return isNamed ? title : `${title}:${name}`
}

/** Reads `directory`, `directory:implementation`, or an implementation of the latest run. */
function sideOf(text: string, io: Io): SideOfDiff {
  const at = text.lastIndexOf(':')
  const whole = resolve(io.cwd, text)
  if (existsSync(join(whole, EVENTS_FILE))) return load(whole, undefined, io)
  if (at > 0) return load(resolve(io.cwd, text.slice(0, at)), text.slice(at + 1), io)
  return load(latestResults(io.cwd), text, io)
}

function load(directory: string, name: string | undefined, io: Io): SideOfDiff {
  const file = join(directory, EVENTS_FILE)
  if (!existsSync(file))
    throw new UsageError(
      `${shortPath(directory, io.cwd)} holds no results`,
      'Name a results directory, or an implementation that the latest run played',
    )
  const { implementations } = tallyOf(readEvents(file))
  const title = name === undefined ? shortPath(directory, io.cwd) : `${shortPath(directory, io.cwd)}:${name}`
  if (name === undefined) return { title, implementations, isNamed: false }
  const chosen = implementations.filter((one) => one.name === name)
  if (chosen.length > 0) return { title, implementations: chosen, isNamed: true }
  const names = implementations.map((one) => one.name)
  const [nearest] = nearestNames(name, names)
  throw new UsageError(
    `${shortPath(directory, io.cwd)} has no implementation "${name}"`,
    nearest === undefined
      ? `It has ${names.join(', ') || 'none'}; play both in one run, or give DIRECTORY:IMPLEMENTATION`
      : `did you mean ${nearest}?`,
  )
}

function pairUp(left: SideOfDiff, right: SideOfDiff): Pairing {
  const [onlyLeft, ...moreLeft] = left.implementations
  const [onlyRight, ...moreRight] = right.implementations
  if (onlyLeft !== undefined && onlyRight !== undefined && moreLeft.length + moreRight.length === 0)
    return { pairs: [[onlyLeft, onlyRight]], only: { left: [], right: [] } }
  const pairs = left.implementations.flatMap((a) =>
    right.implementations.filter((b) => b.name === a.name).map((b) => [a, b] as const),
  )
  if (pairs.length > 0) return { pairs, only: { left: unpaired(left, right), right: unpaired(right, left) } }
  throw new UsageError(
    `${left.title} and ${right.title} have no implementation in common`,
    'Name one on each side, as directory:implementation',
  )
}

function unpaired(side: SideOfDiff, other: SideOfDiff): readonly string[] {
  if (other.isNamed) return []
  const names = new Set(other.implementations.map(({ name }) => name))
  return side.implementations.map(({ name }) => name).filter((name) => !names.has(name))
}
