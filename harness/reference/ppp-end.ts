import type { Account } from '../ppp/authentication.ts'
import type { EncryptionPolicy } from '../ppp/encryption.ts'
import type { IpcpOptions } from '../ppp/ipcp.ts'
import type { LinkAction, PppLink } from '../ppp/link.ts'
import { createPppPeer, type PppPeerOptions, type PppStep } from '../ppp/peer.ts'
import { seededOctets } from '../ppp/random.ts'
import type { PppPolicy } from './ppp-policy.ts'
import type { PppSettings } from './ppp-settings.ts'
import type { Seams } from './seams.ts'
import type { CallRole } from './tables.ts'

/** What differs from one PPP link to another. */
interface Linked {
  readonly role: CallRole
  readonly seed: number
  /** Number of the call; every call has another. */
  readonly serial: number
  readonly seams: Pick<Seams, 'reading' | 'writing' | 'policy'>
}

/**
 * Makes the PPP peer of one call. The end that answered the call is the server: it demands
 * authentication and assigns addresses. The end that placed the call proves its identity and asks
 * for an address.
 */
export function pppBehindCall(settings: PppSettings, linked: Linked): PppLink {
  const { role, seed, serial, seams } = linked
  const { policy } = seams
  const random = seededOctets(seed + serial)
  const common = {
    random: (count: number) => policy.drawn(random(count)),
    prove: proofOf(settings, policy),
    encryption: encryptionOf(settings, policy),
    takesCompressed: true,
    onStep: (step: PppStep) => policy.afterStep(step, serial),
  }
  const isClient = role === 'pns-outgoing' || role === 'pac-incoming'
  const peer = isClient
    ? createPppPeer({ network: { role: 'client' }, ...common })
    : createPppPeer({
        authenticate: checkOf(settings, policy),
        network: networkOf(settings, serial),
        ...common,
      })
  const silent = settings.silent === true || (settings.silent === 'answering' && !isClient)
  return throughSeams(silent ? onceSpokenTo(peer) : peer, linked)
}

/** Wraps a link so that its frames pass the seams when they are read and written. */
function throughSeams(link: PppLink, { serial, seams: { reading, writing, policy } }: Linked): PppLink {
  const written = (actions: readonly LinkAction[]) =>
    actions.flatMap((action): readonly LinkAction[] => {
      if (action.kind !== 'send') return [action]
      const frame = writing.sent(action.frame, serial)
      return frame === undefined ? [] : [{ kind: 'send', frame }]
    })
  return {
    open: () => written(link.open()),
    close: () => written(link.close()),
    receive(octets) {
      const frame = reading.heard(octets, serial)
      if (frame === undefined) return []
      const actions = link.receive(frame)
      return written(actions.length === 0 ? policy.unheeded(frame) : actions)
    },
    timer: (timer) => written(link.timer(timer)),
    sendDatagram: (octets) => written(link.sendDatagram(octets)),
  }
}

/** Wraps a link so that it opens with the first frame that it receives. */
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

/** Returns the settings with another secret for our own account; undefined changes nothing. */
export function withSecret(settings: PppSettings, secret: string | undefined): PppSettings {
  const { accounts } = settings
  if (secret === undefined || accounts.own === undefined) return settings
  return { ...settings, accounts: { ...accounts, own: { ...accounts.own, secret } } }
}

function proofOf({ accounts: { own }, methods }: PppSettings, policy: PppPolicy): PppPeerOptions['prove'] {
  const [first, ...others] = methods
  if (own === undefined || first === undefined) return undefined
  return { account: new OwnAccount(own, policy), methods: [first, ...others] }
}

/**
 * Our account; its secret is looked up only when it is used. It is a class because one is made for
 * each call: of an object literal with an accessor, the JavaScript engine keeps the shape, and with
 * it everything that the accessor refers to, long after the play.
 */
class OwnAccount implements Account {
  readonly name: string
  readonly #account: Account
  readonly #policy: PppPolicy

  constructor(account: Account, policy: PppPolicy) {
    this.name = account.name
    this.#account = account
    this.#policy = policy
  }

  get secret(): string {
    return this.#policy.ownSecret(this.#account.secret)
  }
}

function encryptionOf({ encryption }: PppSettings, policy: PppPolicy): EncryptionPolicy | undefined {
  if (encryption === undefined) return undefined
  return {
    takesClear: policy.takesClear,
    sendsClear: policy.sendsClear,
    ...encryption,
    strengths: policy.strengths(encryption.strengths),
  }
}

function checkOf({ accounts, methods }: PppSettings, policy: PppPolicy): PppPeerOptions['authenticate'] {
  const [first, ...others] = methods
  if (first === undefined) return undefined
  return {
    methods: [first, ...others],
    name: accounts.own?.name ?? '',
    secretOf: (name) => (name === accounts.name ? accounts.secret : undefined),
    optional: policy.isLoginOptional,
  }
}

function networkOf({ address, firstAddress }: PppSettings, serial: number): IpcpOptions {
  const [a, b, c, first] = firstAddress.split('.').map(Number)
  const last = 1 + (((first ?? 1) - 1 + serial - 1) % 254)
  return { role: 'server', address, peersAddress: `${a}.${b}.${c}.${last}` }
}
