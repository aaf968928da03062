/** The middle value; of an even number of values, the mean of the two in the middle. NaN where there is none. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The value below which that part of the values lies, between neighbours in proportion. NaN where there is none. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  const at = (sorted.length - 1) * part
  const below = sorted[Math.floor(at)] ?? Number.NaN
  const above = sorted[Math.ceil(at)] ?? Number.NaN
  return below + (above - below) * (at - Math.floor(at))
}

/**
 * The power of the size with which a cost grows, from the first point to the last: 1 where ten times the size costs ten times as
 * much, 2 where it costs a hundred times as much. NaN where there are not two sizes.
 */
export function growth(points: readonly { readonly size: number; readonly cost: number }[]): number {
  const first = points[0]
  const last = points.at(-1)
  if (first === undefined || last === undefined || first.size === last.size) return Number.NaN
  return Math.log(last.cost / first.cost) / Math.log(last.size / first.size)
}
