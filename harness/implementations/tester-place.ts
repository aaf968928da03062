/**
 * Where the sockets of a run's tester are: in this process, or in containers beside the
 * implementations'.
 */
export const TESTER_PLACES = ['here', 'container'] as const
export type TesterPlace = (typeof TESTER_PLACES)[number]
