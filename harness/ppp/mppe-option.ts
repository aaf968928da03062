import { readUint32 } from '../protocol/octets.ts'
import type { Judgement } from './automaton.ts'
import type { MppeStrength } from './mppe-keys.ts'
import type { Option } from './packet.ts'

/**
 * The option by which Microsoft's compression and encryption are negotiated in CCP (RFC 2118
 * section 2, RFC 3078 section 2).
 */
export const MPPE_OPTION = 18

/** The bits of the option's four octets (RFC 3078 section 2). */
export const MppeBit = {
  /** C: Microsoft's compression. */
  compression: 0x01,
  /** D. */
  obsolete: 0x10,
  /** L. */
  strength40: 0x20,
  /** S. */
  strength128: 0x40,
  /** M. */
  strength56: 0x80,
  /** H. */
  stateless: 0x0100_0000,
} as const

/** What encrypts one direction. */
export interface MppeMode {
  readonly strength: MppeStrength
  readonly stateless: boolean
}

/** What one end wants of encryption, in both directions. */
export interface MppePolicy {
  /**
   * The strengths it is content with, the one it likes best first; it asks for all of them. At
   * least one.
   */
  readonly strengths: readonly MppeStrength[]
  /**
   * Whether each packet is to have a key of its own. `required` and `refused` accept nothing else.
   * `preferred` asks for it and suggests it once, but does without; `allowed` does not ask for it.
   */
  readonly stateless: 'required' | 'preferred' | 'allowed' | 'refused'
}

/** The option that carries such bits. */
export function encodeMppeOption(bits: number): Option {
  return { type: MPPE_OPTION, data: Uint8Array.from([24, 16, 8, 0], (shift) => (bits >>> shift) & 0xff) }
}

/**
 * The bits that an option carries; undefined for another option, or one that is not four octets
 * long.
 */
export function decodeMppeOption({ type, data }: Option): number | undefined {
  if (type !== MPPE_OPTION || data.length !== 4) return undefined
  return readUint32(data, 0)
}

/** The bits for some strengths and a mode. */
export function mppeBits(strengths: readonly MppeStrength[], stateless: boolean): number {
  return strengths.reduce((bits, strength) => bits | BITS[strength], stateless ? MppeBit.stateless : 0)
}

/**
 * The mode that bits stand for, the strongest where there are several strengths; undefined where
 * there is none.
 */
function mppeMode(bits: number): MppeMode | undefined {
  const strength = STRONGEST_FIRST.find((one) => (bits & BITS[one]) !== 0)
  return strength && { strength, stateless: (bits & MppeBit.stateless) !== 0 }
}

/**
 * One direction's negotiation, as the end that asks: it decrypts that direction (RFC 1962 section
 * 4).
 */
export interface MppeAsking {
  /** The options for a Configure-Request. */
  request(): readonly Option[]
  /**
   * A Configure-Nak came. Encryption is asked for no more where the peer proposes no strength of
   * ours, or has proposed too often.
   */
  nak(options: readonly Option[]): void
  /** A Configure-Reject came. */
  reject(options: readonly Option[]): void
  /** What was asked for last. */
  mode(): MppeMode | undefined
}

/**
 * Configure-Naks taken from a peer: one that never likes what it proposed itself would go on for
 * ever.
 */
const NAKS_BORNE = 5

export function createMppeAsking({ strengths, stateless }: MppePolicy): MppeAsking {
  let asked: number | undefined = mppeBits(strengths, stateless === 'required' || stateless === 'preferred')
  let naks = 0

  /**
   * What to ask for after such a proposal: one strength only, or the peer would have to choose
   * again. A mode that must be is insisted on.
   */
  function following(proposal: number): number | undefined {
    const strength = strengths.find((one) => (proposal & BITS[one]) !== 0)
    return strength && mppeBits([strength], settledMode(stateless) ?? (proposal & MppeBit.stateless) !== 0)
  }

  return {
    request: () => (asked === undefined ? [] : [encodeMppeOption(asked)]),
    nak(options) {
      const [proposal] = options.flatMap((option) => decodeMppeOption(option) ?? [])
      if (asked === undefined || proposal === undefined) return
      asked = ++naks > NAKS_BORNE ? undefined : following(proposal)
    },
    reject(options) {
      if (options.some(({ type }) => type === MPPE_OPTION)) asked = undefined
    },
    mode: () => (asked === undefined ? undefined : mppeMode(asked)),
  }
}

/** One direction's negotiation, as the end that answers: it encrypts that direction. */
export interface MppeGranting {
  /**
   * Judges a Configure-Request. One without the option is acknowledged: the peer does without
   * encryption.
   */
  judge(options: readonly Option[]): Judgement
  /** What was acknowledged last. */
  mode(): MppeMode | undefined
}

export function createMppeGranting({ strengths, stateless }: MppePolicy): MppeGranting {
  let suggested = false
  let granted: MppeMode | undefined

  /**
   * The nearest to what the peer asks for that we can grant: one strength and nothing else (RFC
   * 3078 section 2.1).
   */
  function nearest(bits: number): number {
    const strength = strengths.find((one) => (bits & BITS[one]) !== 0) ?? strengths[0]
    return mppeBits(strength === undefined ? [] : [strength], grantsStateless(bits))
  }

  function grantsStateless(bits: number): boolean {
    const asked = (bits & MppeBit.stateless) !== 0
    return settledMode(stateless) ?? (asked || (stateless === 'preferred' && !suggested))
  }

  return {
    judge(options) {
      granted = undefined
      const ours = options.find((option) => decodeMppeOption(option) !== undefined)
      const others = options.filter((option) => option !== ours)
      if (others.length > 0) return { kind: 'reject', options: others }
      const bits = ours && decodeMppeOption(ours)
      if (bits === undefined) return { kind: 'ack' }
      const better = nearest(bits)
      if (better !== bits) {
        suggested ||= (better & ~bits & MppeBit.stateless) !== 0
        return { kind: 'nak', options: [encodeMppeOption(better)] }
      }
      granted = mppeMode(bits)
      return { kind: 'ack' }
    },
    mode: () => granted,
  }
}

/** Whether packets have a key each, where the policy leaves no choice. */
function settledMode(stateless: MppePolicy['stateless']): boolean | undefined {
  if (stateless === 'required') return true
  return stateless === 'refused' ? false : undefined
}

const STRONGEST_FIRST: readonly MppeStrength[] = [128, 56, 40]
const BITS: Readonly<Record<MppeStrength, number>> = {
  40: MppeBit.strength40,
  56: MppeBit.strength56,
  128: MppeBit.strength128,
}
