import { resolve } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { MONITORS } from '../../suites/monitors/index.ts'
import { UsageError } from '../errors/errors.ts'
import { fileSource, type OctetSource, streamSource } from '../files/octet-source.ts'
import { type Alike, createAlike } from '../report/alike.ts'
import { createJudgement, isBroken, type JudgedConversation } from '../report/judgement.ts'
import { captureText, conversationText, interruptedText, nothingToJudge } from '../report/judgement-text.ts'
import type { ConversationSink } from '../trace/conversations.ts'
import { type FollowedCapture, followCapture } from '../trace/follow-capture.ts'
import { createProgress } from './capture-progress.ts'
import { type ColourChoice, type ExitCode, type Io, wantsColour } from './io.ts'

/** The arguments of `pptpspec judge`. */
export interface JudgeRequest {
  readonly files: readonly string[]
  readonly verbose: boolean
  readonly json: boolean
  readonly port: number | undefined
  /** The only two addresses whose packets are read; undefined for all. */
  readonly between: readonly [string, string] | undefined
  readonly colour: ColourChoice
}

/** ms of work after which signals are looked for. */
const SLICE = 20

/**
 * Judges captures, each conversation as it ends, and prints the findings.
 * @throws UsageError when a file is not a capture, or has no PPTP in it.
 */
export async function performJudge(request: JudgeRequest, io: Io): Promise<ExitCode> {
  const sources = openSources(request.files, io)
  const stop = listen(io)
  const results = createResults(request, io)
  const progress = createProgress(io.stderr)
  let sliceEnds = performance.now() + SLICE
  try {
    const capture = await followCapture(sources, {
      port: request.port,
      wants: wanted(request),
      begin: results.begin,
      unlessEnded: (work) => Promise.race([work, stop.interrupted]),
      async pause(frames, of) {
        if (performance.now() > sliceEnds) {
          progress.show(frames, of)
          await nextTurn()
          sliceEnds = performance.now() + SLICE
        }
        return stop.reason() === undefined
      },
    })
    progress.clear()
    return results.finish(capture, stop.reason())
  } finally {
    progress.clear()
    stop.end()
    for (const source of sources) source.close()
  }
}

/** @throws UsageError when a file cannot be opened, or standard input is named twice. */
function openSources(files: readonly string[], io: Io): readonly OctetSource[] {
  if (files.filter((file) => file === '-').length > 1)
    throw new UsageError('standard input is named more than once', 'Name - once')
  return files.map((file) =>
    file === '-' ? streamSource(io.stdin, 'standard input') : fileSource(resolve(io.cwd, file), file),
  )
}

function wanted({ between }: JudgeRequest): ((source: string, destination: string) => boolean) | undefined {
  return between === undefined
    ? undefined
    : (source, destination) => between.includes(source) && between.includes(destination)
}

/** Looks for interruptions from now on. */
function listen(io: Io): {
  readonly interrupted: Promise<undefined>
  reason(): string | undefined
  end(): void
} {
  let reason: string | undefined
  let announce = () => {}
  const interrupted = new Promise<undefined>((resolved) => {
    announce = () => resolved(undefined)
  })
  const end = io.onInterruption((interruption) => {
    reason = interruption.reason
    announce()
  })
  return { interrupted, reason: () => reason, end }
}

/** Writes what is found, and sums it up. */
interface Results {
  begin(ends: { readonly tester: string; readonly iut: string }): ConversationSink
  /** @throws UsageError when there was no PPTP in the capture. */
  finish(capture: FollowedCapture, interruption: string | undefined): ExitCode
}

function createResults(request: JudgeRequest, io: Io): Results {
  const { json, verbose } = request
  const colour = wantsColour(request.colour, io.stdout, io.env)
  const alike: Alike = createAlike()
  const strangers = new Map<string, number>()
  let judged = 0
  let underway = 0
  let broken = false

  function write(one: JudgedConversation): void {
    judged++
    broken ||= isBroken([one])
    if (!alike.isNew(one)) return
    io.stdout.write(json ? `${JSON.stringify(one)}\n` : conversationText(one, { verbose, colour }))
  }

  return {
    begin(ends) {
      underway++
      const judgement = createJudgement(ends, MONITORS)
      return {
        take: judgement.take,
        end(startedAt) {
          underway--
          const stranger = judgement.stranger()
          if (stranger === undefined) write(judgement.end(startedAt))
          else strangers.set(stranger, (strangers.get(stranger) ?? 0) + 1)
        },
      }
    },
    finish(capture, interruption) {
      const file = request.files.join(' ')
      const notes = [...filesOf(request, capture), ...capture.notes, ...counts(strangers)]
      const facts = { file, frames: capture.frames, conversations: judged, notes, alike: alike.repeated() }
      if (capture.isWhole && judged === 0) throw nothing(facts, [...strangers.keys()])
      io.stdout.write(json ? `${JSON.stringify(facts)}\n` : captureText(facts))
      if (capture.isWhole) return broken ? 1 : 0
      const state = { judged, underway, frames: capture.frames, of: capture.of }
      io.stderr.write(interruptedText(interruption ?? 'interrupted', state))
      return 3
    },
  }
}

/** Says which frames of the capture are in which file. */
function filesOf({ files }: JudgeRequest, { each }: FollowedCapture): readonly string[] {
  if (files.length < 2) return []
  let before = 0
  return each.map((count, at) => {
    const first = before + 1
    before += count
    return `frames ${first} to ${before} are those of ${files[at]}`
  })
}

function counts(strangers: ReadonlyMap<string, number>): readonly string[] {
  return [...strangers].map(([what, count]) => (count === 1 ? what : `${count} times ${what}`))
}

function nothing(
  facts: { readonly file: string; readonly frames: number; readonly notes: readonly string[] },
  strangers: readonly string[],
): UsageError {
  return new UsageError(
    strangers.length === 0
      ? nothingToJudge(facts)
      : `${facts.file}: ${facts.frames} frames, no PPTP conversation among them: ${strangers.join('; ')}`,
    'Capture TCP port 1723 and IP protocol 47 between the two ends, from before the connection is opened; --port names another port',
  )
}
