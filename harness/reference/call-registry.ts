import type { Call, RegisteredTunnel } from './call-model.ts'
import type { Context } from './context.ts'

/** All calls of a machine that are not over, on all connections. */
export interface CallRegistry {
  /**
   * Assigns a free Call ID. They count up, so one that was released is assigned again only after
   * all others.
   */
  assign(): number
  /** Returns a number that names a call in logs and timers; never the same twice. */
  nextSerial(): number
  add(call: Call): void
  remove(call: Call): void
  living(): readonly Call[]
  /** The calls whose Call IDs are in use. */
  calls(): readonly Call[]
  attach(end: RegisteredTunnel): void
  /** Removes a tunnel, unless its Call ID belongs to another tunnel by now. */
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
