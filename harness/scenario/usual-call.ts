/** Values that any PAC should accept in an Outgoing-Call-Request, without Call ID and number. */
export const USUAL_CALL = {
  minimumBps: 300,
  maximumBps: 100_000_000,
  bearerType: 3,
  framingType: 3,
  packetRecvWindowSize: 64,
} as const
