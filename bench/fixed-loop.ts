/** Steps of the loop: about 0.1 s on a machine of 2020. */
const STEPS = 100_000_000

/**
 * Seconds that a fixed loop of integer arithmetic takes: what this machine's processor is worth at
 * this moment.
 */
export function fixedLoop(): number {
  const start = performance.now()
  let state = 1
  for (let step = 0; step < STEPS; step++) state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
  // Using the result keeps the loop from being optimized away.
  return (performance.now() - start + (state === 0 ? 1 : 0)) / 1000
}
