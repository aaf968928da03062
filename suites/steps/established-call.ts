import type { Control } from '../../harness/scenario/control.ts'
import type { EitherTester } from '../../harness/scenario/either.ts'
import type { Call, ReceivedGre } from '../../harness/scenario/tunnel.ts'
import { firstData, openLcp, type TimedTester } from './lcp.ts'
import { nextNumberAfterAnswers } from './tunnel-watch.ts'

/**
 * Preambles that open a control connection and place a call on it; some also wait for the PPP peer.
 */

type CallTester<R extends string> = Pick<EitherTester<R>, 'establish' | 'placeCall'>
/** Values of our call request, or of our call reply. */
type CallValues = Parameters<CallTester<string>['placeCall']>[1]

/** A call on a control connection of its own. */
export interface EstablishedCall<R extends string> extends Pick<Call, 'tunnel' | 'announcedBy'> {
  readonly control: Control<R>
}

/** Preamble: a control connection, and a call on it. @throws Inconclusive. */
export async function establishedCall<R extends string>(
  t: CallTester<R>,
  values: CallValues = {},
): Promise<EstablishedCall<R>> {
  const control = await t.establish()
  const { tunnel, announcedBy } = await t.placeCall(control, values)
  return { control, tunnel, announcedBy }
}

/** Preamble: like `establishedCall`, with the first data of the PPP peer. @throws Inconclusive. */
export async function speakingCall<R extends string>(
  t: CallTester<R> & TimedTester,
  values: CallValues = {},
): Promise<EstablishedCall<R> & { readonly first: ReceivedGre }> {
  const call = await establishedCall(t, values)
  return { ...call, first: await firstData(t, call.tunnel) }
}

/**
 * Preamble: a call whose PPP peer answers LCP Configure-Requests (see `nextNumberAfterAnswers`).
 * @returns the call, and the Sequence Number `next` of our next packet.
 * @throws Inconclusive.
 */
export async function answeringCall<R extends string>(
  t: CallTester<R> & TimedTester,
  values: CallValues = {},
): Promise<EstablishedCall<R> & { readonly next: number }> {
  const call = await establishedCall(t, values)
  return { ...call, next: await nextNumberAfterAnswers(t, call.tunnel) }
}

/**
 * Preamble: a call with an open PPP link (see `openLcp`). @returns the call, and the MRU of the PPP
 * peer, in octets. @throws Inconclusive.
 */
export async function openLink<R extends string>(
  t: CallTester<R> & TimedTester & Partial<Pick<EitherTester<R>, 'iut'>>,
  values: CallValues = {},
): Promise<EstablishedCall<R> & { readonly mru: number }> {
  const call = await establishedCall(t, values)
  return { ...call, ...(await openLcp(t, call.tunnel)) }
}
