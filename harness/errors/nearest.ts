import { distance } from 'fastest-levenshtein'

/**
 * Returns up to three known names that resemble an unknown one, the likeliest first, to suggest in
 * a remedy. Case does not matter.
 * @param name as the user wrote it: a name, or a glob; of a glob, also the part before its first
 * wildcard is compared.
 */
export function nearestNames(name: string, known: readonly string[]): readonly string[] {
  const whole = name.toLowerCase()
  const wanted = whole.replace(/[*?#].*$/, '').replace(/\/$/, '')
  // `ecko/*` is compared with the folder of a name, too.
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
