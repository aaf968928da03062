import { spawnSync } from 'node:child_process'
import { discoverEngine } from './harness/implementations/engine.ts'
import { installPackages } from './harness/implementations/provision.ts'

/**
 * Before all tests, where PPTPSPEC_PROVISION=1 (as in `npm test`): a container engine and tshark, if this machine lets us have them.
 * Without them the tests that need them are skipped, unless PPTPSPEC_REQUIRE_ENGINE, _RAW or _TSHARK say that they must run.
 */
export default async function provision(): Promise<void> {
  if (process.env.PPTPSPEC_PROVISION !== '1') return
  const progress = (text: string) => console.log(`[setup] ${text}`)
  const tell = (error: unknown) => progress(error instanceof Error ? error.message : String(error))
  await discoverEngine({ provision: true, progress }).catch(tell)
  if (spawnSync('tshark', ['--version']).status !== 0)
    await installPackages(['tshark'], 'tshark', progress).catch(tell)
}
