import { distance } from 'fastest-levenshtein'

/**
 * Up to three names that resemble one that nothing has, the likeliest first; for remedies. Capitals
 * do not count.
 * @param name as the user wrote it: a name, or a glob, of which what stands before its first
 * wildcard counts.
 */
export function nearestNames(name: string, known: readonly string[]): readonly string[] {
  const whole = name.toLowerCase()
  const wanted = whole.replace(/[*?#].*$/, '').replace(/\/$/, '')
  // A glob on a folder is compared with folders, anything else with whole names.
  const far = (one: string) =>
    Math.min(distance(whole, one), distance(wanted, one), distance(wanted, one.split('/')[0] ?? one))
  return known
    .map((one) => ({ one, lower: one.toLowerCase() }))
    .map(({ one, lower }) => ({
      one,
      far: far(lower),
      holds: wanted.length > 2 && lower.includes(wanted),
    }))
    .filter(({ one, far, holds }) => holds || far <= Math.max(2, Math.min(wanted.length, one.length) / 3))
    .sort((a, b) => Number(b.holds) - Number(a.holds) || a.far - b.far)
    .slice(0, 3)
    .map(({ one }) => one)
}
