import type { AutomatonTimers } from './automaton.ts'
import { type Ccp, createCcp } from './ccp.ts'
import {
  createMppeReceiver,
  createMppeSender,
  type MppeReceiver,
  type MppeReset,
  type MppeSender,
} from './mppe.ts'
import { type MppeCredentials, type MppeEnd, mppeStartKeys } from './mppe-keys.ts'
import type { MppeMode, MppePolicy } from './mppe-option.ts'
import type { PppAction, PppNotice } from './protocol.ts'

/** Which encryption a peer offers and demands. */
export interface EncryptionPolicy extends MppePolicy {
  /** Ends the link unless encryption is agreed in both directions. */
  readonly required: boolean
  /** What a Reset-Request does to the key; `same-key`, as in RFC 3078, unless given. */
  readonly reset?: MppeReset | undefined
  /**
   * Whether to accept an unencrypted datagram although encryption is agreed, as Linux does. Called
   * for each datagram; never unless given.
   */
  readonly takesClear?: (() => boolean) | undefined
  /** Whether to send a datagram unencrypted all the same. Called for each; never unless given. */
  readonly sendsClear?: (() => boolean) | undefined
}

/** The encryption of each direction, as seen from this end; absent where there is none. */
export interface EncryptionAgreed {
  readonly send?: MppeMode
  readonly receive?: MppeMode
}

/** CCP and the MPPE that it negotiates, on one link. */
export interface Encryption {
  readonly ccp: Ccp
  readonly required: boolean
  /**
   * Sets the secrets for the keys, before CCP begins.
   * @param end which end we are.
   */
  use(credentials: MppeCredentials, end: MppeEnd): void
  /** CCP opened. Returns false where required encryption is missing in a direction. */
  begin(): boolean
  /** CCP left its opened state. */
  end(): void
  /** Encryption is given up on this link until LCP is negotiated again. */
  forgo(): void
  isForgone(): boolean
  /** LCP left its opened state: encryption is to be negotiated again. */
  forget(): void
  /** Whether the negotiation is over: CCP is open, or encryption is given up. */
  isSettled(): boolean
  /** Undefined while nothing is encrypted. */
  agreed(): EncryptionAgreed | undefined
  /**
   * Encrypts a packet that begins with its PPP protocol number. Returns the information field of
   * protocol 0x00FD; undefined where we send unencrypted.
   */
  encrypt(plain: Uint8Array): Uint8Array | undefined
  /** Whether what the peer sends is encrypted. */
  decrypts(): boolean
  /**
   * Decrypts the information field of protocol 0x00FD. `plain` begins with a PPP protocol number
   * and is absent where decryption fails; `actions` are those of CCP.
   */
  decrypt(octets: Uint8Array): { readonly plain?: Uint8Array; readonly actions: readonly PppAction[] }
  /** Acts on a Reset-Request or Reset-Ack; other notices are ignored. */
  heed(notice: PppNotice): void
}

export function createEncryption(policy: EncryptionPolicy, timers?: AutomatonTimers): Encryption {
  const ccp = createCcp({ policy, ...(timers === undefined ? {} : { timers }) })
  let proof: { readonly credentials: MppeCredentials; readonly end: MppeEnd } | undefined
  let forgone = false
  let agreed: EncryptionAgreed | undefined
  let sender: MppeSender | undefined
  let receiver: MppeReceiver | undefined

  function end(): void {
    agreed = undefined
    sender = undefined
    receiver = undefined
  }

  const options = (mode: MppeMode, direction: 'send' | 'receive') => ({
    key: keys(mode)[direction],
    ...mode,
    ...(policy.reset === undefined ? {} : { reset: policy.reset }),
  })

  function keys({ strength }: MppeMode) {
    if (proof === undefined) throw new RangeError('CCP opened before anybody was authenticated')
    return mppeStartKeys(proof.credentials, strength, proof.end)
  }

  return {
    ccp,
    required: policy.required,
    use(credentials, end) {
      proof = { credentials, end }
    },
    begin() {
      const { send, receive } = ccp.agreed()
      if (send !== undefined) sender = createMppeSender(options(send, 'send'))
      if (receive !== undefined) receiver = createMppeReceiver(options(receive, 'receive'))
      agreed = send === undefined && receive === undefined ? undefined : ccp.agreed()
      return !policy.required || (send !== undefined && receive !== undefined)
    },
    end,
    forgo() {
      forgone = true
    },
    isForgone: () => forgone,
    forget() {
      end()
      forgone = false
      proof = undefined
    },
    isSettled: () => forgone || ccp.state() === 'opened',
    agreed: () => agreed,
    encrypt: (plain) => (policy.sendsClear?.() === true ? undefined : sender?.encrypt(plain)),
    decrypts: () => receiver !== undefined,
    decrypt(octets) {
      const read = receiver?.decrypt(octets)
      switch (read?.kind) {
        case 'datagram':
          return { plain: read.plain, actions: ccp.inStep() }
        case 'reset-request':
          return { actions: ccp.requestReset() }
        default:
          return { actions: [] }
      }
    },
    heed({ kind }) {
      if (kind === 'reset-requested') sender?.reset()
      if (kind === 'reset-acknowledged') receiver?.resetAcknowledged()
    },
  }
}
