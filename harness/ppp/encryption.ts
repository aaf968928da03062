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

/** What a peer wants of encryption. */
export interface EncryptionPolicy extends MppePolicy {
  /** The link ends where encryption is not agreed in both directions. */
  readonly required: boolean
  /** What a Reset-Request does to the key; absent: what RFC 3078 says. */
  readonly reset?: MppeReset | undefined
  /**
   * Datagrams in the clear are taken besides, as Linux does; they are not unless given. Asked for
   * each.
   */
  readonly takesClear?: (() => boolean) | undefined
  /** Datagrams are sent in the clear all the same; they are not unless given. Asked for each. */
  readonly sendsClear?: (() => boolean) | undefined
}

/** What encrypts each direction, seen from this end; a direction without encryption is absent. */
export interface EncryptionAgreed {
  readonly send?: MppeMode
  readonly receive?: MppeMode
}

/** CCP and the MPPE that it negotiates, on one link. */
export interface Encryption {
  readonly ccp: Ccp
  readonly required: boolean
  /** Who authenticated whom, before CCP begins. */
  use(credentials: MppeCredentials, end: MppeEnd): void
  /** CCP opened. False where it agreed on less than is required. */
  begin(): boolean
  /** CCP left its opened state. */
  end(): void
  /** There will be none on this link, until it is negotiated again. */
  forgo(): void
  isForgone(): boolean
  /** LCP left its opened state: everything is to be negotiated again. */
  forget(): void
  /** Whether it is known what is encrypted. */
  isSettled(): boolean
  /** Undefined while nothing is encrypted. */
  agreed(): EncryptionAgreed | undefined
  /** The information field of protocol 0x00FD; undefined where what we send is not encrypted. */
  encrypt(plain: Uint8Array): Uint8Array | undefined
  /** Whether what the peer sends is encrypted. */
  decrypts(): boolean
  /**
   * `plain` begins with a PPP protocol number; absent where nothing can be read, `actions` say what
   * CCP does about it.
   */
  decrypt(octets: Uint8Array): { readonly plain?: Uint8Array; readonly actions: readonly PppAction[] }
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
