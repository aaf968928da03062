import { controlMessage } from '../protocol/control.ts'
import type { CallCore } from './call.ts'

/** As PAC: tells that a call is over (section 2.13); the Call ID is ours (interpretation A-03). */
export function sendNotify(core: CallCore, resultCode: 1 | 3 | 4): void {
  if (resultCode === 1 && core.context.faults.has('ppp-end-not-notified')) return
  const callId = core.context.faults.has('clear-wrong-call-id') ? core.peersCallId() : core.ownCallId
  core.host.send(controlMessage('Call-Disconnect-Notify', { callId, resultCode }))
  if (resultCode === 4 && core.context.faults.has('clear-closes-connection'))
    core.host.giveUp('its call was cleared')
}

/** As PNS: asks for the end of a call (section 2.12); the Call ID is ours. */
export function sendClearRequest(core: CallCore): void {
  const { faults } = core.context
  if (faults.has('clear-request-missing')) return
  if (faults.has('clears-with-notify')) {
    core.host.send(controlMessage('Call-Disconnect-Notify', { callId: core.ownCallId, resultCode: 3 }))
    return
  }
  core.host.send(controlMessage('Call-Clear-Request', { callId: core.ownCallId }))
}
