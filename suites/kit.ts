/**
 * Everything of the harness that scenario files use. Beside this module they import only steps
 * (suites/steps/).
 */

export { octetsOf, textOf } from '../harness/ppp/authentication.ts'
export { CcpCode } from '../harness/ppp/ccp.ts'
export { ChapCode } from '../harness/ppp/chap.ts'
export { IcmpType } from '../harness/ppp/datagram.ts'
export type { EncryptionPolicy } from '../harness/ppp/encryption.ts'
export { decodeFrame, encodeFrame, PppProtocolNumber } from '../harness/ppp/frame.ts'
export { IpcpOption } from '../harness/ppp/ipcp.ts'
export { LcpOption } from '../harness/ppp/lcp.ts'
export { decodeMppeOption, mppeBits } from '../harness/ppp/mppe-option.ts'
export {
  decodeOptions,
  decodePacket,
  encodeOptions,
  encodePacket,
  type Option,
  type Packet,
  PacketCode,
} from '../harness/ppp/packet.ts'
export { PapCode } from '../harness/ppp/pap.ts'
export type { PppStep } from '../harness/ppp/peer.ts'
export type { PppAction } from '../harness/ppp/protocol.ts'
export { controlMessage, encodeControl } from '../harness/protocol/control.ts'
export {
  type DecodedGre,
  GRE_PROTOCOL_PPP,
  type GrePacket,
  isLater,
  TUNNEL_MTU,
} from '../harness/protocol/gre.ts'
export {
  type BodyValues,
  type ControlMessage,
  GeneralError,
  type MessageName,
  PPTP_PORT,
  PptpMessageType,
  PROTOCOL_VERSION,
  sizeOf,
} from '../harness/protocol/messages.ts'
export { printable, sameOctets, toHex } from '../harness/protocol/octets.ts'
export { type Control, type Malformation, reaction } from '../harness/scenario/control.ts'
export type { EitherTester } from '../harness/scenario/either.ts'
export {
  adding,
  arrivalOf,
  countOf,
  type Evidence,
  evidence,
  factOf,
  fieldOf,
  observed,
  shownBy,
  wholeMessage,
} from '../harness/scenario/evidence.ts'
export {
  absent,
  advised,
  atLeast,
  atMost,
  closes,
  type Expectation,
  ends,
  equalTo,
  holds,
  is,
  isMessage,
  present,
  tolerating,
} from '../harness/scenario/expectation.ts'
export { Decided, Inconclusive, NotApplicable } from '../harness/scenario/judge.ts'
export {
  describeMessage,
  describeObservation,
  entryOf,
  type Observation,
  type Received,
  receivedAs,
} from '../harness/scenario/observation.ts'
export { type AnsweredCall, startReply } from '../harness/scenario/server.ts'
export {
  describeEncryption,
  describeOutcome,
  type PingResult,
  type ReceivedDatagram,
  type SessionOptions,
  type SessionOutcome,
} from '../harness/scenario/session.ts'
export { startRequest, type Tester } from '../harness/scenario/tester.ts'
export type { GreHub, ReceivedGre, TunnelEnd } from '../harness/scenario/tunnel.ts'
export { type RequirementId, scenario } from './catalogue.ts'
