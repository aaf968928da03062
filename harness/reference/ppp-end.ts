import type { Account, AuthenticationMethod } from '../ppp/authentication.ts'
import type { EncryptionPolicy } from '../ppp/encryption.ts'
import type { IpcpOptions } from '../ppp/ipcp.ts'
import type { PppLink } from '../ppp/link.ts'
import { createPppPeer, type PppPeerOptions, type PppStep } from '../ppp/peer.ts'
import type { PppAccounts } from '../ppp/profile.ts'
import { seededOctets } from '../ppp/random.ts'
import type { CallRole } from './call-model.ts'
import type { Faults } from './faults.ts'
import { spoilRandom, spoilStep, withFaults } from './ppp-faults.ts'

/** What lives behind calls: one PPP peer each. */
export interface PppSettings {
  /** Whom it lets in, and how it proves itself. */
  readonly accounts: PppAccounts
  /** How a caller may prove who it is, the first asked for; none: it need not. */
  readonly methods: readonly AuthenticationMethod[]
  /** Absent: CCP is not spoken. */
  readonly encryption?: EncryptionPolicy | undefined
  /** It says nothing before it is spoken to: in any call, or in those that it has answered. */
  readonly silent?: boolean | 'answering' | undefined
  /**
   * Its own address, and the first that it hands out; later ones count up in the last octet. Dotted
   * IPv4.
   */
  readonly address: string
  readonly firstAddress: string
}

/**
 * The PPP peer behind one call. Who answered the call is the server, asks for authentication and
 * hands out addresses; who placed it proves who it is and asks for an address.
 * @param serial differs from call to call.
 */
export function pppBehindCall(
  settings: PppSettings,
  role: CallRole,
  { seed, serial, faults }: { readonly seed: number; readonly serial: number; readonly faults: Faults },
): PppLink {
  const common = {
    random: spoilRandom(seededOctets(seed + serial), faults),
    prove: proofOf(settings, faults),
    encryption: encryptionOf(settings, faults),
    takesCompressed: true,
    onStep: (step: PppStep) => spoilStep(step, faults),
  }
  const isClient = role === 'pns-outgoing' || role === 'pac-incoming'
  const peer = isClient
    ? createPppPeer({ network: { role: 'client' }, ...common })
    : createPppPeer({
        authenticate: checkOf(settings, faults),
        network: networkOf(settings, serial),
        ...common,
      })
  const silent = settings.silent === true || (settings.silent === 'answering' && !isClient)
  return withFaults(silent ? onceSpokenTo(peer) : peer, faults)
}

/** A link that opens with the first frame that it receives. */
function onceSpokenTo(link: PppLink): PppLink {
  let isOpen = false
  return {
    ...link,
    open: () => [],
    receive(frame) {
      const opening = isOpen ? [] : link.open()
      isOpen = true
      return [...opening, ...link.receive(frame)]
    },
  }
}

/** The same, with another secret of its own. */
export function withSecret(settings: PppSettings, secret: string | undefined): PppSettings {
  const { accounts } = settings
  if (secret === undefined || accounts.own === undefined) return settings
  return { ...settings, accounts: { ...accounts, own: { ...accounts.own, secret } } }
}

function proofOf({ accounts: { own }, methods }: PppSettings, faults: Faults): PppPeerOptions['prove'] {
  const [first, ...others] = methods
  if (own === undefined || first === undefined) return undefined
  return { account: new OwnAccount(own, faults), methods: [first, ...others] }
}

/**
 * Ours, whose secret is looked up when it is to be proved. A class, for it is made for each call:
 * the engine keeps the shape of an object with an accessor of its own, and with it everything that
 * the accessor can see, long after the play.
 */
class OwnAccount implements Account {
  readonly name: string
  readonly #account: Account
  readonly #faults: Faults

  constructor(account: Account, faults: Faults) {
    this.name = account.name
    this.#account = account
    this.#faults = faults
  }

  get secret(): string {
    const { secret } = this.#account
    return this.#faults.has('ppp-proves-wrongly') ? `not ${secret}` : secret
  }
}

function encryptionOf({ encryption }: PppSettings, faults: Faults): EncryptionPolicy | undefined {
  if (encryption === undefined) return undefined
  const { strengths } = encryption
  return {
    takesClear: () => faults.has('mppe-takes-clear'),
    sendsClear: () => faults.has('mppe-sends-clear'),
    ...encryption,
    strengths: strengths.length > 1 && faults.has('mppe-weakest') ? strengths.toReversed() : strengths,
  }
}

function checkOf({ accounts, methods }: PppSettings, faults: Faults): PppPeerOptions['authenticate'] {
  const [first, ...others] = methods
  if (first === undefined) return undefined
  return {
    methods: [first, ...others],
    name: accounts.own?.name ?? '',
    secretOf: (name) => (name === accounts.name ? accounts.secret : undefined),
    optional: () => faults.has('ppp-login-optional'),
  }
}

function networkOf({ address, firstAddress }: PppSettings, serial: number): IpcpOptions {
  const [a, b, c, first] = firstAddress.split('.').map(Number)
  const last = 1 + (((first ?? 1) - 1 + serial - 1) % 254)
  return { role: 'server', address, peersAddress: `${a}.${b}.${c}.${last}` }
}
