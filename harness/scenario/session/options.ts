import { type Account, AUTHENTICATION_METHODS, type AuthenticationMethod } from '../../ppp/authentication.ts'
import type { EncryptionPolicy } from '../../ppp/encryption.ts'
import type { PppPeerOptions } from '../../ppp/peer.ts'
import type { PppAccounts } from '../../ppp/profile.ts'
import { seededOctets } from '../../ppp/random.ts'

type Methods = readonly [AuthenticationMethod, ...AuthenticationMethod[]]

/** How the tester's PPP peer behaves. The defaults suit most IUTs. */
export interface SessionOptions {
  /**
   * `client`: authenticates itself and asks for an address. `server`: asks for authentication and
   * assigns an address. `client` unless given.
   */
  readonly role?: 'client' | 'server'
  /** The account with which the tester authenticates itself; the IUT's `accounts` unless given. */
  readonly account?: Account
  /**
   * Methods by which the tester authenticates itself, the first preferred. A client accepts all
   * unless given, a server none. `none`: it refuses to authenticate itself.
   */
  readonly proves?: Methods | 'none'
  /**
   * Methods by which the IUT may authenticate itself, the first asked for first. A server asks for
   * MS-CHAPv2 unless given, a client for no authentication.
   */
  readonly demands?: Methods | 'none'
  /**
   * How MPPE is negotiated. Unless given: any strength, stateless if possible, and no encryption if
   * the IUT wants none. `none`: the tester does not support CCP.
   */
  readonly encryption?: EncryptionPolicy | 'none'
  /** Maximum-Receive-Unit of the tester in octets; 1500 unless given. */
  readonly mru?: number
  /** For a server: its own address, and the one that it assigns to the IUT. */
  readonly addresses?: { readonly own: string; readonly peers: string }
  /** For a client: whether it also asks for the addresses of name servers. */
  readonly dns?: boolean
  /** Whether the IUT's pings are answered; true unless given. False: the scenario sees them. */
  readonly answersPing?: boolean
  /**
   * Whether to wait for the IUT's first packet before sending, at most `timers.tunnel` ms; true for
   * a client unless given. Some servers read GRE only after their PPP daemon has sent once; other
   * IUTs send nothing until they have received a packet.
   */
  readonly waits?: boolean
  /** Options of the peer that override those made from the fields above. */
  readonly peer?: Partial<PppPeerOptions>
}

const SERVER_ADDRESSES = { own: '198.18.0.1', peers: '198.18.1.1' }
const ENCRYPTION: EncryptionPolicy = { strengths: [128, 56, 40], stateless: 'preferred', required: false }

/**
 * Returns the options of the tester's PPP peer.
 * @param accounts returns the IUT's accounts; throws Inconclusive where none is known.
 * @param seed seed of all random values.
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
 * Returns a function that returns the secret of a name. The IUT may use either of its accounts: the
 * one that it accepts from others, or its own (`ppp.own`).
 */
function secretOf({ name, secret, own }: PppAccounts): (claimed: string) => string | undefined {
  return (claimed) => (claimed === own?.name ? own.secret : claimed === name ? secret : undefined)
}
