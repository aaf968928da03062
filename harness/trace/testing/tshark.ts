import { execFile, execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { EnvironmentError } from '../../errors/errors.ts'
import type { Capture } from '../pcapng.ts'

const run = promisify(execFile)

// Captures have to pass every check of tshark.
const CHECKS = ['-o', 'ip.check_checksum:TRUE', '-o', 'tcp.check_checksum:TRUE']

/** tshark's counts of a capture. */
export interface TsharkCounts {
  readonly frames: number
  /** Frames with a PPTP control message. */
  readonly messages: number
  /** Frames with a GRE packet. */
  readonly gre: number
  /** Frames marked as malformed. */
  readonly malformed: number
  /** Frames with expert information of severity error. */
  readonly errors: number
  /** Frames whose IPv4 or TCP checksum is wrong. */
  readonly badChecksums: number
}

/**
 * Whether tests can use tshark. With PPTPSPEC_REQUIRE_TSHARK=1 a missing tshark is an error, so
 * that CI cannot skip tests unnoticed.
 * @throws EnvironmentError when tshark is required and missing.
 */
export function haveTshark(): boolean {
  try {
    execFileSync('tshark', ['--version'], { stdio: 'ignore' })
    return true
  } catch (error) {
    if (process.env.PPTPSPEC_REQUIRE_TSHARK === '1')
      throw new EnvironmentError(
        'tshark is required and does not run',
        'Install tshark (apt-get install tshark)',
        {
          cause: error,
        },
      )
    return false
  }
}

/**
 * Reads the values of some fields, one row for each frame. A missing field is empty; several values
 * of a field are joined by `,`.
 * @throws the error of the process when tshark cannot read the file, or reads it only in part.
 */
export async function tsharkFields(
  file: string,
  fields: readonly string[],
): Promise<readonly (readonly string[])[]> {
  const { stdout, stderr } = await run(
    'tshark',
    ['-r', file, '-n', ...CHECKS, '-T', 'fields', ...fields.flatMap((field) => ['-e', field])],
    { maxBuffer: 256 * 1024 * 1024 },
  )
  // tshark reports a broken file on stderr and may still exit with 0.
  if (/damaged|corrupt|cut short|malformed pcapng/i.test(stderr)) throw new Error(stderr)
  return stdout
    .split('\n')
    .filter((line, at, lines) => line !== '' || at < lines.length - 1)
    .map((line) => line.split('\t'))
}

/** The header of enhanced GRE by tshark's names, in the order of the header. */
export const GRE_FIELDS = [
  'gre.proto',
  'gre.flags.checksum',
  'gre.flags.routing',
  'gre.flags.key',
  'gre.flags.sequence_number',
  'gre.flags.strict_source_route',
  'gre.flags.recursion_control',
  'gre.flags.ack',
  'gre.flags.reserved',
  'gre.flags.version',
  'gre.key.payload_length',
  'gre.key.call_id',
  'gre.sequence_number',
  'gre.ack_number',
] as const

/** One frame as tshark dissects it. */
export interface TsharkFrame {
  /** Its protocols from the outermost on. */
  readonly layers: readonly string[]
  /** Fields of GRE by tshark's names; a field that the packet lacks is empty. */
  readonly gre: Readonly<Record<string, string>>
}

/** The fields from which counts and frames are made; those of GRE come last. */
const COUNTED_FIELDS = [
  'frame.protocols',
  'pptp',
  'gre',
  '_ws.malformed',
  '_ws.expert.severity',
  'ip.checksum.status',
  'tcp.checksum.status',
  ...GRE_FIELDS,
] as const

/** Makes counts from rows of `COUNTED_FIELDS`. */
function countsOf(rows: readonly (readonly string[])[], foreignPpp = false): TsharkCounts {
  const count = (test: (row: readonly string[]) => boolean) => rows.filter(test).length
  const ours = (row: readonly string[]) => !foreignPpp || !(row[0] ?? '').split(':').includes('ppp')
  const severityError = String(0x800000)
  return {
    frames: rows.length,
    messages: count((row) => row[1] !== ''),
    gre: count((row) => row[2] !== ''),
    malformed: count((row) => ours(row) && row[3] !== ''),
    errors: count((row) => ours(row) && (row[4] ?? '').split(',').includes(severityError)),
    // One value for each IP header: a tunnel has one inside another.
    badChecksums: count(
      (row) => ours(row) && [row[5], row[6]].some((status) => status?.split(',').includes('0')),
    ),
  }
}

/** Everything that tests need from tshark about a capture. */
export interface TsharkReading {
  readonly counts: TsharkCounts
  readonly frames: readonly TsharkFrame[]
}

/** How tshark reads a capture in tests. */
export interface TsharkOptions {
  /**
   * Whether others made the contents of the tunnel: then frames with PPP do not count as malformed
   * or as errors, or for their checksums. Decryption with a wrong key, or after a loss, yields any
   * octets.
   */
  readonly foreignPpp?: boolean
}

/**
 * Reads everything that tests need about a capture file, in one process; see `tsharkFields` for
 * errors.
 */
export async function readWithTshark(
  file: string,
  { foreignPpp = false }: TsharkOptions = {},
): Promise<TsharkReading> {
  return readingOf(await tsharkFields(file, COUNTED_FIELDS), foreignPpp)
}

function readingOf(rows: readonly (readonly string[])[], foreignPpp: boolean): TsharkReading {
  return {
    counts: countsOf(rows, foreignPpp),
    frames: rows.map(([protocols = '', , , , , , , ...gre]) => ({
      layers: protocols.split(':'),
      gre: Object.fromEntries(GRE_FIELDS.map((field, at) => [field, gre[at] ?? ''])),
    })),
  }
}

/** Counts what tshark finds in a capture file; see `tsharkFields` for errors. */
export async function tsharkCounts(file: string): Promise<TsharkCounts> {
  return (await readWithTshark(file)).counts
}

/** A capture and the number of its frames. */
export interface CaptureToRead {
  readonly octets: Uint8Array
  readonly frames: number
}

/**
 * Reads several captures. They are joined and read by one process: its start takes a quarter of a
 * second, longer than reading a capture. See `tsharkFields` for errors.
 * @throws Error when tshark finds another number of frames than we wrote.
 */
export async function readEachWithTshark(
  captures: readonly CaptureToRead[],
  { foreignPpp = false }: TsharkOptions = {},
): Promise<readonly TsharkReading[]> {
  const rows = await withMergedCaptures(
    captures.map(({ octets }) => octets),
    (file) => tsharkFields(file, COUNTED_FIELDS),
  )
  const written = captures.reduce((sum, { frames }) => sum + frames, 0)
  if (rows.length !== written)
    throw new Error(`tshark finds ${rows.length} frames in all captures, but ${written} were written`)
  let next = 0
  return captures.map(({ frames }) => {
    next += frames
    return readingOf(rows.slice(next - frames, next), foreignPpp)
  })
}

/**
 * Counts what tshark finds in each of several captures; see `readEachWithTshark`. A capture whose
 * counts differ from those that we wrote is read again alone: if an earlier connection had the same
 * two ports, tshark takes a segment for a retransmission on that connection.
 */
export async function tsharkCountsEach(
  captures: readonly Pick<Capture, 'octets' | 'counts'>[],
): Promise<readonly TsharkCounts[]> {
  const readings = await readEachWithTshark(
    captures.map(({ octets, counts }) => ({ octets, frames: counts.frames })),
  )
  return Promise.all(
    readings.map(async ({ counts: found }, at) => {
      const { octets, counts } = captures[at] ?? { octets: new Uint8Array(), counts: found }
      const agree = found.messages === counts.messages && found.gre === counts.gre && found.badChecksums === 0
      return agree ? found : withCapture(octets, tsharkCounts)
    }),
  )
}

/**
 * Joins captures into one file while `use` runs, one after the other, so that one tshark reads them
 * all.
 */
export async function withMergedCaptures<R>(
  captures: readonly Uint8Array[],
  use: (file: string) => Promise<R>,
): Promise<R> {
  const directory = await mkdtemp(join(tmpdir(), 'pptpspec-capture-'))
  try {
    const files = captures.map((_, at) => join(directory, `${at}.pcapng`))
    await Promise.all(captures.map((octets, at) => writeFile(files[at] ?? '', octets)))
    const merged = join(directory, 'merged.pcapng')
    await run('mergecap', ['-a', '-w', merged, ...files])
    return await use(merged)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** Writes a capture to a temporary file while `use` runs. */
export async function withCapture<R>(octets: Uint8Array, use: (file: string) => Promise<R>): Promise<R> {
  const directory = await mkdtemp(join(tmpdir(), 'pptpspec-capture-'))
  try {
    const file = join(directory, 'capture.pcapng')
    await writeFile(file, octets)
    return await use(file)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
