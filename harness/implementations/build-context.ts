import { createHash } from 'node:crypto'
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join, posix } from 'node:path'
import { PassThrough } from 'node:stream'
import { type PackOptions, pack } from 'tar-fs'
import { UsageError } from '../errors/errors.ts'

/** The folder in every build context for the files that all implementations share. */
const SHARED = 'shared'

const FILES_LIMIT = 5_000
const OCTETS_LIMIT = 256 * 1024 * 1024

/** The files that are sent to the engine to build an image. */
export interface BuildContext {
  /**
   * SHA-256 of names, modes and contents, in hexadecimal. Times, owners and the file system's order
   * do not matter.
   */
  readonly hash: string
  /** Creates a new tar stream of the files. */
  stream(): NodeJS.ReadableStream
}

/**
 * Opens the build context of an implementation: its folder, and the shared files below `shared/`.
 * Scripts (files that begin with #!) are executable in it, and no other files, whatever modes they
 * have in the file system or an npm package.
 * @throws UsageError when the folder is too large or has a `shared` of its own.
 */
export function openBuildContext(folder: string, shared: string): BuildContext {
  requireRoomForShared(folder)
  const own = describeTree(folder)
  const common = existsSync(shared) ? describeTree(shared) : []
  const modes = new Map(
    [...own, ...common.map((entry) => ({ ...entry, name: posix.join(SHARED, entry.name) }))].map((entry) => [
      entry.name,
      entry.mode,
    ]),
  )
  const digest = createHash('sha256')
  for (const [prefix, files] of [
    ['', own],
    [`${SHARED}/`, common],
  ] as const) {
    for (const file of files)
      digest.update(`${prefix}${file.name}\0${file.mode.toString(8)}\0${file.digest}\0`)
  }

  const normalise =
    (prefix: string): NonNullable<PackOptions['map']> =>
    (header) => {
      const name = posix.join(prefix, header.name)
      return { ...header, name, mode: modes.get(name) ?? 0o755, mtime: new Date(0), uid: 0, gid: 0 }
    }
  return {
    hash: digest.digest('hex'),
    stream: () => {
      const tar = new PassThrough()
      const first = pack(folder, {
        map: normalise(''),
        finalize: false,
        finish: (both) => {
          pack(shared, {
            map: normalise(SHARED),
            pack: both,
            ...(common.length === 0 ? { entries: [] } : {}),
          })
        },
      })
      first.on('error', (error) => tar.destroy(error))
      first.pipe(tar)
      return tar
    },
  }
}

/** @throws UsageError when an implementation folder has a `shared` of its own. */
export function requireRoomForShared(folder: string): void {
  if (!existsSync(join(folder, SHARED))) return
  throw new UsageError(
    `${folder}/${SHARED}: every build context gets a folder of this name, with the shared files`,
    'Rename that file or folder.',
  )
}

interface TreeFile {
  /** Path inside the tree, with slashes. */
  readonly name: string
  readonly mode: number
  readonly digest: string
}

function describeTree(root: string): readonly TreeFile[] {
  const files: TreeFile[] = []
  let octets = 0
  const visit = (folder: string) => {
    for (const name of readdirSync(join(root, folder)).sort()) {
      const path = posix.join(folder, name)
      const full = join(root, path)
      const stat = lstatSync(full)
      if (stat.isDirectory()) {
        visit(path)
        continue
      }
      octets += stat.size
      if (files.length >= FILES_LIMIT || octets > OCTETS_LIMIT) {
        throw new UsageError(
          `${root}: more than ${FILES_LIMIT} files or ${OCTETS_LIMIT} octets`,
          'Keep only what the image needs in an implementation folder.',
        )
      }
      if (stat.isSymbolicLink()) files.push({ name: path, mode: 0o777, digest: `-> ${readlinkSync(full)}` })
      else if (stat.isFile()) files.push({ name: path, ...describeFile(readFileSync(full)) })
    }
  }
  visit('')
  return files
}

function describeFile(content: Buffer): Pick<TreeFile, 'mode' | 'digest'> {
  const script = content.subarray(0, 2).toString('latin1') === '#!'
  return { mode: script ? 0o755 : 0o644, digest: createHash('sha256').update(content).digest('hex') }
}
