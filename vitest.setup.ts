import { spawnSync } from 'node:child_process'
import { discoverEngine } from './harness/implementations/engine.ts'
import { installPackages } from './harness/implementations/provision.ts'
import { unpackPrograms } from './harness/implementations/testing/unpacked-programs.ts'

/**
 * Before all tests, where PPTPSPEC_PROVISION=1 (as in `npm test`): a container engine, tshark, and
 * pptpd and pptp to be started by hand, if this machine lets us have them. Without them the tests
 * that need them are skipped, unless PPTPSPEC_REQUIRE_ENGINE, _RAW, _TSHARK or _PROGRAMS say that
 * they must run.
 */
export default async function provision(): Promise<void> {
  if (process.env.PPTPSPEC_PROVISION !== '1') return
  const progress = (text: string) => console.log(`[setup] ${text}`)
  const tell = (error: unknown) => progress(error instanceof Error ? error.message : String(error))
  await discoverEngine({ provision: true, progress }).catch(tell)
  if (spawnSync('tshark', ['--version']).status !== 0)
    await installPackages(['tshark'], 'tshark', progress).catch(tell)
  await unpackPrograms(progress).catch(tell)
}
