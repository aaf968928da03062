import {
  type Control,
  controlMessage,
  type Evidence,
  encodeControl,
  entryOf,
  evidence,
  holds,
  type Malformation,
  type MessageName,
  observed,
  scenario,
  startReply,
} from '../kit.ts'
import { startAsked } from '../steps/originator.ts'

/** An Echo-Request that shares a TCP segment with the start reply. */
const ECHO_BEHIND = encodeControl(controlMessage('Echo-Request', { identifier: 0x5101 }))

export default scenario(
  {
    id: 'start/delivery',
    purpose: 'A start reply is understood wherever TCP cuts it, even with another message in its segment.',
    decides: ['1.4/message-boundaries'],
    provenBy: ['framer-needs-whole-message-per-read', 'framer-one-message-per-read'],
    iut: 'originator',
    vary: {
      delivery: {
        'octet-by-octet': { how: { delivery: 'octet-by-octet' }, drawn: [] },
        'after-12': { how: { delivery: { first: 12, pause: 150 } }, drawn: [] },
        'echo-request-behind': { how: { append: ECHO_BEHIND }, drawn: ['Echo-Reply'] },
      } as Readonly<Record<string, { readonly how: Malformation; readonly drawn: readonly MessageName[] }>>,
    },
  },
  async (t) => {
    const { how, drawn } = t.vary.delivery
    const { control } = await startAsked(t)
    control.send('Start-Control-Connection-Reply', startReply(), how)
    const names = ['Outgoing-Call-Request', ...drawn]
    const arrival = await allOf(control, names, t.timers.request)
    t.check('1.4/message-boundaries', arrival, holds(names.join(' and ')))
  },
)

/** Whether messages by these names come next, in any order. */
async function allOf<R extends string>(
  control: Control<R>,
  names: readonly string[],
  window: number,
): Promise<Evidence<boolean>> {
  const missing = new Set(names)
  for (;;) {
    const observation = await control.next(window)
    const awaited = observation.kind === 'message' && missing.delete(observation.message.name)
    if (!awaited) return { ...observed(observation), value: false }
    if (missing.size === 0) return evidence(true, names.join(' and '), entryOf(observation))
  }
}
