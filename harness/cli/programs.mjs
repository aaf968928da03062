/**
 * Builds the programs of a checkout. Node does not read TypeScript, and loading 600 modules through
 * tsx takes a second in each process. So esbuild bundles them again whenever a source has changed.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const ROOT = new URL('../../', import.meta.url)
/** The sources of the programs, and the file that pins the packages. */
const SOURCES = ['harness', 'suites', 'bench', 'report-page', 'package-lock.json']
/** Programs by name, in one folder, because the command line starts `prove-worker` as threads. */
const PROGRAMS = {
  main: 'harness/cli/main.ts',
  'prove-worker': 'harness/proof/prove-worker.ts',
  bench: 'bench/main.ts',
}
/** Programs that run in containers. */
const CONTAINED = {
  tester: 'harness/network/relay/tester.ts',
  peer: 'harness/implementations/peer/peer-program.ts',
}
/**
 * Packages that stay in node_modules: they read files of their own, or few commands need them. All
 * others become part of the programs: loading their files one by one takes a quarter of a second.
 */
const APART = ['dockerode', 'esbuild', 'koffi', 'tar-fs', 'testcontainers', 'yargs']
/** ms for which programs of older sources are kept, because some may still be running. */
const KEPT = 24 * 60 * 60 * 1_000

/**
 * Returns a name for the present sources. It changes with the paths, sizes and times of the files.
 */
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
        if (/\.(ts|tsx|mjs|css)$/.test(file)) look(join(path, file))
  }
  return hash.digest('hex').slice(0, 16)
}

/**
 * Builds the programs in a folder. The folder is either complete or missing, so that several
 * processes may do this at the same time.
 * @param {string} folder
 */
async function make(folder) {
  const part = `${folder}.${process.pid}`
  try {
    mkdirSync(part, { recursive: true })
    await bundleInto(part)
    renameSync(part, folder)
  } catch (error) {
    // Another process may have made the folder in the meantime.
    if (!existsSync(folder)) throw error
  } finally {
    rmSync(part, { recursive: true, force: true })
  }
}

/** @param {string} folder */
async function bundleInto(folder) {
  const { build } = await import('esbuild')
  // The settings of esbuild are written in TypeScript, so they are bundled first.
  await build({
    entryPoints: {
      bundle: fileURLToPath(new URL('harness/proof/bundle.ts', ROOT)),
      'page-bundle': fileURLToPath(new URL('harness/report/page/bundle.ts', ROOT)),
    },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  })
  /** @param {string} name */
  const recipe = (name) => import(pathToFileURL(join(folder, name)).href)
  const { BUNDLE, scenariosIncluded } = await recipe('bundle.mjs')
  const { PAGE_BUNDLE } = await recipe('page-bundle.mjs')
  await build({
    ...BUNDLE,
    external: APART,
    // Packages that were written for CommonJS load Node's own modules by `require`.
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
    mainFields: ['module', 'main'],
    logLevel: 'error',
    entryPoints: Object.fromEntries(
      Object.entries(PROGRAMS).map(([name, path]) => [name, fileURLToPath(new URL(path, ROOT))]),
    ),
    outdir: folder,
    splitting: true,
    sourcemap: 'linked',
    sourcesContent: false,
    plugins: [scenariosIncluded(ROOT)],
  })
  await build({
    ...PAGE_BUNDLE,
    entryPoints: { 'report-page': fileURLToPath(new URL('report-page/main.tsx', ROOT)) },
    outdir: folder,
  })
  // Each program for containers is copied there as one file.
  await build({
    ...BUNDLE,
    external: ['koffi'],
    logLevel: 'error',
    entryPoints: Object.fromEntries(
      Object.entries(CONTAINED).map(([name, path]) => [name, fileURLToPath(new URL(path, ROOT))]),
    ),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
  })
}

/**
 * Removes programs of older sources.
 * @param {string} cache
 * @param {string} current
 */
function removeOld(cache, current) {
  for (const name of readdirSync(cache)) {
    const folder = join(cache, name)
    // Another process may have renamed or removed the folder in the meantime.
    const made = statSync(folder, { throwIfNoEntry: false })?.mtimeMs
    if (name !== current && made !== undefined && Date.now() - made > KEPT)
      rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Starts a program in this process.
 * @param {keyof typeof PROGRAMS} program
 */
export async function start(program) {
  // Tests use a cache of their own inside this checkout, from where packages are found, too.
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
      console.error('remedy: run npm ci, and check that this user may write to node_modules/.cache')
      process.exit(3)
    }
  }
  process.setSourceMapsEnabled(true)
  // The program compares this path with its own to see whether it was started or imported.
  const file = join(folder, `${program}.js`)
  process.argv[1] = file
  await import(pathToFileURL(file).href)
}
