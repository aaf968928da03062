import { GeneralError } from '../../harness/protocol/messages.ts'
import { fieldOf } from '../../harness/scenario/evidence.ts'
import { equalTo, tolerating } from '../../harness/scenario/expectation.ts'
import type { Received } from '../../harness/scenario/observation.ts'
import type { Tester } from '../../harness/scenario/tester.ts'

/** Result Code of a general error, which the Error Code specifies. */
const GENERAL_ERROR = 2

/** Every Error Code of section 2.16, and one that is not defined there. */
const ERROR_CODES = {
  'error-0': GeneralError.none,
  'error-1': GeneralError.notConnected,
  'error-2': GeneralError.badFormat,
  'error-3': GeneralError.badValue,
  'error-4': GeneralError.noResource,
  'error-5': GeneralError.badCallId,
  'error-6': GeneralError.pacError,
  'error-255': 255,
} as const

/**
 * Values of a variation, one for each Error Code: the fields of a message that reports it as a
 * general error, and the requirement that decides how the IUT takes that message.
 */
export function generalErrors<R extends string>(requirement: R) {
  const entries = Object.entries(ERROR_CODES).map(
    ([name, errorCode]) => [name, { requirement, values: { resultCode: GENERAL_ERROR, errorCode } }] as const,
  )
  return Object.fromEntries(entries) as Record<keyof typeof ERROR_CODES, (typeof entries)[number][1]>
}

/** Replies that can report a general error. */
type Reply =
  | 'Start-Control-Connection-Reply'
  | 'Stop-Control-Connection-Reply'
  | 'Echo-Reply'
  | 'Outgoing-Call-Reply'
  | 'Incoming-Call-Reply'
  | 'Call-Disconnect-Notify'

/**
 * Decides a requirement by the Error Code of a general error; without a general error it decides
 * nothing. None, PAC-Error and the codes in `tolerated` say too little, which is only a warning;
 * any other code but `code` is judged by the level of the requirement.
 */
export function decideErrorCode<R extends string>(
  t: Pick<Tester<R>, 'check'>,
  requirement: R,
  received: Received<Reply> | undefined,
  code: number,
  tolerated: readonly number[] = [],
): void {
  if (received === undefined || received.message.resultCode !== GENERAL_ERROR) return
  const vague: readonly number[] = [GeneralError.none, GeneralError.pacError, ...tolerated]
  const expected = equalTo(code, `Error Code ${code} with Result Code ${GENERAL_ERROR} (General Error)`)
  t.check(
    requirement,
    fieldOf(received, 'errorCode'),
    tolerating(expected, (errorCode: number) => vague.includes(errorCode)),
  )
}

/**
 * Decides that the Error Code is 0 in a reply without a general error; `decideErrorCode` judges
 * that of a general error.
 */
export function decideNoErrorCode<R extends string>(
  t: Pick<Tester<R>, 'check'>,
  requirement: R,
  received: Received<Reply>,
): void {
  const { resultCode } = received.message
  if (resultCode === GENERAL_ERROR) return
  t.check(
    requirement,
    fieldOf(received, 'errorCode'),
    equalTo(0, `Error Code 0 with Result Code ${resultCode}`),
  )
}
