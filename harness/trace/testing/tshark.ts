import { execFile, execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { EnvironmentError } from '../../errors/errors.ts'

const run = promisify(execFile)

// What the capture promises must hold with every check that tshark has.
const CHECKS = ['-o', 'ip.check_checksum:TRUE', '-o', 'tcp.check_checksum:TRUE']

/** What tshark finds in a capture. */
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
 * Whether tests can use tshark. With PPTPSPEC_REQUIRE_TSHARK=1 its absence is an error, so that CI cannot skip unnoticed.
 * @throws EnvironmentError when it is required and not there.
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
 * The values of some fields, a row a frame; a field that a frame has not is empty, one that it has more than once is joined by `,`.
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

/** Counts what tshark finds in a capture file; see `tsharkFields` for errors. */
export async function tsharkCounts(file: string): Promise<TsharkCounts> {
  const rows = await tsharkFields(file, [
    'frame.number',
    'pptp',
    'gre',
    '_ws.malformed',
    '_ws.expert.severity',
    'ip.checksum.status',
    'tcp.checksum.status',
  ])
  const count = (test: (row: readonly string[]) => boolean) => rows.filter(test).length
  const severityError = String(0x800000)
  return {
    frames: rows.length,
    messages: count((row) => row[1] !== ''),
    gre: count((row) => row[2] !== ''),
    malformed: count((row) => row[3] !== ''),
    errors: count((row) => (row[4] ?? '').split(',').includes(severityError)),
    badChecksums: count((row) => row[5] === '0' || row[6] === '0'),
  }
}

/** Writes a capture to a temporary file for the time of `use`. */
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
