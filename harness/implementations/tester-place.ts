/**
 * Where the sockets of a run's tester are: in this process, or in containers on the same network as
 * the implementation's.
 */
export const TESTER_PLACES = ['here', 'container'] as const
export type TesterPlace = (typeof TESTER_PLACES)[number]
