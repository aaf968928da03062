/**
 * The programs of a checkout. Node does not read TypeScript, and to teach it (tsx) costs a second in each process, for
 * there are 600 modules. So they are put together with esbuild when one of them has changed, and loaded from there.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const ROOT = new URL('../../', import.meta.url)
/** What programs are made of, and what says how. */
const SOURCES = ['harness', 'suites', 'bench', 'package-lock.json']
/** Programs by their names: the command line, the threads that it starts, the benchmarks. They lie side by side. */
const PROGRAMS = {
  main: 'harness/cli/main.ts',
  'prove-worker': 'harness/proof/prove-worker.ts',
  bench: 'bench/main.ts',
}
/** How long programs of older sources are kept, in ms: some may still be running. */
const KEPT = 24 * 60 * 60 * 1_000

/** A name for the sources as they are now: of another size, of another time, or more or fewer, they have another. */
function nameOfSources() {
  const hash = createHash('sha256')
  /** @param {string} path */
  const look = (path) => {
    const { size, mtimeMs } = statSync(path)
    hash.update(`${path} ${size} ${mtimeMs}\n`)
  }
  for (const source of SOURCES) {
    const path = fileURLToPath(new URL(source, ROOT))
    if (statSync(path).isFile()) look(path)
    else
      for (const file of readdirSync(path, { recursive: true, encoding: 'utf8' }).sort())
        if (file.endsWith('.ts') || file.endsWith('.mjs')) look(join(path, file))
  }
  return hash.digest('hex').slice(0, 16)
}

/**
 * Makes the programs in a folder that is there at once or not at all, however many processes do so at the same time.
 * @param {string} folder
 */
async function make(folder) {
  const { build } = await import('esbuild')
  const part = `${folder}.${process.pid}`
  mkdirSync(part, { recursive: true })
  // How they are made is written in TypeScript as well.
  const recipe = join(part, 'bundle.mjs')
  const common = /** @type {const} */ ({
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  })
  await build({
    ...common,
    entryPoints: [fileURLToPath(new URL('harness/proof/bundle.ts', ROOT))],
    outfile: recipe,
  })
  const { BUNDLE, scenariosIncluded } = await import(pathToFileURL(recipe).href)
  await build({
    ...BUNDLE,
    ...common,
    logLevel: 'error',
    entryPoints: Object.fromEntries(
      Object.entries(PROGRAMS).map(([name, path]) => [name, fileURLToPath(new URL(path, ROOT))]),
    ),
    outdir: part,
    splitting: true,
    sourcemap: 'linked',
    sourcesContent: false,
    plugins: [scenariosIncluded(ROOT)],
  })
  try {
    renameSync(part, folder)
  } catch (error) {
    rmSync(part, { recursive: true, force: true })
    // Another process was quicker.
    if (!existsSync(folder)) throw error
  }
}

/**
 * @param {string} cache
 * @param {string} current
 */
function removeOld(cache, current) {
  for (const name of readdirSync(cache)) {
    const folder = join(cache, name)
    if (name !== current && Date.now() - statSync(folder).mtimeMs > KEPT)
      rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Starts a program in this process.
 * @param {keyof typeof PROGRAMS} program
 */
export async function start(program) {
  // Tests have one of their own, also in this checkout: the packages are found from there.
  const cache =
    process.env.PPTPSPEC_CACHE ?? fileURLToPath(new URL('node_modules/.cache/pptpspec/made', ROOT))
  const name = nameOfSources()
  const folder = join(cache, name)
  if (!existsSync(folder)) {
    try {
      await make(folder)
      removeOld(cache, name)
    } catch (error) {
      console.error(
        `error: cannot make the program from its sources: ${error instanceof Error ? error.message : error}`,
      )
      console.error('remedy: see that npm ci has run, and that this user may write to node_modules/.cache')
      process.exit(3)
    }
  }
  process.setSourceMapsEnabled(true)
  // The program looks whether it is the one that was started.
  const file = join(folder, `${program}.js`)
  process.argv[1] = file
  await import(pathToFileURL(file).href)
}
