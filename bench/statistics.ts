/** Returns the middle value, or the mean of the two middle ones. NaN without values. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/**
 * Returns the value below which a part (0 to 1) of the values lies, interpolated between
 * neighbours. NaN without values.
 */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  const at = (sorted.length - 1) * part
  const below = sorted[Math.floor(at)] ?? Number.NaN
  const above = sorted[Math.ceil(at)] ?? Number.NaN
  return below + (above - below) * (at - Math.floor(at))
}

/**
 * Returns the cost of each further unit of size, from one point to the next; undefined for the
 * first. If cost is proportional to size, these are equal, whatever the start of a process costs.
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
