import { readdirSync } from 'node:fs'
import { extname } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** A module found below a folder. */
export interface FoundModule {
  /** Its file below that folder: `echo/reply.ts`, or `echo/reply.js` in the built package. */
  readonly file: string
  /** The same without the extension: `echo/reply`. */
  readonly path: string
  readonly exports: Readonly<Record<string, unknown>>
}

/** The extension of modules: `.ts` in a checkout, `.js` in the built package. */
const EXTENSION = extname(import.meta.url)
/** What a bundle is made from, whatever the program that makes it has been made into. */
const SOURCE = '.ts'

/**
 * Imports the modules below a folder whose path is wanted, sorted by path. Tests, declarations and
 * folders called `testing` are left out.
 * @throws whatever a module throws while it is evaluated.
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
 * The source of a module that exports, under that name, what `importModules` returns in a checkout.
 * Its imports are static, so that a bundler can follow them.
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

/** Files that are no part of the program. */
const LEFT_OUT = /\.(test|d)\.\w+$|(^|\/)testing\//
