import type { Call, RegisteredTunnel } from './call-model.ts'
import type { Context } from './context.ts'

/** All live calls of a machine, whatever their connection. */
export interface CallRegistry {
  /**
   * A Call ID that no live call has. Released ones come back only when all others have been used.
   */
  assign(): number
  /** Names calls in logs and timers; never repeats. */
  nextSerial(): number
  add(call: Call): void
  remove(call: Call): void
  living(): readonly Call[]
  /** The calls whose Call IDs are taken. */
  calls(): readonly Call[]
  attach(end: RegisteredTunnel): void
  /** Removes that end, unless its Call ID leads elsewhere by now. */
  detach(end: RegisteredTunnel): void
  registeredTunnels(): readonly RegisteredTunnel[]
}

export function createCallRegistry({ configuration, policy }: Context): CallRegistry {
  const living = new Set<Call>()
  const ends = new Map<number, RegisteredTunnel>()
  let next = configuration.firstCallId & 0xffff
  let serial = 0
  const calls = () => policy.callsInUse([...living])

  return {
    assign() {
      const assigned = policy.nextCallId(new Set(calls().map((call) => call.ownCallId)), next)
      next = (assigned + 1) & 0xffff
      return assigned
    },
    nextSerial: () => ++serial,
    add: (call) => living.add(call),
    remove: (call) => living.delete(call),
    living: () => [...living],
    calls,
    attach: (end) => ends.set(end.callId, end),
    detach(end) {
      if (ends.get(end.callId) === end) ends.delete(end.callId)
    },
    registeredTunnels: () => [...ends.values()],
  }
}
