import { type BodyValues, GeneralError } from '../../harness/protocol/messages.ts'
import { type Control, reaction } from '../../harness/scenario/control.ts'
import { type Received, receivedAs } from '../../harness/scenario/observation.ts'
import type { Tester } from '../../harness/scenario/tester.ts'

/**
 * Decides that no value of an Outgoing-Call-Request was taken for a bad one: the call is connected,
 * or refused for another reason, which an implementation may well have.
 * @returns the reply, if one came.
 */
export async function expectLegalCall<R extends string>(
  t: Tester<R>,
  control: Control<R>,
  requirement: R,
  values: Partial<BodyValues<'Outgoing-Call-Request'>>,
): Promise<Received<'Outgoing-Call-Reply'> | undefined> {
  await t.openTunnel()
  control.send('Outgoing-Call-Request', t.callRequest(values))
  const observation = await control.expectOneOf(
    requirement,
    [
      reaction.answers('Outgoing-Call-Reply', (reply) => reply.resultCode === 1, 'it connects the call'),
      reaction.answers(
        'Outgoing-Call-Reply',
        (reply) => !isBadValue(reply),
        'it refuses the call for another reason than a bad value',
      ),
    ],
    t.timers.call,
  )
  return receivedAs(observation, 'Outgoing-Call-Reply')
}

/** Whether a reply says Bad-Value. */
export function isBadValue(reply: { readonly resultCode: number; readonly errorCode: number }): boolean {
  return reply.resultCode === 2 && reply.errorCode === GeneralError.badValue
}
