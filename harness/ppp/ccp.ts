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
   * What encrypts each direction, as seen from this end; absent where nothing does, and while CCP
   * is not open.
   */
  agreed(): { readonly receive?: MppeMode; readonly send?: MppeMode }
  /**
   * Tells the peer that our decryption lost step. Repeated until its Reset-Ack comes, we are in
   * step again, or it seems in vain. Does nothing while one is under way or CCP is not open.
   */
  requestReset(): readonly PppAction[]
  /** Our decryption is in step, Reset-Ack or not (RFC 3078 section 8.2 gets by without one). */
  inStep(): readonly PppAction[]
}

/**
 * CCP (RFC 1962), negotiating MPPE and nothing else. Each end asks for what it will decrypt, so
 * that the two directions are agreed on one by one. Whether a link may live without encryption is
 * for others to say.
 * @throws RangeError where the policy has no strength.
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
 * Reset-Request and Reset-Ack (RFC 1962 section 3.1). While CCP is open its automaton waits for
 * nothing, so the timer is free for them.
 */
function createResets({ restart, maximumConfigure }: AutomatonTimers) {
  let pending: { readonly identifier: number; readonly tries: number } | undefined

  function send(identifier: number, tries: number): readonly PppAction[] {
    pending = { identifier, tries }
    return [packet(CcpCode.resetRequest, identifier), { kind: 'set-timer', ms: restart }]
  }

  return {
    /** A code that negotiation does not know. */
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
    /** The timer went off. */
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
    /** What the automaton does takes the timer away from a request under way. */
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
