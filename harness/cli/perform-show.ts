import { closeSync, constants, existsSync, fstatSync, readSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { messageOf, UsageError } from '../errors/errors.ts'
import { nearestNames } from '../errors/nearest.ts'
import { openNamed, readNamedFile, readNamedText } from '../files/named-file.ts'
import { caseHeading } from '../report/case-text.ts'
import { readEvents } from '../report/events.ts'
import { nothingToJudge } from '../report/judgement-text.ts'
import { type RunTally, type ScenarioFinished, tallyOf } from '../report/tally.ts'
import { caseMatcher, namesLike } from '../runner/globs.ts'
import { EVENTS_FILE } from '../runner/result-files.ts'
import { findPassed } from '../trace/archive.ts'
import { readCapture } from '../trace/capture.ts'
import { isCaptureMagic } from '../trace/capture-file.ts'
import { traceFromJson } from '../trace/json.ts'
import { ladder } from '../trace/ladder.ts'
import { type ReadTrace, readTrace } from '../trace/messages.ts'
import { writePcapng } from '../trace/pcapng.ts'
import { harmless } from './failure.ts'
import { type ColourChoice, columnsOf, type ExitCode, type Io, wantsColour } from './io.ts'
import { latestResults, shortPath } from './results.ts'

/** Octets of the largest file of passed cases that is read: a run writes less. */
const MOST_PACKED = 256 * 1024 * 1024

/** The arguments of `pptpspec show`. */
export interface ShowRequest {
  /** A trace, a results directory, or a scenario of the latest results. */
  readonly what: string
  readonly scenario: string | undefined
  readonly implementation: string | undefined
  readonly fields: boolean
  readonly log: boolean
  /** The file to which the capture of one case is written. */
  readonly capture: string | undefined
  readonly width: number | undefined
  readonly colour: ColourChoice
}

/**
 * Prints the ladders of a trace or of cases.
 * @throws UsageError when the file, the results or the case do not exist.
 */
export function performShow(request: ShowRequest, io: Io): ExitCode {
  const path = resolve(io.cwd, request.what)
  const kind = !existsSync(path) ? 'absent' : statSync(path).isDirectory() ? 'directory' : 'file'
  if (kind === 'file') {
    if (request.scenario !== undefined)
      throw new UsageError(`${request.what} is a file and holds one scenario only`, 'Leave the scenario out')
    if (isCapture(path)) return showCapture(path, request, io)
    const reading = readTrace(traceFromJson(readText(path), path))
    writeCapture([reading], request, io)
    io.stdout.write(drawn(reading, request, io))
    return 0
  }
  // If a directory has the name of a scenario, `show start/accepted` means the directory.
  const directory = kind === 'directory' ? path : latestResults(io.cwd)
  const wanted = kind === 'directory' ? request.scenario : request.what
  if (kind === 'absent' && request.scenario !== undefined)
    throw new UsageError(`there is no ${request.what}`, 'Name a results directory before the scenario')
  if (kind === 'absent' && !existsSync(directory))
    throw new UsageError(
      `there is no file ${request.what}, and no ${shortPath(directory, io.cwd)} to look up a scenario in`,
      'Name a trace or a results directory, or run something first: pptpspec run',
    )
  const run = tallyOf(readEvents(join(directory, EVENTS_FILE)))
  const found = finished(run, directory, wanted, request, io).map((one) => ({
    one,
    kept: keptOf(one, directory),
  }))
  writeCapture(
    found.flatMap(({ kept }) => (kept === undefined ? [] : [kept.reading])),
    request,
    io,
  )
  for (const { one, kept } of found) {
    const titles = run.implementations.find(({ name }) => name === one.implementation)?.titles ?? new Map()
    io.stdout.write(shown(one, caseHeading(one, titles), kept, directory, request, io))
  }
  return 0
}

/** Whether a file is a capture, by its first octets; a trace begins with a brace. */
function isCapture(path: string): boolean {
  const descriptor = openNamed(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    if (!fstatSync(descriptor).isFile()) return false
    const magic = Buffer.alloc(4)
    if (readSync(descriptor, magic) < magic.length) return false
    return isPacked(magic) || isCaptureMagic(magic)
  } finally {
    closeSync(descriptor)
  }
}

const isPacked = (magic: Uint8Array): boolean => magic[0] === 0x1f && magic[1] === 0x8b

/**
 * Prints the ladder of each conversation of a capture: the end that opened it, or was seen first,
 * is on the left.
 * @throws UsageError when no PPTP is in it.
 */
function showCapture(path: string, request: ShowRequest, io: Io): ExitCode {
  const remedy = 'Keep only what you want to see: tshark -r FILE -Y FILTER -w SMALLER'
  const octets = readNamedFile(path, { most: MOST_PACKED, name: request.what, remedy })
  const plain = isPacked(octets) ? gunzipSync(octets, { maxOutputLength: 4 * MOST_PACKED }) : octets
  const { conversations, frames, notes } = readCapture(plain, request.what)
  if (conversations.length === 0)
    throw new UsageError(
      nothingToJudge({ file: request.what, frames, notes }),
      'pptpspec judge --port reads control connections of another port',
    )
  writeCapture(
    conversations.map(({ trace }) => readTrace(trace)),
    request,
    io,
  )
  for (const conversation of conversations) {
    const { trace, tester, iut } = conversation
    io.stdout.write(`${tester} (left) and ${iut} (right)\n`)
    const numbers = new Map(trace.entries.map(({ index }) => [index, conversation.frames[index] ?? 0]))
    io.stdout.write(`${drawn(readTrace(trace), request, io, undefined, numbers)}\n`)
  }
  for (const note of notes) io.stdout.write(`note: ${harmless(note)}\n`)
  return 0
}

/** The kept trace and log of a case. */
interface Kept {
  readonly reading: ReadTrace
  /** Lines of the implementation's log. */
  readonly log: readonly string[]
}

function keptOf(one: ScenarioFinished, directory: string): Kept | undefined {
  const { files, result, round = 1 } = one
  if (files === undefined) return undefined
  const file = join(directory, files.trace)
  if (!files.trace.endsWith('.gz')) {
    const log = files.log === undefined ? [] : linesOf(readText(join(directory, files.log)))
    return { reading: readTrace(traceFromJson(readText(file), file)), log }
  }
  const packed = readNamedFile(file, { most: MOST_PACKED, remedy: 'Name a results directory' })
  const passed = findPassed(packed, { case: result.scenario, round }, file)
  if (passed === undefined)
    throw new UsageError(`${file} does not hold ${result.scenario}`, 'Play it again: pptpspec run --keep all')
  return { reading: readTrace(passed.trace), log: passed.log }
}

function writeCapture(readings: readonly ReadTrace[], { capture }: ShowRequest, io: Io): void {
  if (capture === undefined) return
  const [reading, another] = readings
  if (reading === undefined || another !== undefined)
    throw new UsageError(
      `--capture is for one case, but ${readings.length} cases with a trace match`,
      'Name one case and, with --implementation, one implementation',
    )
  const path = resolve(io.cwd, capture)
  try {
    writeFileSync(path, writePcapng(reading).octets)
  } catch (error) {
    throw new UsageError(
      `cannot write ${capture}: ${messageOf(error)}`,
      'Name a file in a folder that exists',
      {
        cause: error,
      },
    )
  }
}

function finished(
  { implementations }: RunTally,
  directory: string,
  wanted: string | undefined,
  request: ShowRequest,
  io: Io,
): readonly ScenarioFinished[] {
  const where = shortPath(directory, io.cwd)
  const all = implementations.flatMap(({ results }) => results)
  const known = [...new Set(all.map(({ result }) => result.scenario))]
  if (wanted === undefined)
    throw new UsageError(
      `${where} holds ${known.length} cases`,
      `Name one: ${known.slice(0, 3).join(', ')}${known.length > 3 ? ', ...' : ''}; a glob such as 'echo/*' shows several`,
    )
  const matches = caseMatcher(wanted)
  const found = all.filter(
    ({ result: { scenario }, implementation }) =>
      (request.implementation === undefined || implementation === request.implementation) &&
      matches(scenario),
  )
  if (found.length > 0) return found
  const nearest = nearestNames(wanted, namesLike(wanted, known))
  throw new UsageError(
    `${where} holds no result of ${wanted}${request.implementation === undefined ? '' : ` of ${request.implementation}`}`,
    nearest.length > 0
      ? `did you mean ${nearest.join(' or ')}?`
      : 'pptpspec list scenarios shows all that can be played',
  )
}

/** Formats a case: its result, its ladder and its log. */
function shown(
  one: ScenarioFinished,
  head: readonly string[],
  kept: Kept | undefined,
  directory: string,
  request: ShowRequest,
  io: Io,
): string {
  if (kept === undefined) {
    const why = one.counts === undefined ? 'not played: there is no trace' : 'its trace was not kept'
    return `${head.join('\n')}\n${why}\n\n`
  }
  const pcapng = one.files?.pcapng
  const body = drawn(kept.reading, request, io, one)
  const log = !request.log
    ? ''
    : kept.log.length === 0
      ? 'log: empty\n'
      : `log:\n${kept.log.map((line) => `  ${harmless(line)}\n`).join('')}`
  const capture =
    pcapng === undefined
      ? 'capture: not kept, because the case passed; --capture FILE writes one\n'
      : `capture: ${shortPath(join(directory, pcapng), io.cwd)}\n`
  return `${head.join('\n')}\n${capture}${body}${log}\n`
}

function drawn(
  reading: ReadTrace,
  request: ShowRequest,
  io: Io,
  one?: ScenarioFinished,
  frames?: ReadonlyMap<number, number>,
): string {
  return ladder(reading, {
    ...(frames === undefined ? {} : { frames }),
    width: request.width ?? columnsOf(io.stdout),
    colour: wantsColour(request.colour, io.stdout, io.env),
    detail: request.fields ? 'detailed' : 'brief',
    findings: [...(one?.result.findings ?? []), ...(one?.watched ?? [])],
  })
}

function linesOf(text: string): readonly string[] {
  return text.trimEnd().split('\n')
}

function readText(file: string): string {
  return readNamedText(file, { remedy: 'Name a trace that pptpspec wrote' })
}
