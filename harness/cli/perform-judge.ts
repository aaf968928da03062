import { resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { MONITORS } from '../../suites/monitors/index.ts'
import { messageOf, UsageError } from '../errors/errors.ts'
import { readNamedFile } from '../files/named-file.ts'
import { isBroken, judgeConversation } from '../report/judgement.ts'
import { judgementText, nothingToJudge } from '../report/judgement-text.ts'
import { readCapture } from '../trace/capture.ts'
import { strangerIn } from '../trace/stranger.ts'
import { type ColourChoice, type ExitCode, type Io, wantsColour } from './io.ts'

/** The arguments of `pptpspec judge`. */
export interface JudgeRequest {
  readonly file: string
  readonly verbose: boolean
  readonly json: boolean
  readonly colour: ColourChoice
}

/** Octets of the largest capture that is read: it is held in memory as a whole. */
const LARGEST_FILE = 1024 * 1024 * 1024

const WHEN_LARGER = "Keep only PPTP and GRE: tshark -r FILE -Y 'tcp.port == 1723 or gre' -w SMALLER"

/**
 * Unpacks a file if it is compressed with gzip.
 * @throws UsageError when it is damaged, or larger than can be read.
 */
function unpacked(octets: Uint8Array, file: string): Uint8Array {
  if (octets[0] !== 0x1f || octets[1] !== 0x8b) return octets
  try {
    return gunzipSync(octets, { maxOutputLength: LARGEST_FILE })
  } catch (cause) {
    throw new UsageError(`${file} cannot be unpacked: ${messageOf(cause)}`, WHEN_LARGER, { cause })
  }
}

/**
 * Judges a capture file and prints the findings.
 * @throws UsageError when the file is not a capture, or has no PPTP in it.
 */
export function performJudge(request: JudgeRequest, io: Io): ExitCode {
  const { file, json, verbose, colour } = request
  const octets = readNamedFile(resolve(io.cwd, file), {
    most: LARGEST_FILE,
    remedy: 'Name a pcap or pcapng file',
    whenLarger: WHEN_LARGER,
  })
  const { conversations: all, frames, notes: found } = readCapture(unpacked(octets, file), file)
  const strangers = all.flatMap((one) => strangerIn(one) ?? [])
  const conversations = all.filter((one) => strangerIn(one) === undefined)
  const facts = { file, frames, notes: [...found, ...strangers] }
  if (conversations.length === 0)
    throw new UsageError(
      strangers.length === 0
        ? nothingToJudge(facts)
        : `${file}: ${frames} frames, no PPTP conversation among them: ${[...new Set(strangers)].join('; ')}`,
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
