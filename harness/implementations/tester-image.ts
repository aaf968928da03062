import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EnvironmentError } from '../errors/errors.ts'
import { openBuildContext } from './build-context.ts'
import type { Engine } from './engine.ts'
import { buildOn, type Image, type ImageOptions, once } from './images.ts'
import { containersFolder } from './manifest.ts'

/** Its Node is new enough. */
const BASE = 'trixie'
/** What koffi calls the machines that engines know. */
const BINARIES: Readonly<Record<string, string>> = { amd64: 'linux-x64', arm64: 'linux-arm64' }

/**
 * Makes the image of a tester's container, or finds it. It is made of its program, too: another
 * version of ours has another image.
 * @throws EnvironmentError when it cannot be made.
 */
export function prepareTesterImage(engine: Engine, options: ImageOptions): Promise<Image> {
  return once(`${engine.host} tester`, () => buildImage(engine, options))
}

async function buildImage(engine: Engine, options: ImageOptions): Promise<Image> {
  const folder = join(containersFolder(), 'tester')
  const shared = mkdtempSync(join(tmpdir(), 'pptpspec-tester-'))
  try {
    writeFileSync(join(shared, 'tester.mjs'), await testerProgram())
    copyKoffi(join(shared, 'node_modules'), engine)
    const context = openBuildContext(folder, shared)
    const dockerfile = join(folder, 'Dockerfile')
    return await buildOn(engine, { name: 'tester', base: BASE, context: () => context, dockerfile }, options)
  } finally {
    rmSync(shared, { recursive: true, force: true })
  }
}

/**
 * The text of relay/tester.ts as one file of JavaScript. A built package, and a built checkout, has
 * it beside this module.
 */
async function testerProgram(): Promise<string> {
  if (extname(import.meta.url) !== '.ts') return readFile(new URL('./tester.mjs', import.meta.url), 'utf8')
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['koffi'],
    entryPoints: [fileURLToPath(new URL('../network/relay/tester.ts', import.meta.url))],
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}

/** koffi, and its binary for the engine's machine, which need not be ours. */
function copyKoffi(modules: string, { architecture }: Engine): void {
  const machine = BINARIES[architecture]
  if (machine === undefined)
    throw new EnvironmentError(
      `no tester can be run in a container on ${architecture}`,
      `Use an engine on ${Object.keys(BINARIES).join(' or ')}, or --tester here on its own machine as root`,
    )
  try {
    const main = createRequire(import.meta.url).resolve('koffi')
    const koffi = dirname(main)
    const binary = dirname(createRequire(main).resolve(`@koromix/koffi-${machine}`))
    mkdirSync(join(modules, '@koromix'), { recursive: true })
    cpSync(koffi, join(modules, 'koffi'), { recursive: true })
    cpSync(binary, join(modules, '@koromix', `koffi-${machine}`), { recursive: true })
  } catch (cause) {
    throw new EnvironmentError(
      `koffi's binary for ${machine} is not installed, and the tester's container needs it`,
      'Install the dependencies without omitting optional ones: npm ci',
      { cause },
    )
  }
}
