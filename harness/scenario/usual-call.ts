/** Fields of an Outgoing-Call-Request with values that any PAC should accept; the rest varies. */
export const USUAL_CALL = {
  minimumBps: 300,
  maximumBps: 100_000_000,
  bearerType: 3,
  framingType: 3,
  packetRecvWindowSize: 64,
} as const
