import { type Engine, findEngine } from '../engine.ts'

/**
 * Finds the container engine for tests that need one. Tests are skipped unless it is `available`:
 *
 *     const { available, engine } = await engineForTests()
 *     describe.skipIf(!available)('...', () => { ... engine() ... })
 *
 * With PPTPSPEC_REQUIRE_ENGINE=1 (as in CI) the tests always run, so that they fail when there is
 * no engine.
 */
export async function engineForTests(): Promise<{
  readonly available: boolean
  /** Returns the engine. @throws EnvironmentError that says why there is none. */
  engine(): Engine
}> {
  const outcome = await findEngine({})
  return {
    available: 'engine' in outcome || process.env.PPTPSPEC_REQUIRE_ENGINE === '1',
    engine() {
      if ('engine' in outcome) return outcome.engine
      throw outcome.failure
    },
  }
}
