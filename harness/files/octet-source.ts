import { closeSync, constants, fstatSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, type Transform } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import zlib from 'node:zlib'
import { messageOf, UsageError } from '../errors/errors.ts'
import { openNamed } from './named-file.ts'

/**
 * A file that the user named, or standard input, which is read in pieces and may be read more than
 * once.
 */
export interface OctetSource {
  /** The name for messages. */
  readonly name: string
  /**
   * Reads it from the beginning, unpacked if it is packed. The second reading begins when the first
   * has ended.
   * @throws UsageError when it cannot be read or unpacked.
   */
  open(): AsyncGenerator<Uint8Array, void, void>
  /** Closes it, and frees what was kept of it. */
  close(): void
}

/** Octets of a piece. */
const PIECE = 1024 * 1024
/** ms between two looks at a pipe without octets. */
const PAUSE = 20
/** The most octets of a pipe that are kept on disk for the second reading. */
const MOST_KEPT = 16 * 1024 * 1024 * 1024
const REMEDY = 'Name a pcap or pcapng file'

/**
 * Makes a source of a file. A pipe or device is kept in a temporary file while it is read first.
 */
export function fileSource(path: string, name: string): OctetSource {
  let descriptor: number
  let isFile: boolean
  try {
    // Without waiting: the opening of a pipe would block until somebody writes to it.
    descriptor = openNamed(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const stat = fstatSync(descriptor)
    if (stat.isDirectory()) throw new Error('it is a directory')
    isFile = stat.isFile()
  } catch (error) {
    throw new UsageError(`cannot read ${name}: ${messageOf(error)}`, REMEDY, { cause: error })
  }
  const close = () => closeSync(descriptor)
  if (isFile) return { name, open: () => unpacked(piecesOf(descriptor, name), name), close }
  return keptSource(polled(descriptor, name), name, close)
}

/** Makes a source of a stream that can be read only once. */
export function streamSource(stream: AsyncIterable<Uint8Array>, name: string): OctetSource {
  return keptSource(stream, name, () => {})
}

function keptSource(stream: AsyncIterable<Uint8Array>, name: string, close: () => void): OctetSource {
  const kept = openTemporary()
  let isRead = false
  return {
    name,
    open() {
      if (isRead) return unpacked(piecesOf(kept, name), name)
      isRead = true
      return unpacked(keeping(stream, kept, name), name)
    },
    close() {
      closeSync(kept)
      close()
    },
  }
}

/** Opens a temporary file that vanishes when it is closed. */
function openTemporary(): number {
  const folder = mkdtempSync(join(tmpdir(), 'pptpspec-'))
  const descriptor = openSync(join(folder, 'capture'), 'w+', 0o600)
  rmSync(folder, { recursive: true })
  return descriptor
}

async function* keeping(
  stream: AsyncIterable<Uint8Array>,
  kept: number,
  name: string,
): AsyncGenerator<Uint8Array, void, void> {
  let at = 0
  for await (const octets of stream) {
    for (let done = 0; done < octets.length; )
      done += writeSync(kept, octets, done, octets.length - done, at + done)
    at += octets.length
    if (at > MOST_KEPT)
      throw new UsageError(`${name} is larger than ${MOST_KEPT} octets`, 'Write it to a file, and name that')
    yield octets
  }
}

async function* piecesOf(descriptor: number, name: string): AsyncGenerator<Uint8Array, void, void> {
  for (let at = 0; ; ) {
    const octets = new Uint8Array(PIECE)
    let count: number
    try {
      count = readSync(descriptor, octets, 0, PIECE, at)
    } catch (error) {
      throw new UsageError(`cannot read ${name}: ${messageOf(error)}`, REMEDY, { cause: error })
    }
    if (count === 0) return
    at += count
    yield octets.subarray(0, count)
  }
}

/** Reads a pipe or device that was opened without waiting. */
async function* polled(descriptor: number, name: string): AsyncGenerator<Uint8Array, void, void> {
  // As long as nobody has opened a pipe for writing, it reads as if it had ended.
  let hasWriter = !fstatSync(descriptor).isFIFO()
  for (;;) {
    const octets = new Uint8Array(PIECE / 16)
    const count = readNow(descriptor, octets, name)
    if (count === 0 && hasWriter) return
    if (count !== 0) hasWriter = true
    if (count !== undefined && count > 0) yield octets.subarray(0, count)
    else await sleep(PAUSE)
  }
}

/** Reads what has come; undefined when nothing has. */
function readNow(descriptor: number, octets: Uint8Array, name: string): number | undefined {
  try {
    return readSync(descriptor, octets, 0, octets.length, null)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined
    throw new UsageError(`cannot read ${name}: ${messageOf(error)}`, REMEDY, { cause: error })
  }
}

/** Unpacks gzip, and zstd where this version of Node can. */
async function* unpacked(
  pieces: AsyncGenerator<Uint8Array, void, void>,
  name: string,
): AsyncGenerator<Uint8Array, void, void> {
  const begin: Uint8Array[] = []
  for (let size = 0; size < MAGIC_OCTETS; ) {
    const { value, done } = await pieces.next()
    if (done) break
    begin.push(value)
    size += value.length
  }
  const all = prepended(begin, pieces)
  const unpacker = unpackerFor(Buffer.concat(begin.map((piece) => piece.subarray(0, MAGIC_OCTETS))))
  if (unpacker === undefined) {
    yield* all
    return
  }
  const packed = Readable.from(all)
  packed.on('error', (error) => unpacker.destroy(error))
  packed.pipe(unpacker)
  try {
    for await (const piece of unpacker) yield piece
  } catch (cause) {
    if (cause instanceof UsageError) throw cause
    throw new UsageError(`${name} cannot be unpacked: ${messageOf(cause)}`, REMEDY, { cause })
  } finally {
    packed.destroy()
  }
}

async function* prepended(
  begin: readonly Uint8Array[],
  rest: AsyncGenerator<Uint8Array, void, void>,
): AsyncGenerator<Uint8Array, void, void> {
  yield* begin
  yield* rest
}

/** Octets at the beginning of a file that tell how it is packed. */
const MAGIC_OCTETS = 4

/** The first octets of a zstd file. */
const ZSTD = [0x28, 0xb5, 0x2f, 0xfd]

function unpackerFor(magic: Uint8Array): Transform | undefined {
  if (magic[0] === 0x1f && magic[1] === 0x8b) return zlib.createGunzip({ chunkSize: PIECE / 4 })
  const isZstd = ZSTD.every((octet, at) => magic[at] === octet)
  const { createZstdDecompress } = zlib as { createZstdDecompress?: typeof zlib.createGunzip }
  return isZstd ? createZstdDecompress?.({ chunkSize: PIECE / 4 }) : undefined
}
