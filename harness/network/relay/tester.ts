import { createSystemNetwork } from '../system.ts'
import { serveRelay } from './end.ts'
import { BEGINNING, jsonFrame, REPORTS } from './frames.ts'

/**
 * The program of a tester's container. It holds sockets, and takes commands on standard input. It
 * exits when standard input is closed, because the process that started it has then ended.
 */

/** When more octets than this wait for the other half, connections are no longer read. */
const ROOM = 4 * 1024 * 1024
/** When more octets than this wait, the program fails: GRE packets cannot be held back. */
const MOST_WAITING = 256 * 1024 * 1024

/** The most octets that are skipped in search of `BEGINNING`. */
const MOST_BEFORE = 65_536

const { stdin, stdout, stderr } = process
let pieces: Uint8Array[] = []

/** Queues octets for standard output; all octets of one turn of the event loop leave together. */
function write(octets: Uint8Array): void {
  if (pieces.push(octets) === 1) setImmediate(flush)
}

function flush(): void {
  const octets = Buffer.concat(pieces)
  pieces = []
  stdout.write(octets)
  if (stdout.writableLength > MOST_WAITING) fail('the program that started this one does not read its output')
  if (stdout.writableLength > ROOM) end.crowded(true)
}

function fail(why: string): never {
  stderr.write(`${why}\n`)
  process.exit(1)
}

const end = serveRelay(createSystemNetwork, write)
stdout.on('drain', () => end.crowded(false))
// The program that read standard output has ended.
stdout.on('error', () => process.exit(0))
/** The octets before `BEGINNING`; undefined once it has arrived. */
let before: Buffer | undefined = Buffer.alloc(0)
stdin.on('data', (octets: Buffer) => {
  let rest = octets
  if (before !== undefined) {
    before = Buffer.concat([before, octets])
    const at = before.indexOf(BEGINNING)
    if (at === -1 && before.length > MOST_BEFORE) fail('standard input does not begin as pptpspec begins it')
    if (at === -1) return
    rest = before.subarray(at + BEGINNING.length)
    before = undefined
  }
  try {
    end.push(rest)
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error))
  }
})
stdin.on('end', () => void end.close().finally(() => process.exit(0)))
write(jsonFrame(REPORTS.hello, 0, { format: 1 }))
