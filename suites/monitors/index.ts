import type { Monitor } from '../../harness/scenario/monitor.ts'
import callIds from './call-ids.ts'
import callValues from './call-values.ts'
import codePoints from './code-points.ts'
import connectionOrder from './connection-order.ts'
import direction from './direction.ts'
import errorCodes from './error-codes.ts'
import incomingCalls from './incoming-calls.ts'
import messageHeader from './message-header.ts'
import processingDelay from './processing-delay.ts'
import replies from './replies.ts'
import reservedFields from './reserved-fields.ts'
import retransmission from './retransmission.ts'
import textFields from './text-fields.ts'
import tunnelAcknowledgment from './tunnel-acknowledgment.ts'
import tunnelCalls from './tunnel-calls.ts'
import tunnelHeader from './tunnel-header.ts'
import tunnelPayload from './tunnel-payload.ts'
import tunnelPpp from './tunnel-ppp.ts'
import tunnelRepetition from './tunnel-repetition.ts'
import tunnelSequence from './tunnel-sequence.ts'
import tunnelWindow from './tunnel-window.ts'

/** Every monitor, in the order in which they judge: they check what holds for any conversation. */
export const MONITORS: readonly Monitor[] = [
  messageHeader,
  reservedFields,
  codePoints,
  errorCodes,
  textFields,
  connectionOrder,
  replies,
  retransmission,
  direction,
  callIds,
  callValues,
  processingDelay,
  incomingCalls,
  tunnelHeader,
  tunnelCalls,
  tunnelSequence,
  tunnelAcknowledgment,
  tunnelWindow,
  tunnelPayload,
  tunnelPpp,
  tunnelRepetition,
]
