import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PAGE_BUNDLE } from './bundle.ts'
import type { PageProgram } from './page.ts'

let made: PageProgram | undefined

/**
 * Returns the script and the style sheet of the page. After a build they lie beside this module;
 * otherwise they are made from `report-page/`, once in a process.
 */
export function pageProgram(): PageProgram {
  made ??= extname(import.meta.url) === '.ts' ? bundled() : beside()
  return made
}

function beside(): PageProgram {
  const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8')
  return { script: read('./report-page.js'), style: read('./report-page.css') }
}

function bundled(): PageProgram {
  const { buildSync } = createRequire(import.meta.url)('esbuild') as typeof import('esbuild')
  const { outputFiles } = buildSync({
    ...PAGE_BUNDLE,
    entryPoints: { 'report-page': fileURLToPath(new URL('../../../report-page/main.tsx', import.meta.url)) },
    outdir: 'report-page',
    write: false,
  })
  const textOf = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? ''
  return { script: textOf('.js'), style: textOf('.css') }
}
