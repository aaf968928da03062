import { AUTOMATON_TIMERS, type AutomatonState, type AutomatonTimers, createAutomaton } from './automaton.ts'
import { PppProtocolNumber } from './frame.ts'
import {
  createMppeAsking,
  createMppeGranting,
  type MppeAsking,
  type MppeGranting,
  type MppeMode,
  type MppePolicy,
} from './mppe-option.ts'
import { encodePacket, type Packet } from './packet.ts'
import type { PppAction, PppProtocol } from './protocol.ts'

/** Codes that CCP adds (RFC 1962 section 3). */
export const CcpCode = { resetRequest: 14, resetAck: 15 } as const

export interface CcpOptions {
  readonly policy: MppePolicy
  readonly timers?: AutomatonTimers
}

export interface Ccp extends PppProtocol {
  state(): AutomatonState
  /**
   * The encryption of each direction, as seen from this end. A direction without encryption is
   * absent; while CCP is not open, both are.
   */
  agreed(): { readonly receive?: MppeMode; readonly send?: MppeMode }
  /**
   * Sends a Reset-Request: our decryption is out of step. The request is repeated until the
   * Reset-Ack comes, until `inStep`, or until the tries are used up. Does nothing while another one
   * waits for its Reset-Ack, or while CCP is not open.
   */
  requestReset(): readonly PppAction[]
  /**
   * Our decryption is in step again, even without a Reset-Ack: a flushed packet suffices (RFC 3078
   * section 8.2). Ends a Reset-Request that waits.
   */
  inStep(): readonly PppAction[]
}

/**
 * Makes CCP (RFC 1962) that negotiates MPPE and nothing else. Each end asks for the encryption that
 * it will decrypt, so the two directions are negotiated separately. `Encryption` decides whether a
 * link may go on without.
 * @throws RangeError when the policy has no strength.
 */
export function createCcp({ policy, timers = AUTOMATON_TIMERS }: CcpOptions): Ccp {
  if (policy.strengths.length === 0) throw new RangeError('encryption needs a strength')
  let asking: MppeAsking = createMppeAsking(policy)
  let granting: MppeGranting = createMppeGranting(policy)
  const resets = createResets(timers)
  const automaton = createAutomaton(
    {
      request: () => asking.request(),
      judge: (options) => granting.judge(options),
      nak: (options) => asking.nak(options),
      reject: (options) => asking.reject(options),
      extra: resets.receive,
    },
    timers,
  )
  const isOpen = () => automaton.state() === 'opened'

  return {
    protocol: PppProtocolNumber.ccp,
    state: automaton.state,
    handle(event) {
      if (event.kind === 'up') {
        asking = createMppeAsking(policy)
        granting = createMppeGranting(policy)
      }
      if (event.kind === 'timer' && isOpen()) return resets.again()
      return resets.after(automaton.handle(event), isOpen())
    },
    agreed() {
      if (!isOpen()) return {}
      const agreed: { receive?: MppeMode; send?: MppeMode } = {}
      const [receive, send] = [asking.mode(), granting.mode()]
      if (receive !== undefined) agreed.receive = receive
      if (send !== undefined) agreed.send = send
      return agreed
    },
    requestReset: () => (isOpen() ? resets.request(automaton.nextIdentifier) : []),
    inStep: resets.done,
  }
}

/**
 * Reset-Request and Reset-Ack (RFC 1962 section 3.1). They use the timer of CCP's automaton, which
 * needs it only while CCP is not open.
 */
function createResets({ restart, maximumConfigure }: AutomatonTimers) {
  let pending: { readonly identifier: number; readonly tries: number } | undefined

  function send(identifier: number, tries: number): readonly PppAction[] {
    pending = { identifier, tries }
    return [packet(CcpCode.resetRequest, identifier), { kind: 'set-timer', ms: restart }]
  }

  return {
    /** Takes a packet with a code that the automaton does not know. */
    receive({ code, identifier }: Packet, open: boolean): readonly PppAction[] | undefined {
      switch (code) {
        case CcpCode.resetRequest:
          if (!open) return []
          return [
            packet(CcpCode.resetAck, identifier),
            { kind: 'notice', notice: { kind: 'reset-requested' } },
          ]
        case CcpCode.resetAck:
          if (!open || identifier !== pending?.identifier) return []
          pending = undefined
          return [{ kind: 'cancel-timer' }, { kind: 'notice', notice: { kind: 'reset-acknowledged' } }]
        default:
          return undefined
      }
    },
    request: (nextIdentifier: () => number) => (pending ? [] : send(nextIdentifier(), 1)),
    /** The timer ran out: repeats the Reset-Request, or gives up. */
    again(): readonly PppAction[] {
      if (pending && pending.tries < maximumConfigure) return send(pending.identifier, pending.tries + 1)
      pending = undefined
      return []
    },
    done(): readonly PppAction[] {
      if (!pending) return []
      pending = undefined
      return [{ kind: 'cancel-timer' }]
    },
    /** Restarts the timer of a waiting Reset-Request where the automaton has just cancelled it. */
    after(actions: readonly PppAction[], open: boolean): readonly PppAction[] {
      if (!open) pending = undefined
      return pending && actions.some(({ kind }) => kind === 'cancel-timer')
        ? [...actions, { kind: 'set-timer', ms: restart }]
        : actions
    },
  }
}

function packet(code: number, identifier: number): PppAction {
  return { kind: 'send', octets: encodePacket({ code, identifier, data: new Uint8Array(0) }) }
}
