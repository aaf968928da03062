import type { IpReassembly } from '../protocol/ip-reassembly.ts'
import { readUint32 } from '../protocol/octets.ts'
import { createEncryption, type Encryption } from './encryption.ts'
import { encodeFrame, PppProtocolNumber } from './frame.ts'
import { createIpcp, type Ipcp } from './ipcp.ts'
import { createLcp, type Lcp, LcpOption } from './lcp.ts'
import type { LinkAction } from './link.ts'
import { createIdentityCheck, createIdentityProof, type Login } from './login.ts'
import type { PppPeerOptions } from './peer-options.ts'
import type { AuthenticatedSide, PppAction, PppEvent, PppNotice, PppProtocol } from './protocol.ts'
import { randomMagicNumber } from './random.ts'

/** The phases of a link (RFC 1661 section 3.2). */
export type PppPhase = 'dead' | 'establish' | 'authenticate' | 'network' | 'terminate'

/** Why a link did not come up, or why it ended. */
export type PppFailure =
  /** `message`: the authenticator's Message, as Latin-1 text from a peer, or what did not come. */
  | {
      readonly kind: 'authentication-failed'
      readonly side: AuthenticatedSide
      readonly name: string
      readonly message: string
    }
  /** The peer refused all authentication methods that we demand. */
  | { readonly kind: 'authentication-refused' }
  | { readonly kind: 'encryption-not-agreed'; readonly why: string }
  | { readonly kind: 'addresses-not-agreed'; readonly why: string }
  /** The peer sent an LCP Terminate-Request; `message` is its data, as Latin-1 text. */
  | { readonly kind: 'terminated-by-peer'; readonly message: string }
  /** We closed the link. */
  | { readonly kind: 'closed' }
  /** LCP finished without opening: the peer did not answer, or agreed to nothing. */
  | { readonly kind: 'no-agreement' }

/** One protocol of the link, and what the link does when its state changes. */
export interface Layer {
  readonly machine: PppProtocol
  readonly timer: string
  readonly opened: (link: LinkState) => readonly LinkAction[]
  readonly down?: (link: LinkState) => readonly LinkAction[]
  readonly finished?: (link: LinkState) => readonly LinkAction[]
}

/** The state of one link: its phase (RFC 1661 section 3), and the protocols on it. */
export interface LinkState {
  readonly options: PppPeerOptions
  readonly lcp: Layer & { readonly machine: Lcp }
  readonly ipcp: Layer & { readonly machine: Ipcp }
  /** CCP and the encryption that it negotiates; undefined where we do not speak CCP. */
  readonly ccp: (Layer & { readonly encryption: Encryption }) | undefined
  phase: PppPhase
  failure: PppFailure | undefined
  /** Whether datagrams may be sent. */
  isUp: boolean
  /** The authentications of this link, ours and the peer's. */
  logins: readonly (Layer & { readonly login: Login })[]
  /** Those of `logins` that have not succeeded yet. */
  due: Set<Layer>
  /** Puts fragments of IPv4 packets together; undefined until the first fragment comes. */
  reassembly: IpReassembly | undefined
  /** Identification of the latest IPv4 packet that we sent. */
  identification: number
}

/** Makes a link in phase Dead. */
export function createLinkState(options: PppPeerOptions): LinkState {
  const { random, authenticate, prove, timers, mru } = options
  const lcp = createLcp({
    magicNumber: randomMagicNumber(random),
    demand: authenticate?.methods ?? [],
    accept: prove?.methods ?? [],
    ...(mru === undefined ? {} : { mru }),
    takesCompressed: options.takesCompressed ?? false,
    ...(timers === undefined ? {} : { timers }),
  })
  return {
    options,
    lcp: lcpLayer(lcp),
    ipcp: ipcpLayer(createIpcp({ timers, ...options.network })),
    ccp: options.encryption && ccpLayer(createEncryption(options.encryption, timers)),
    phase: 'dead',
    failure: undefined,
    isUp: false,
    logins: [],
    due: new Set(),
    reassembly: undefined,
    identification: 0,
  }
}

function lcpLayer(machine: Lcp): LinkState['lcp'] {
  return {
    machine,
    timer: 'lcp',
    opened: enterAuthentication,
    down: leaveNetwork,
    finished(link) {
      link.phase = 'dead'
      link.failure ??= { kind: 'no-agreement' }
      return [{ kind: 'finished' }]
    },
  }
}

function ipcpLayer(machine: Ipcp): LinkState['ipcp'] {
  return {
    machine,
    timer: 'ipcp',
    opened: comeUp,
    down: goDown,
    finished: (link) => fail(link, { kind: 'addresses-not-agreed', why: 'IPCP did not open' }),
  }
}

function ccpLayer(encryption: Encryption): NonNullable<LinkState['ccp']> {
  return {
    machine: encryption.ccp,
    encryption,
    timer: 'ccp',
    opened: (link) =>
      encryption.begin()
        ? [...startAddresses(link), ...comeUp(link)]
        : withoutEncryption(link, 'CCP opened without encryption in both directions'),
    down(link) {
      encryption.end()
      return goDown(link)
    },
    finished: (link) => withoutEncryption(link, 'CCP did not open'),
  }
}

function loginLayer(login: Login): LinkState['logins'][number] {
  const layer: LinkState['logins'][number] = {
    login,
    machine: login.machine,
    timer: `${login.side}-authentication`,
    opened: (link) => (link.due.delete(layer) && link.due.size === 0 ? enterNetwork(link) : []),
  }
  return layer
}

/** Hands an event to a protocol, and returns the actions of the link that follow. */
export function pass(link: LinkState, layer: Layer, event: PppEvent): readonly LinkAction[] {
  const { protocol } = layer.machine
  const actions = layer.machine.handle(event)
  return follow(link, layer, link.options.onStep?.({ protocol, event, actions }) ?? actions)
}

/** Translates the actions of a protocol into actions of the link. */
export function follow(link: LinkState, layer: Layer, actions: readonly PppAction[]): readonly LinkAction[] {
  return actions.flatMap((action) => carry(link, layer, action))
}

function carry(link: LinkState, layer: Layer, action: PppAction): readonly LinkAction[] {
  const { machine, timer } = layer
  switch (action.kind) {
    case 'send':
      return [{ kind: 'send', frame: encodeFrame(machine.protocol, action.octets) }]
    case 'set-timer':
      return [{ kind: 'set-timer', timer, ms: action.ms }]
    case 'cancel-timer':
      return [{ kind: 'cancel-timer', timer }]
    case 'opened':
      return [
        {
          kind: 'opened',
          protocol: machine.protocol,
          ...(layer === link.lcp ? peersMap(link.lcp.machine) : {}),
        },
        ...layer.opened(link),
      ]
    case 'down':
      return layer.down?.(link) ?? []
    case 'finished':
      return layer.finished?.(link) ?? []
    case 'notice':
      return [{ kind: 'notice', notice: action.notice }, ...heed(link, action.notice)]
  }
}

function peersMap(lcp: Lcp): { readonly peersMap?: number } {
  const map = lcp.granted().get(LcpOption.accm)?.data
  return map === undefined ? {} : { peersMap: readUint32(map, 0) }
}

function heed(link: LinkState, notice: PppNotice): readonly LinkAction[] {
  switch (notice.kind) {
    case 'authentication-failed':
      return fail(link, notice)
    case 'protocol-rejected':
      if (notice.protocol === PppProtocolNumber.ipcp)
        return fail(link, { kind: 'addresses-not-agreed', why: 'the peer does not speak IPCP' })
      if (notice.protocol === PppProtocolNumber.ccp)
        return withoutEncryption(link, 'the peer does not speak CCP')
      return []
    default:
      link.ccp?.encryption.heed(notice)
      return []
  }
}

/** Ends the link. `failure` keeps the first reason if there are several. */
export function fail(link: LinkState, why: PppFailure): readonly LinkAction[] {
  link.failure ??= why
  link.phase = 'terminate'
  return pass(link, link.lcp, { kind: 'close' })
}

/** LCP is open: enters phase Authenticate, or Network where no authentication was agreed. */
function enterAuthentication(link: LinkState): readonly LinkAction[] {
  const { random, authenticate, prove } = link.options
  link.phase = 'authenticate'
  const peersMethod = link.lcp.machine.peersMethod()
  const ownMethod = link.lcp.machine.ownMethod()
  if (authenticate !== undefined && peersMethod === undefined && authenticate.optional?.() !== true)
    return fail(link, { kind: 'authentication-refused' })
  const wanted = [
    ...(authenticate === undefined || peersMethod === undefined
      ? []
      : [createIdentityCheck(peersMethod, { random, ...authenticate })]),
    ...(prove === undefined || ownMethod === undefined
      ? []
      : [createIdentityProof(ownMethod, { account: prove.account, random })]),
  ]
  link.logins = wanted.map(loginLayer)
  link.due = new Set(link.logins)
  return link.logins.length === 0
    ? enterNetwork(link)
    : link.logins.flatMap((layer) => pass(link, layer, { kind: 'up' }))
}

/** All authentications succeeded: enters phase Network. */
function enterNetwork(link: LinkState): readonly LinkAction[] {
  link.phase = 'network'
  const { ccp } = link
  if (ccp === undefined) return startAddresses(link)
  const [proof] = link.logins.flatMap(({ login }) => {
    const keys = login.keys()
    return keys === undefined
      ? []
      : [{ keys, end: login.side === 'peer' ? 'authenticator' : 'authenticated' } as const]
  })
  if (proof === undefined) return withoutEncryption(link, 'authentication left no keys')
  ccp.encryption.use(proof.keys, proof.end)
  // IPCP begins after CCP: pppd, for one, ignores IPCP until CCP is open if it requires encryption.
  // A peer that does not want CCP rejects it, or begins with IPCP.
  return pass(link, ccp, { kind: 'up' })
}

function withoutEncryption(link: LinkState, why: string): readonly LinkAction[] {
  const { ccp } = link
  if (ccp === undefined || link.phase !== 'network') return []
  if (ccp.encryption.required) return fail(link, { kind: 'encryption-not-agreed', why })
  ccp.encryption.forgo()
  return [...pass(link, ccp, { kind: 'down' }), ...startAddresses(link), ...comeUp(link)]
}

/** Begins IPCP, unless it has begun already. */
export function startAddresses(link: LinkState): readonly LinkAction[] {
  return link.phase === 'network' && link.ipcp.machine.state() === 'initial'
    ? pass(link, link.ipcp, { kind: 'up' })
    : []
}

function comeUp(link: LinkState): readonly LinkAction[] {
  const ipcp = link.ipcp.machine
  if (link.isUp || link.phase !== 'network' || ipcp.state() !== 'opened') return []
  if (link.ccp !== undefined && !link.ccp.encryption.isSettled()) return []
  link.isUp = true
  return [{ kind: 'network-up', address: ipcp.address(), peersAddress: ipcp.peersAddress() }]
}

function goDown(link: LinkState): readonly LinkAction[] {
  if (!link.isUp) return []
  link.isUp = false
  return [{ kind: 'network-down' }]
}

/** LCP is not open any more: all other protocols go down. */
function leaveNetwork(link: LinkState): readonly LinkAction[] {
  if (link.phase !== 'terminate') link.phase = 'establish'
  const { logins, ipcp, ccp } = link
  const upper = [...logins, ipcp, ...(ccp === undefined ? [] : [ccp])]
  const down = upper.flatMap((layer) => pass(link, layer, { kind: 'down' }))
  ccp?.encryption.forget()
  link.logins = []
  link.due = new Set()
  return [...goDown(link), ...down]
}

/** Takes the end of a timer of one of the link's protocols. */
export function expire(link: LinkState, timer: string): readonly LinkAction[] {
  const { lcp, logins, ccp, ipcp } = link
  const layers: readonly Layer[] = [lcp, ...logins, ...(ccp === undefined ? [] : [ccp]), ipcp]
  const layer = layers.find((one) => one.timer === timer)
  return layer === undefined ? [] : pass(link, layer, { kind: 'timer' })
}
