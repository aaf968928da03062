import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { EnvironmentError } from '../../errors/errors.ts'
import { lastLines, runChild } from '../child.ts'
import { packageRoot } from '../package-root.ts'
import { installPackages } from '../provision.ts'

/**
 * Debian packages with programs that tests start. They are unpacked, not installed, because an
 * installation would start a VPN server.
 */
const PACKAGES = ['pptpd', 'pptp-linux']
/** Packages of the libraries that pptpd needs; the C library is there already. */
const LIBRARIES = ['libwrap0']
const LIMIT = 300_000

/** The folder into which the packages are unpacked: it then holds `usr/sbin/pptpd` and so on. */
const FOLDER = join(packageRoot(), 'node_modules', '.cache', 'pptpspec', 'programs')

/** Returns the path of a program of these packages; undefined when they are not unpacked. */
export function unpackedProgram(name: string): string | undefined {
  const path = join(FOLDER, 'usr', 'sbin', name)
  return existsSync(path) ? path : undefined
}

/**
 * Unpacks the packages unless that is done. The first time, it needs root on Debian or Ubuntu, and
 * a mirror of that system.
 * @throws EnvironmentError when a package or library cannot be downloaded.
 */
export async function unpackPrograms(progress: (message: string) => void): Promise<void> {
  if (!existsSync(FOLDER)) await unpack(progress)
  const works = await runChild(unpackedProgram('pptpd') ?? 'pptpd', ['--version'], { limit: LIMIT })
  if (works.output.includes('error while loading shared libraries'))
    await installPackages(LIBRARIES, 'no program', progress)
}

async function unpack(progress: (message: string) => void): Promise<void> {
  progress(`unpacking ${PACKAGES.join(' ')} for tests`)
  mkdirSync(dirname(FOLDER), { recursive: true })
  const work = mkdtempSync(join(dirname(FOLDER), 'unpacking-'))
  const apt = (...args: readonly string[]) => runChild('apt-get', args, { limit: LIMIT, cwd: work })
  const debs = () => readdirSync(work).filter((name) => name.endsWith('.deb'))
  try {
    let { output } = await apt('download', ...PACKAGES)
    if (debs().length < PACKAGES.length) {
      // apt needs its package lists, which may be missing.
      await apt('update', '-q')
      output = (await apt('download', ...PACKAGES)).output
    }
    if (debs().length < PACKAGES.length)
      throw new EnvironmentError(
        `apt-get could not download ${PACKAGES.join(' ')}:\n${lastLines(output, 5)}`,
        'Tests that start these programs are skipped without them',
      )
    const root = join(work, 'root')
    for (const deb of debs()) await runChild('dpkg', ['-x', join(work, deb), root], { limit: LIMIT })
    // Renamed as a whole, so that another run never finds a half of it.
    if (!existsSync(FOLDER)) renameSync(root, FOLDER)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
