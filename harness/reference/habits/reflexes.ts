import { MESSAGES, type MessageName } from '../../protocol/messages.ts'
import { readUint16 } from '../../protocol/octets.ts'
import type { ReferenceAction, ReferenceEvent } from '../events.ts'
import type { Impulse, Reflex } from './habit.ts'

const NOTHING: readonly Impulse[] = []

/** The sizes of what has to be read of a message: its type is at octet 8, the Call ID at 12. */
const TYPE_AT = 8
const CALL_ID_AT = 12

function sends(action: ReferenceAction, name: MessageName): action is ReferenceAction & { kind: 'send' } {
  return (
    action.kind === 'send' &&
    action.octets.length > CALL_ID_AT + 1 &&
    readUint16(action.octets, TYPE_AT) === MESSAGES[name].type
  )
}

/** Whose addresses connections have, as they open. */
function connectionsSeen() {
  const remotes = new Map<string, string>()
  return {
    see(event: ReferenceEvent) {
      if (event.kind === 'tcp-opened') remotes.set(event.connection, event.remote.address)
    },
    remote: (connection: string) => remotes.get(connection),
  }
}

/** A PAC that asks to stop when none of its calls is left on a connection. */
export function stopsAfterLastCall(): Reflex {
  const seen = connectionsSeen()
  const calls = new Map<string, Set<number>>()
  return (event, actions) => {
    seen.see(event)
    return actions.flatMap((action) => {
      if (action.kind !== 'send') return NOTHING
      const living = calls.get(action.connection) ?? new Set()
      calls.set(action.connection, living)
      if (sends(action, 'Outgoing-Call-Reply')) living.add(readUint16(action.octets, CALL_ID_AT))
      if (!sends(action, 'Call-Disconnect-Notify')) return NOTHING
      living.delete(readUint16(action.octets, CALL_ID_AT))
      const address = seen.remote(action.connection)
      if (living.size > 0 || address === undefined) return NOTHING
      return [{ id: `stop/${action.connection}`, after: 0, command: { name: 'stop', address } as const }]
    })
  }
}

/**
 * A PAC that ends calls that it has answered when no GRE packet has come to any of them for `ms`.
 */
export function idleAfter(ms: number): Reflex {
  const living = new Set<number>()
  return (event, actions) => {
    const before = living.size
    for (const action of actions) {
      if (sends(action, 'Outgoing-Call-Reply')) living.add(readUint16(action.octets, CALL_ID_AT))
      if (sends(action, 'Call-Disconnect-Notify')) living.delete(readUint16(action.octets, CALL_ID_AT))
    }
    if (event.kind !== 'gre' && living.size === before) return NOTHING
    return [...living].map((callId) => ({
      id: `idle/${callId}`,
      after: ms,
      command: { name: 'clear-call', callId },
    }))
  }
}
