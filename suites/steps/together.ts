import type { Control } from '../../harness/scenario/control.ts'
import { Inconclusive } from '../../harness/scenario/judge.ts'
import { receivedAs } from '../../harness/scenario/observation.ts'
import type { Tester } from '../../harness/scenario/tester.ts'

/** How many Echo-Requests are sent, each after the reply to the one before. */
const SINGLY = 4

/**
 * After a reply that did not come, though several messages were sent together: asks the same again,
 * message by message. An IUT that answers now has lost messages because they came in one read,
 * which message-format/coalescing decides, and nothing else.
 * @throws Inconclusive when it answers each of them.
 */
export async function requireLostSingly<R extends string>(
  t: Pick<Tester<R>, 'unique'>,
  control: Control<R>,
): Promise<void> {
  for (let count = 0; count < SINGLY; count++) {
    const identifier = t.unique()
    control.send('Echo-Request', { identifier })
    const reply = receivedAs(await control.next(), 'Echo-Reply')
    if (reply?.message.identifier !== identifier) return
  }
  throw new Inconclusive(
    'Echo-Requests are answered one by one, but not all of those that come together: see message-format/coalescing',
  )
}
