import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import pc from 'picocolors'
import { UsageError } from '../errors/errors.ts'
import { printable } from '../protocol/octets.ts'
import { type Comparison, compareResults, type Difference } from '../report/difference.ts'
import { readEvents } from '../report/events.ts'
import { type ImplementationTally, tallyOf } from '../report/tally.ts'
import { nearestNames } from '../runner/select.ts'
import { EVENTS_FILE } from '../runner/store.ts'
import { columns, counted } from './columns.ts'
import { type ColourChoice, type ExitCode, type Io, wantsColour } from './io.ts'
import { latestResults, shortPath } from './results.ts'

/** What `pptpspec diff` was asked for. */
export interface DiffRequest {
  readonly left: string
  readonly right: string
  readonly json: boolean
  readonly colour: ColourChoice
}

interface SideOfDiff {
  readonly title: string
  readonly implementations: readonly ImplementationTally[]
}

/**
 * Compares two sides. Directories with several implementations are compared name by name; single ones whatever their names.
 * @throws UsageError when a side names no results, or nothing is on both.
 */
export function performDiff(request: DiffRequest, io: Io): ExitCode {
  const left = sideOf(request.left, io)
  const right = sideOf(request.right, io)
  const pairs = pairUp(left, right)
  const compared = pairs.map(([a, b]) => ({
    left: a.name,
    right: b.name,
    ...compareResults(a.results, b.results),
  }))
  if (request.json) io.stdout.write(`${JSON.stringify({ left: left.title, right: right.title, compared })}\n`)
  else
    for (const one of compared)
      io.stdout.write(`${shown(one, wantsColour(request.colour, io.stdout, io.env))}\n`)
  return compared.every((one) => one.scenarios.length + one.requirements.length + oneSided(one) === 0) ? 0 : 1
}

function oneSided({ only }: Comparison): number {
  return only.left.length + only.right.length
}

/** `directory`, `directory:implementation`, or an implementation of the latest run. */
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
  if (name === undefined) return { title, implementations }
  const chosen = implementations.filter((one) => one.name === name)
  if (chosen.length > 0) return { title, implementations: chosen }
  const names = implementations.map((one) => one.name)
  const [nearest] = nearestNames(name, names)
  throw new UsageError(
    `${shortPath(directory, io.cwd)} has no implementation "${name}"`,
    nearest === undefined ? `It has ${names.join(', ') || 'none'}` : `did you mean ${nearest}?`,
  )
}

function pairUp(
  left: SideOfDiff,
  right: SideOfDiff,
): readonly (readonly [ImplementationTally, ImplementationTally])[] {
  const [onlyLeft, ...moreLeft] = left.implementations
  const [onlyRight, ...moreRight] = right.implementations
  if (onlyLeft !== undefined && onlyRight !== undefined && moreLeft.length + moreRight.length === 0)
    return [[onlyLeft, onlyRight]]
  const pairs = left.implementations.flatMap((a) =>
    right.implementations.filter((b) => b.name === a.name).map((b) => [a, b] as const),
  )
  if (pairs.length > 0) return pairs
  throw new UsageError(
    `${left.title} and ${right.title} have no implementation in common`,
    'Name one on each side, as directory:implementation',
  )
}

function shown(one: Comparison & { readonly left: string; readonly right: string }, colour: boolean): string {
  const paint = pc.createColors(colour)
  const rows = (differences: readonly Difference[]) =>
    columns([
      ['', one.left, one.right],
      ...differences.map(({ id, left, right }) => [id, left ?? '-', right ?? '-']),
    ])
  const seen = one.scenarios.flatMap(({ id, leftSeen, rightSeen }) => [
    paint.bold(id),
    ...(leftSeen === undefined ? [] : [`  ${one.left}: ${printable(leftSeen)}`]),
    ...(rightSeen === undefined ? [] : [`  ${one.right}: ${printable(rightSeen)}`]),
  ])
  const only = (names: readonly string[], where: string) =>
    names.length === 0
      ? []
      : ['', `Played only on ${where} (${names.length})`, ...names.map((name) => `  ${name}`)]
  const none = one.scenarios.length + one.requirements.length === 0
  return [
    `${paint.bold(one.left)} and ${paint.bold(one.right)}: ${counted(one.common, 'scenario')} on both`,
    ...(none ? ['no difference'] : []),
    ...(one.scenarios.length === 0 ? [] : ['', 'Scenarios', ...rows(one.scenarios), '', ...seen]),
    ...(one.requirements.length === 0 ? [] : ['', 'Requirements', ...rows(one.requirements)]),
    ...only(one.only.left, one.left),
    ...only(one.only.right, one.right),
  ].join('\n')
}
