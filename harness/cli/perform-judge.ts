import { resolve } from 'node:path'
import { MONITORS } from '../../suites/monitors/index.ts'
import { UsageError } from '../errors/errors.ts'
import { readNamedFile } from '../files/named-file.ts'
import { isBroken, judgeConversation } from '../report/judgement.ts'
import { judgementText, nothingToJudge } from '../report/judgement-text.ts'
import { readCapture } from '../trace/capture.ts'
import { type ColourChoice, type ExitCode, type Io, wantsColour } from './io.ts'

/** What `pptpspec judge` was asked for. */
export interface JudgeRequest {
  readonly file: string
  readonly verbose: boolean
  readonly json: boolean
  readonly colour: ColourChoice
}

/** Octets; a capture is read as a whole. */
const LARGEST_FILE = 1024 * 1024 * 1024

/**
 * Judges a capture file and prints what was found.
 * @throws UsageError when it is no capture, or there is no PPTP in it.
 */
export function performJudge(request: JudgeRequest, io: Io): ExitCode {
  const { file, json, verbose, colour } = request
  const { conversations, frames, notes } = readCapture(
    readNamedFile(resolve(io.cwd, file), {
      most: LARGEST_FILE,
      remedy: 'Name a pcap or pcapng file',
      whenLarger: "Keep what matters: tshark -r FILE -Y 'tcp.port == 1723 or gre' -w SMALLER",
    }),
    file,
  )
  const facts = { file, frames, notes }
  if (conversations.length === 0)
    throw new UsageError(
      nothingToJudge(facts),
      'Capture TCP port 1723 and IP protocol 47 between the two ends, from before the connection is opened',
    )
  const judged = conversations.map((conversation) => judgeConversation(conversation, MONITORS))
  io.stdout.write(
    json
      ? `${JSON.stringify({ ...facts, conversations: judged }, null, 2)}\n`
      : judgementText(judged, facts, { verbose, colour: wantsColour(colour, io.stdout, io.env) }),
  )
  return isBroken(judged) ? 1 : 0
}
