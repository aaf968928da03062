import type { Scenario } from '../harness/scenario/scenario.ts'
import callClearAnotherCall from './call-clear/another-call.ts'
import callClearAtOnce from './call-clear/at-once.ts'
import callClearEstablished from './call-clear/established.ts'
import callClearTunnelEnds from './call-clear/tunnel-ends.ts'
import callClearUnknownCall from './call-clear/unknown-call.ts'
import callDisconnectPppEnds from './call-disconnect/ppp-ends.ts'
import connectionLost from './connection/lost.ts'
import connectionSecond from './connection/second.ts'
import connectionTunnelEnds from './connection/tunnel-ends.ts'
import echoMany from './echo/many.ts'
import echoReply from './echo/reply.ts'
import incomingCallAccepted from './incoming-call/accepted.ts'
import incomingCallBearerType from './incoming-call/bearer-type.ts'
import incomingCallCallId from './incoming-call/call-id.ts'
import incomingCallCleared from './incoming-call/cleared.ts'
import incomingCallConnectedWrongly from './incoming-call/connected-wrongly.ts'
import incomingCallGivenUp from './incoming-call/given-up.ts'
import incomingCallHungUp from './incoming-call/hung-up.ts'
import incomingCallNumberLengths from './incoming-call/number-lengths.ts'
import incomingCallNumbers from './incoming-call/numbers.ts'
import incomingCallRequest from './incoming-call/request.ts'
import incomingCallWindow from './incoming-call/window.ts'
import messageFormatAcceptsAgain from './message-format/accepts-again.ts'
import messageFormatBadMagicCookie from './message-format/bad-magic-cookie.ts'
import messageFormatBadMagicCookieLater from './message-format/bad-magic-cookie-later.ts'
import messageFormatByteOrder from './message-format/byte-order.ts'
import messageFormatCoalescing from './message-format/coalescing.ts'
import messageFormatImpossibleLength from './message-format/impossible-length.ts'
import messageFormatManagementMessage from './message-format/management-message.ts'
import messageFormatNoResynchronization from './message-format/no-resynchronization.ts'
import messageFormatReservedField from './message-format/reserved-field.ts'
import messageFormatSegmentation from './message-format/segmentation.ts'
import messageFormatSegmentationLater from './message-format/segmentation-later.ts'
import messageFormatUndefinedType from './message-format/undefined-type.ts'
import messageFormatUnexpectedMessage from './message-format/unexpected-message.ts'
import messageFormatWrongSize from './message-format/wrong-size.ts'
import originatorCallAgainstDirection from './originator-call/against-direction.ts'
import originatorCallBeforeReply from './originator-call/before-reply.ts'
import originatorCallConnected from './originator-call/connected.ts'
import originatorCallDelivery from './originator-call/delivery.ts'
import originatorCallDialsAgain from './originator-call/dials-again.ts'
import originatorCallGivenUp from './originator-call/given-up.ts'
import originatorCallHungUp from './originator-call/hung-up.ts'
import originatorCallLinkInfo from './originator-call/link-info.ts'
import originatorCallMalformedNotify from './originator-call/malformed-notify.ts'
import originatorCallMalformedReply from './originator-call/malformed-reply.ts'
import originatorCallNotified from './originator-call/notified.ts'
import originatorCallNotifiedBeforeReply from './originator-call/notified-before-reply.ts'
import originatorCallNotifiedOfAnother from './originator-call/notified-of-another.ts'
import originatorCallNotifiedTwice from './originator-call/notified-twice.ts'
import originatorCallPhoneNumber from './originator-call/phone-number.ts'
import originatorCallRefused from './originator-call/refused.ts'
import originatorCallRepliedTwice from './originator-call/replied-twice.ts'
import originatorCallReplyCallId from './originator-call/reply-call-id.ts'
import originatorCallReplyForAnother from './originator-call/reply-for-another.ts'
import originatorCallReplyValues from './originator-call/reply-values.ts'
import originatorCallRequest from './originator-call/request.ts'
import originatorCallSecond from './originator-call/second.ts'
import originatorCallStalled from './originator-call/stalled.ts'
import originatorCollisionLost from './originator-collision/lost.ts'
import originatorCollisionWon from './originator-collision/won.ts'
import originatorConnectionLost from './originator-connection/lost.ts'
import originatorConnectionRestarts from './originator-connection/restarts.ts'
import originatorMessageFormatBadMagicCookie from './originator-message-format/bad-magic-cookie.ts'
import originatorSessionWrongSecret from './originator-session/wrong-secret.ts'
import originatorStartAnyReply from './originator-start/any-reply.ts'
import originatorStartConnects from './originator-start/connects.ts'
import originatorStartDelivery from './originator-start/delivery.ts'
import originatorStartMalformedReply from './originator-start/malformed-reply.ts'
import originatorStartRefused from './originator-start/refused.ts'
import originatorStartRequest from './originator-start/request.ts'
import originatorStartUnexpected from './originator-start/unexpected.ts'
import originatorStartVersion from './originator-start/version.ts'
import originatorStopCallUnsettled from './originator-stop/call-unsettled.ts'
import originatorStopCrossing from './originator-stop/crossing.ts'
import originatorStopHangUp from './originator-stop/hang-up.ts'
import originatorStopRefused from './originator-stop/refused.ts'
import originatorTimersLateCallReply from './originator-timers/late-call-reply.ts'
import originatorTimersLateStartReply from './originator-timers/late-start-reply.ts'
import originatorTimersNoCallReply from './originator-timers/no-call-reply.ts'
import originatorTimersNoDisconnectNotify from './originator-timers/no-disconnect-notify.ts'
import originatorTimersNoStartReply from './originator-timers/no-start-reply.ts'
import originatorTimersNoStopReply from './originator-timers/no-stop-reply.ts'
import originatorTimersStuckRestarted from './originator-timers/stuck-restarted.ts'
import outgoingCallAccepted from './outgoing-call/accepted.ts'
import outgoingCallBearerType from './outgoing-call/bearer-type.ts'
import outgoingCallCallId from './outgoing-call/call-id.ts'
import outgoingCallCallIdInUse from './outgoing-call/call-id-in-use.ts'
import outgoingCallEqualCallIds from './outgoing-call/equal-call-ids.ts'
import outgoingCallFramingType from './outgoing-call/framing-type.ts'
import outgoingCallLegalBearer from './outgoing-call/legal-bearer.ts'
import outgoingCallLegalFraming from './outgoing-call/legal-framing.ts'
import outgoingCallOtherAddress from './outgoing-call/other-address.ts'
import outgoingCallPhoneNumber from './outgoing-call/phone-number.ts'
import outgoingCallPhoneNumberLength from './outgoing-call/phone-number-length.ts'
import outgoingCallProcessingDelay from './outgoing-call/processing-delay.ts'
import outgoingCallRefused from './outgoing-call/refused.ts'
import outgoingCallSecond from './outgoing-call/second.ts'
import outgoingCallSerialNumber from './outgoing-call/serial-number.ts'
import outgoingCallSpeedRange from './outgoing-call/speed-range.ts'
import outgoingCallSpeeds from './outgoing-call/speeds.ts'
import outgoingCallUntilRefused from './outgoing-call/until-refused.ts'
import outgoingCallWindowZero from './outgoing-call/window-zero.ts'
import sessionAddresses from './session/addresses.ts'
import sessionBulk from './session/bulk.ts'
import sessionBulkInTheClear from './session/bulk-in-the-clear.ts'
import sessionCutOff from './session/cut-off.ts'
import sessionEcho from './session/echo.ts'
import sessionEncryption from './session/encryption.ts'
import sessionEndReported from './session/end-reported.ts'
import sessionForgedSuccess from './session/forged-success.ts'
import sessionFraming from './session/framing.ts'
import sessionImpaired from './session/impaired.ts'
import sessionInTheClear from './session/in-the-clear.ts'
import sessionKeyChange from './session/key-change.ts'
import sessionLogin from './session/login.ts'
import sessionLossStateful from './session/loss-stateful.ts'
import sessionLossStateless from './session/loss-stateless.ts'
import sessionNoLogin from './session/no-login.ts'
import sessionOlderKeys from './session/older-keys.ts'
import sessionPing from './session/ping.ts'
import sessionProvesItself from './session/proves-itself.ts'
import sessionRejectedProtocol from './session/rejected-protocol.ts'
import sessionRenegotiation from './session/renegotiation.ts'
import sessionStrongest from './session/strongest.ts'
import sessionTerminate from './session/terminate.ts'
import sessionTooEarly from './session/too-early.ts'
import sessionUnknownProtocol from './session/unknown-protocol.ts'
import sessionWrongLogin from './session/wrong-login.ts'
import setLinkInfoAccepted from './set-link-info/accepted.ts'
import setLinkInfoNegotiation from './set-link-info/negotiation.ts'
import setLinkInfoUnknownCall from './set-link-info/unknown-call.ts'
import startAccepted from './start/accepted.ts'
import startCapabilities from './start/capabilities.ts'
import startEarlierVersion from './start/earlier-version.ts'
import startFirmwareRevision from './start/firmware-revision.ts'
import startFirstVersion from './start/first-version.ts'
import startLaterVersion from './start/later-version.ts'
import startMaximumChannels from './start/maximum-channels.ts'
import startNames from './start/names.ts'
import startNotFirst from './start/not-first.ts'
import startReserved from './start/reserved.ts'
import startSourcePort from './start/source-port.ts'
import startTwice from './start/twice.ts'
import stopBehind from './stop/behind.ts'
import stopCallBeingPlaced from './stop/call-being-placed.ts'
import stopEstablished from './stop/established.ts'
import stopUndefinedReason from './stop/undefined-reason.ts'
import stopWithCall from './stop/with-call.ts'
import timersBusy from './timers/busy.ts'
import timersEchoReply from './timers/echo-reply.ts'
import timersIncomingCallStuck from './timers/incoming-call-stuck.ts'
import timersLateEchoReply from './timers/late-echo-reply.ts'
import timersNoEchoReply from './timers/no-echo-reply.ts'
import timersNoStartRequest from './timers/no-start-request.ts'
import otherEchoReply from './timers/other-echo-reply.ts'
import timersPartOfAStartRequest from './timers/part-of-a-start-request.ts'
import timersSilence from './timers/silence.ts'
import tunnelAcknowledgment from './tunnel/acknowledgment.ts'
import tunnelBeforeCall from './tunnel/before-call.ts'
import tunnelDuplicate from './tunnel/duplicate.ts'
import tunnelFirstPacket from './tunnel/first-packet.ts'
import tunnelFirstTimeOut from './tunnel/first-time-out.ts'
import tunnelFragments from './tunnel/fragments.ts'
import tunnelGap from './tunnel/gap.ts'
import tunnelLarge from './tunnel/large.ts'
import tunnelLate from './tunnel/late.ts'
import tunnelLcp from './tunnel/lcp.ts'
import tunnelLink from './tunnel/link.ts'
import tunnelLinkOpens from './tunnel/link-opens.ts'
import tunnelOddAcknowledgments from './tunnel/odd-acknowledgments.ts'
import tunnelOddPackets from './tunnel/odd-packets.ts'
import tunnelOtherPackets from './tunnel/other-packets.ts'
import tunnelOverflow from './tunnel/overflow.ts'
import tunnelOversize from './tunnel/oversize.ts'
import tunnelPayloadLength from './tunnel/payload-length.ts'
import tunnelReordering from './tunnel/reordering.ts'
import tunnelSpoofedSource from './tunnel/spoofed-source.ts'
import tunnelTimeOut from './tunnel/time-out.ts'
import tunnelTrailingOctets from './tunnel/trailing-octets.ts'
import tunnelTransmitWindow from './tunnel/transmit-window.ts'
import tunnelTwoCalls from './tunnel/two-calls.ts'
import tunnelTwoPeers from './tunnel/two-peers.ts'
import tunnelWidestWindow from './tunnel/widest-window.ts'
import tunnelWindow from './tunnel/window.ts'
import tunnelWindowOpens from './tunnel/window-opens.ts'
import tunnelWrap from './tunnel/wrap.ts'
import wanErrorAccepted from './wan-error/accepted.ts'

/** Every scenario, in the order in which they are played. */
export const SCENARIOS: readonly Scenario[] = [
  startAccepted,
  startCapabilities,
  startEarlierVersion,
  startFirmwareRevision,
  startFirstVersion,
  startLaterVersion,
  startMaximumChannels,
  startNames,
  startNotFirst,
  startReserved,
  startSourcePort,
  startTwice,
  echoMany,
  echoReply,
  messageFormatAcceptsAgain,
  messageFormatBadMagicCookieLater,
  messageFormatBadMagicCookie,
  messageFormatByteOrder,
  messageFormatCoalescing,
  messageFormatImpossibleLength,
  messageFormatManagementMessage,
  messageFormatNoResynchronization,
  messageFormatReservedField,
  messageFormatSegmentation,
  messageFormatSegmentationLater,
  messageFormatUndefinedType,
  messageFormatUnexpectedMessage,
  messageFormatWrongSize,
  stopEstablished,
  stopBehind,
  stopUndefinedReason,
  stopCallBeingPlaced,
  stopWithCall,
  connectionLost,
  connectionSecond,
  connectionTunnelEnds,
  outgoingCallAccepted,
  outgoingCallBearerType,
  outgoingCallCallId,
  outgoingCallEqualCallIds,
  outgoingCallCallIdInUse,
  outgoingCallFramingType,
  outgoingCallLegalBearer,
  outgoingCallLegalFraming,
  outgoingCallOtherAddress,
  outgoingCallPhoneNumberLength,
  outgoingCallPhoneNumber,
  outgoingCallProcessingDelay,
  outgoingCallRefused,
  outgoingCallSecond,
  outgoingCallSerialNumber,
  outgoingCallSpeedRange,
  outgoingCallSpeeds,
  outgoingCallUntilRefused,
  outgoingCallWindowZero,
  callClearAnotherCall,
  callClearAtOnce,
  callClearEstablished,
  callClearTunnelEnds,
  callClearUnknownCall,
  callDisconnectPppEnds,
  setLinkInfoAccepted,
  setLinkInfoNegotiation,
  setLinkInfoUnknownCall,
  incomingCallRequest,
  incomingCallAccepted,
  incomingCallBearerType,
  incomingCallCallId,
  incomingCallCleared,
  incomingCallConnectedWrongly,
  incomingCallGivenUp,
  incomingCallHungUp,
  incomingCallNumberLengths,
  incomingCallNumbers,
  wanErrorAccepted,
  incomingCallWindow,
  timersNoStartRequest,
  otherEchoReply,
  timersPartOfAStartRequest,
  timersSilence,
  timersNoEchoReply,
  timersBusy,
  timersEchoReply,
  timersLateEchoReply,
  timersIncomingCallStuck,
  tunnelAcknowledgment,
  tunnelDuplicate,
  tunnelFirstPacket,
  tunnelLarge,
  tunnelLcp,
  tunnelOtherPackets,
  tunnelWindow,
  tunnelLinkOpens,
  tunnelLink,
  tunnelTrailingOctets,
  tunnelPayloadLength,
  tunnelOddPackets,
  tunnelLate,
  tunnelGap,
  tunnelOverflow,
  tunnelTransmitWindow,
  tunnelWindowOpens,
  tunnelTimeOut,
  tunnelTwoCalls,
  tunnelTwoPeers,
  tunnelBeforeCall,
  tunnelFirstTimeOut,
  tunnelFragments,
  tunnelOddAcknowledgments,
  tunnelOversize,
  tunnelReordering,
  tunnelSpoofedSource,
  tunnelWidestWindow,
  tunnelWrap,
  originatorStartConnects,
  sessionPing,
  sessionLogin,
  sessionWrongLogin,
  originatorSessionWrongSecret,
  sessionNoLogin,
  sessionTooEarly,
  sessionProvesItself,
  sessionForgedSuccess,
  sessionAddresses,
  sessionBulk,
  sessionBulkInTheClear,
  sessionEncryption,
  sessionOlderKeys,
  sessionStrongest,
  sessionKeyChange,
  sessionLossStateless,
  sessionLossStateful,
  sessionInTheClear,
  sessionImpaired,
  sessionEcho,
  sessionUnknownProtocol,
  sessionRejectedProtocol,
  sessionFraming,
  sessionRenegotiation,
  sessionTerminate,
  sessionEndReported,
  sessionCutOff,
  originatorStartRequest,
  originatorStartRefused,
  originatorMessageFormatBadMagicCookie,
  originatorCallRequest,
  originatorCallRefused,
  originatorCallConnected,
  originatorCallAgainstDirection,
  originatorCallBeforeReply,
  originatorCallDialsAgain,
  originatorCallGivenUp,
  originatorCallHungUp,
  originatorCallLinkInfo,
  originatorCallNotified,
  originatorCallNotifiedOfAnother,
  originatorCallPhoneNumber,
  originatorCallDelivery,
  originatorCallMalformedReply,
  originatorCallMalformedNotify,
  originatorCallNotifiedBeforeReply,
  originatorCallNotifiedTwice,
  originatorCallRepliedTwice,
  originatorCallStalled,
  originatorCallReplyCallId,
  originatorCallReplyForAnother,
  originatorCallReplyValues,
  originatorCallSecond,
  originatorTimersNoStartReply,
  originatorTimersLateCallReply,
  originatorTimersNoCallReply,
  originatorTimersNoDisconnectNotify,
  originatorTimersStuckRestarted,
  originatorStartAnyReply,
  originatorStartVersion,
  originatorStartMalformedReply,
  originatorStartDelivery,
  originatorStartUnexpected,
  originatorConnectionLost,
  originatorConnectionRestarts,
  originatorStopHangUp,
  originatorStopCallUnsettled,
  originatorStopCrossing,
  originatorStopRefused,
  originatorTimersNoStopReply,
  originatorTimersLateStartReply,
  originatorCollisionLost,
  originatorCollisionWon,
].flat()
