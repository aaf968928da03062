/** Steps of the loop: about 0.1 s on a machine of 2020. */
const STEPS = 100_000_000

/**
 * Runs a fixed loop of integer arithmetic and returns its duration in s: a measure of this
 * machine's processor at this moment.
 */
export function fixedLoop(): number {
  const start = performance.now()
  let state = 1
  for (let step = 0; step < STEPS; step++) state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
  // Using the result keeps the loop from being optimized away.
  return (performance.now() - start + (state === 0 ? 1 : 0)) / 1000
}
