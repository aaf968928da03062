import { type Account, AUTHENTICATION_METHODS, type AuthenticationMethod } from '../../ppp/authentication.ts'
import type { EncryptionPolicy } from '../../ppp/encryption.ts'
import type { PppPeerOptions } from '../../ppp/peer.ts'
import type { PppAccounts } from '../../ppp/profile.ts'
import { seededOctets } from '../../ppp/random.ts'

type Methods = readonly [AuthenticationMethod, ...AuthenticationMethod[]]

/** How our PPP peer behaves. What is absent suits most peers. */
export interface SessionOptions {
  /**
   * `client`: proves who it is and asks for an address, as whoever placed a call does. `server`:
   * asks for proof and hands out addresses.
   */
  readonly role?: 'client' | 'server'
  /** By which we prove who we are; the IUT's `accounts` unless given. */
  readonly account?: Account
  /**
   * Methods by which we are ready to prove it, the first preferred; all unless given. `none`: we
   * refuse to.
   */
  readonly proves?: Methods | 'none'
  /**
   * Methods by which the IUT is to prove who it is, the first asked for. A server asks for
   * MS-CHAPv2 unless given, a client for nothing.
   */
  readonly demands?: Methods | 'none'
  /**
   * MPPE; any strength, stateless if possible, and none where the IUT wants none, unless given.
   * `none`: we do not speak CCP.
   */
  readonly encryption?: EncryptionPolicy | 'none'
  /** Octets of information that we take; 1500 unless given. */
  readonly mru?: number
  /** A server's own address, and the one that it hands out. */
  readonly addresses?: { readonly own: string; readonly peers: string }
  /** A client asks for name servers as well. */
  readonly dns?: boolean
  /** False: the IUT's pings are not answered. */
  readonly answersPing?: boolean
  /**
   * Sends nothing before the IUT's first packet, unless that takes longer than `timers.tunnel`:
   * some servers read GRE only after their PPP daemon has written once, but a PPP peer may also
   * keep silent until it is spoken to. True for a client unless given.
   */
  readonly waits?: boolean
  /** Changes any of the peer's options, whatever the above made of them. */
  readonly peer?: Partial<PppPeerOptions>
}

const SERVER_ADDRESSES = { own: '198.18.0.1', peers: '198.18.1.1' }
const ENCRYPTION: EncryptionPolicy = { strengths: [128, 56, 40], stateless: 'preferred', required: false }

/**
 * The options of our PPP peer.
 * @param accounts the IUT's; throws Inconclusive where none is known.
 * @param seed what is random derives from this.
 */
export function peerOptions(
  accounts: () => PppAccounts,
  seed: number,
  options: SessionOptions,
): PppPeerOptions {
  const server = options.role === 'server'
  const demands = options.demands ?? (server ? ['ms-chap-v2'] : 'none')
  const proves = options.proves ?? (server ? 'none' : AUTHENTICATION_METHODS)
  const [preferred, ...others] = proves === 'none' ? [] : proves
  const { own, peers } = options.addresses ?? SERVER_ADDRESSES
  return {
    random: seededOctets(seed),
    mru: options.mru,
    prove: preferred && { account: options.account ?? accounts(), methods: [preferred, ...others] },
    authenticate:
      demands === 'none' ? undefined : { methods: demands, name: 'tester', secretOf: secretOf(accounts()) },
    encryption: options.encryption === 'none' ? undefined : (options.encryption ?? ENCRYPTION),
    network: server
      ? { role: 'server', address: own, peersAddress: peers }
      : { role: 'client', dns: options.dns },
    answersPing: options.answersPing,
    ...options.peer,
  }
}

/**
 * Who calls may prove itself by either account: the one by which we are let in elsewhere, and its
 * own.
 */
function secretOf({ name, secret, own }: PppAccounts): (claimed: string) => string | undefined {
  return (claimed) => (claimed === own?.name ? own.secret : claimed === name ? secret : undefined)
}
