import type { Control } from '../harness/scenario/control.ts'
import { type Observation, receivedAs } from '../harness/scenario/observation.ts'
import type { Tester } from '../harness/scenario/tester.ts'
import type { ReceivedGre, TunnelEnd } from '../harness/scenario/tunnel.ts'

/** Helpers for scenarios of originators. */

/**
 * What the IUT sends into a tunnel that ought to be none, for there is no call; undefined when nothing comes. Watches for as long as a PPP peer
 * takes at most for its first packet, but only a little longer than the connection lives. A stop request is answered meanwhile.
 */
export async function dataWithoutCall<R extends string>(
  t: Pick<Tester<R>, 'clock' | 'timers'>,
  control: Control<R>,
  tunnel: TunnelEnd,
): Promise<ReceivedGre | undefined> {
  const deadline = t.clock.now() + t.timers.tunnel
  const left = () => Math.max(0, deadline - t.clock.now())
  for (;;) {
    const observation = await control.next(left())
    if (observation.kind === 'silence') return await tunnel.nextData(0)
    if (observation.kind === 'closed') return await tunnel.nextData(Math.min(t.timers.reply, left()))
    if (receivedAs(observation, 'Stop-Control-Connection-Request') !== undefined)
      control.send('Stop-Control-Connection-Reply', { resultCode: 1 })
  }
}

/** Whether an observation shows that the IUT ends its connection: it closes, or asks to stop. */
export function endsConnection(observation: Observation): boolean {
  return (
    observation.kind === 'closed' || receivedAs(observation, 'Stop-Control-Connection-Request') !== undefined
  )
}
