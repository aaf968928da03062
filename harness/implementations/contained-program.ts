import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EnvironmentError } from '../errors/errors.ts'
import type { Engine } from './engine.ts'

/** Programs of the harness that run in containers, each by its source. */
const PROGRAMS = { tester: '../network/relay/tester.ts', peer: './peer/peer-program.ts' } as const
export type ContainedProgram = keyof typeof PROGRAMS

/** koffi's name for each architecture, by the engine's name for it. */
const BINARIES: Readonly<Record<string, string>> = { amd64: 'linux-x64', arm64: 'linux-arm64' }

/**
 * Writes a program to a temporary folder, which exists while `use` runs: `NAME.mjs`, and koffi, the
 * library through which it calls libc.
 * @throws EnvironmentError when there is no such library for the engine's machine.
 */
export async function withProgram<T>(
  name: ContainedProgram,
  engine: Engine,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), `pptpspec-${name}-`))
  try {
    writeFileSync(join(folder, `${name}.mjs`), await textOf(name))
    copyKoffi(join(folder, 'node_modules'), engine)
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Returns a program as one file of JavaScript. After a build the file lies beside this module;
 * otherwise it is made here.
 */
async function textOf(name: ContainedProgram): Promise<string> {
  if (extname(import.meta.url) !== '.ts') return readFile(new URL(`./${name}.mjs`, import.meta.url), 'utf8')
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['koffi'],
    entryPoints: [fileURLToPath(new URL(PROGRAMS[name], import.meta.url))],
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}

/** Copies koffi, and its binary for the engine's machine, which may differ from this one. */
function copyKoffi(modules: string, { architecture }: Engine): void {
  const machine = BINARIES[architecture]
  if (machine === undefined)
    throw new EnvironmentError(
      `pptpspec cannot run its programs in a container on ${architecture}`,
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
      `koffi's binary for ${machine} is not installed, and a container needs it`,
      'Install the dependencies without omitting optional ones: npm ci',
      { cause },
    )
  }
}
