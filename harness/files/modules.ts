import { readdirSync } from 'node:fs'
import { extname } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** A module found below a folder. */
export interface FoundModule {
  /** Path of its file in that folder: `echo/reply.ts`, or `echo/reply.js` in the built package. */
  readonly file: string
  /** `file` without its extension: `echo/reply`. */
  readonly path: string
  readonly exports: Readonly<Record<string, unknown>>
}

/** The extension of this program's modules: `.ts` in a checkout, `.js` in the built package. */
const EXTENSION = extname(import.meta.url)
/** The extension of source modules: a bundle is made from them, even by a built program. */
const SOURCE = '.ts'

/**
 * Imports the modules in a folder and its subfolders, sorted by path. Tests, declarations and
 * folders called `testing` are left out.
 * @param wanted says whether to import the module of a path, such as `echo/reply`.
 * @throws the error that a module throws while it is evaluated.
 */
export function importModules(
  folder: URL,
  wanted: (path: string) => boolean,
): Promise<readonly FoundModule[]> {
  return Promise.all(
    pathsBelow(folder, wanted, EXTENSION).map(async (path) => ({
      file: path + EXTENSION,
      path,
      exports: await import(pathToFileURL(fileURLToPath(folder) + path + EXTENSION).href),
    })),
  )
}

/**
 * Returns the source of a module that exports, as `name`, what `importModules` returns in a
 * checkout. Its imports are static, so that a bundler can follow them.
 */
export function staticModules(folder: URL, wanted: (path: string) => boolean, name: string): string {
  const paths = pathsBelow(folder, wanted, SOURCE)
  const quoted = JSON.stringify
  return [
    ...paths.map(
      (path, at) => `import * as module${at} from ${quoted(fileURLToPath(folder) + path + SOURCE)}`,
    ),
    `export const ${name} = [`,
    ...paths.map(
      (path, at) => `  { file: ${quoted(path + SOURCE)}, path: ${quoted(path)}, exports: module${at} },`,
    ),
    ']',
  ].join('\n')
}

function pathsBelow(folder: URL, wanted: (path: string) => boolean, extension: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => extname(file) === extension && !LEFT_OUT.test(file))
    .map((file) => file.slice(0, -extension.length))
    .filter(wanted)
    .sort()
}

/** Matches paths of files that are not part of the program. */
const LEFT_OUT = /\.(test|d)\.\w+$|(^|\/)testing\//
