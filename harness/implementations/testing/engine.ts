import { type Engine, findEngine } from '../engine.ts'

/**
 * For tests that need a container engine. `available` decides between running and skipping:
 *
 *     const { available, engine } = await engineForTests()
 *     describe.skipIf(!available)('...', () => { ... engine() ... })
 *
 * Where PPTPSPEC_REQUIRE_ENGINE=1 (as in CI) the tests always run, so that a missing engine fails
 * them.
 */
export async function engineForTests(): Promise<{
  readonly available: boolean
  /** @throws EnvironmentError that says why there is none. */
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
