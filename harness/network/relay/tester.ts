import { createSystemNetwork } from '../system.ts'
import { serveRelay } from './end.ts'
import { BEGINNING, jsonFrame, REPORTS } from './frames.ts'

/**
 * The program of a tester's container: holds its sockets, and nothing else. It takes commands
 * on standard input, and exits when that is closed: the process that started it is then gone.
 */

/** Octets that may wait to be read by the other half before connections are no longer read. */
const ROOM = 4 * 1024 * 1024
/** Octets that may wait at all: packets cannot be held back. */
const MOST_WAITING = 256 * 1024 * 1024

/** Octets that are passed over in search of the beginning. */
const MOST_BEFORE = 65_536

const { stdin, stdout, stderr } = process
let pieces: Uint8Array[] = []

/** What is written in one turn leaves together. */
function write(octets: Uint8Array): void {
  if (pieces.push(octets) === 1) setImmediate(flush)
}

function flush(): void {
  const octets = Buffer.concat(pieces)
  pieces = []
  stdout.write(octets)
  if (stdout.writableLength > MOST_WAITING) fail('what holds the other end does not read')
  if (stdout.writableLength > ROOM) end.crowded(true)
}

function fail(why: string): never {
  stderr.write(`${why}\n`)
  process.exit(1)
}

const end = serveRelay(createSystemNetwork, write)
stdout.on('drain', () => end.crowded(false))
// Whoever read it is gone.
stdout.on('error', () => process.exit(0))
/** What has come before the beginning; undefined after it. */
let before: Buffer | undefined = Buffer.alloc(0)
stdin.on('data', (octets: Buffer) => {
  let rest = octets
  if (before !== undefined) {
    before = Buffer.concat([before, octets])
    const at = before.indexOf(BEGINNING)
    if (at === -1 && before.length > MOST_BEFORE) fail('what comes on standard input is none of ours')
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
