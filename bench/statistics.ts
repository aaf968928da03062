/**
 * The middle value; of an even number of values, the mean of the two in the middle. NaN where there
 * is none.
 */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/**
 * The value below which that part of the values lies, between neighbours in proportion. NaN where
 * there is none.
 */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  const at = (sorted.length - 1) * part
  const below = sorted[Math.floor(at)] ?? Number.NaN
  const above = sorted[Math.ceil(at)] ?? Number.NaN
  return below + (above - below) * (at - Math.floor(at))
}

/**
 * What each further unit of size costs, from one point to the next; undefined for the first. Where
 * cost is in proportion to size these are the same, whatever a process costs before it begins.
 */
export function increments(
  points: readonly { readonly size: number; readonly cost: number }[],
): readonly (number | undefined)[] {
  return points.map(({ size, cost }, at) => {
    const before = points[at - 1]
    return before === undefined || before.size === size
      ? undefined
      : (cost - before.cost) / (size - before.size)
  })
}
