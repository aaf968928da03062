/**
 * Whether something happened too often to be caused by the network: at least twice, and in more
 * than a quarter of the cases.
 */
export function isHabit(times: number, cases: number): boolean {
  return times >= 2 && 4 * times > cases
}
