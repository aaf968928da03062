import { GeneralError } from '../harness/protocol/messages.ts'
import type { Judgement } from '../harness/scenario/judge.ts'
import type { Received } from '../harness/scenario/observation.ts'

/** Result Code of a general error: its Error Code says which. */
const GENERAL_ERROR = 2

/** Replies that can report a general error. */
type Reply =
  | 'Start-Control-Connection-Reply'
  | 'Stop-Control-Connection-Reply'
  | 'Echo-Reply'
  | 'Outgoing-Call-Reply'
  | 'Incoming-Call-Reply'
  | 'Call-Disconnect-Notify'

/**
 * Decides a requirement by the Error Code of a general error; anything else that was answered, or not answered, decides nothing.
 * Codes that say too little (None and PAC-Error, and those in `tolerated`) are a warning, codes that say something else are judged by
 * the requirement's level.
 */
export function decideErrorCode<R extends string>(
  t: { readonly decide: (requirement: R, judgement: Judgement) => void },
  requirement: R,
  received: Received<Reply> | undefined,
  code: number,
  tolerated: readonly number[] = [],
): void {
  if (received === undefined || received.message.resultCode !== GENERAL_ERROR) return
  const { errorCode } = received.message
  const vague: readonly number[] = [GeneralError.none, GeneralError.pacError, ...tolerated]
  t.decide(requirement, {
    ok: errorCode === code,
    expected: `Error Code ${code}`,
    seen: `Error Code ${errorCode}`,
    entry: received.entry,
    ...(vague.includes(errorCode) ? { otherwise: 'warn' as const } : {}),
  })
}

/** Decides that the Error Code is 0 where there is no general error; what one has is `decideErrorCode`'s. */
export function decideNoErrorCode<R extends string>(
  t: { readonly decide: (requirement: R, judgement: Judgement) => void },
  requirement: R,
  { message: { resultCode, errorCode }, entry }: Received<Reply>,
): void {
  if (resultCode === GENERAL_ERROR) return
  t.decide(requirement, {
    ok: errorCode === 0,
    expected: `Error Code 0 with Result Code ${resultCode}`,
    seen: `Error Code ${errorCode}`,
    entry,
  })
}
