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

/** The encryption of one direction. */
export interface MppeMode {
  readonly strength: MppeStrength
  readonly stateless: boolean
}

/** Which encryption one end accepts and prefers, for both directions. */
export interface MppePolicy {
  /**
   * The strengths that it accepts, at least one; the preferred one first. It asks for all of them.
   */
  readonly strengths: readonly MppeStrength[]
  /**
   * Whether each packet has a key of its own. `required` accepts only stateless mode, `refused`
   * only stateful mode. `preferred` asks for and once suggests stateless mode, but accepts both;
   * `allowed` does not ask for it, but accepts both.
   */
  readonly stateless: 'required' | 'preferred' | 'allowed' | 'refused'
}

/** Makes the option that carries these bits. */
export function encodeMppeOption(bits: number): Option {
  return { type: MPPE_OPTION, data: Uint8Array.from([24, 16, 8, 0], (shift) => (bits >>> shift) & 0xff) }
}

/**
 * Reads the bits of an option; undefined for another option, or where its data is not four octets
 * long.
 */
export function decodeMppeOption({ type, data }: Option): number | undefined {
  if (type !== MPPE_OPTION || data.length !== 4) return undefined
  return readUint32(data, 0)
}

/** Returns the bits for some strengths and a mode. */
export function mppeBits(strengths: readonly MppeStrength[], stateless: boolean): number {
  return strengths.reduce((bits, strength) => bits | BITS[strength], stateless ? MppeBit.stateless : 0)
}

/**
 * Reads bits as a mode, with the strongest of their strengths; undefined where they name no
 * strength.
 */
function mppeMode(bits: number): MppeMode | undefined {
  const strength = STRONGEST_FIRST.find((one) => (bits & BITS[one]) !== 0)
  return strength && { strength, stateless: (bits & MppeBit.stateless) !== 0 }
}

/**
 * The asking end's side of the negotiation of one direction: the end that decrypts it asks (RFC
 * 1962 section 4).
 */
export interface MppeAsking {
  /** The options for a Configure-Request. */
  request(): readonly Option[]
  /**
   * Takes a Configure-Nak. Stops asking for encryption where the peer proposes no strength that we
   * accept, or has sent too many Configure-Naks.
   */
  nak(options: readonly Option[]): void
  /** Takes a Configure-Reject. */
  reject(options: readonly Option[]): void
  /** What was asked for last. */
  mode(): MppeMode | undefined
}

/**
 * How many Configure-Naks are accepted: a peer that refuses even its own proposals would otherwise
 * go on for ever.
 */
const NAKS_BORNE = 5

export function createMppeAsking({ strengths, stateless }: MppePolicy): MppeAsking {
  let asked: number | undefined = mppeBits(strengths, stateless === 'required' || stateless === 'preferred')
  let naks = 0

  /**
   * Returns the bits to ask for after a proposal: one strength, so that the peer need not choose
   * again, and our mode where the policy leaves no choice.
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

/** The answering end's side of the negotiation of one direction: the end that encrypts it. */
export interface MppeGranting {
  /**
   * Judges a Configure-Request. A request without the option is acknowledged: the peer wants no
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
   * Returns the bits that we can grant and that are nearest to what the peer asks for: one
   * strength, a mode, and nothing else (RFC 3078 section 2.1).
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

/** Whether the mode is stateless; undefined where the policy leaves a choice. */
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
