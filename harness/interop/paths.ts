/** A path: the network and the nodes between client and server. */
export interface Path {
  /** A description for people. */
  readonly title: string
  /**
   * Commands for the router, in order; undefined when there is no router. `{seed}` is the run's
   * seed, `{server}` the server's address.
   */
  readonly routes: readonly (readonly string[])[] | undefined
  /** The router translates addresses, and Call IDs with them. */
  readonly translates?: boolean
  /** The path breaks packets on purpose, so its router is not judged. */
  readonly breaks?: boolean
  /** Few or no links come up on this path. */
  readonly linkless?: boolean
  /** Clients dial the router instead of the server. */
  readonly forwarded?: boolean
}

/** Every path, by the name that follows the `@` in a case's id. */
export const PATHS = {
  direct: { title: 'one network, without a router', routes: undefined },
  routed: { title: 'a router that only forwards packets', routes: [] },
  lossy: {
    title: 'a router that loses and reorders 1 % of all packets in each direction, by seed',
    routes: [['impair', 'delay', '2ms', 'loss', '1%', 'reorder', '99%', 'seed', '{seed}']],
  },
  'small-first': {
    title: 'a router that delays packets of 1024 octets and more by 5 ms, so that small ones overtake them',
    routes: [['late', '5']],
  },
  nat: {
    title: 'a router that translates addresses, with the helper for PPTP',
    routes: [['translate', 'helper']],
    translates: true,
  },
  'nat-without-helper': {
    title: 'a router that translates addresses and knows nothing of PPTP',
    routes: [['translate', 'plain']],
    breaks: true,
    linkless: true,
  },
  'nat-forgetful': {
    title:
      'a router that translates addresses, with the helper for PPTP, and forgets GRE after two seconds of silence',
    routes: [
      ['translate', 'helper'],
      ['expire', '2'],
    ],
    translates: true,
    breaks: true,
  },
  forwarded: {
    title: 'a router that clients dial, and that forwards PPTP to the server',
    routes: [
      ['translate', 'helper'],
      ['serve', '{server}'],
    ],
    translates: true,
    forwarded: true,
  },
  'gre-blocked': { title: 'a firewall that drops all GRE', routes: [['gre', 'drop']], linkless: true },
  'gre-blocked-to-client': {
    title: 'a firewall that drops GRE towards the client',
    routes: [['gre', 'drop-in']],
    linkless: true,
  },
  'gre-blocked-to-server': {
    title: 'a firewall that drops GRE towards the server',
    routes: [['gre', 'drop-out']],
    linkless: true,
  },
  'gre-refused': {
    title: 'a firewall that answers GRE with ICMP protocol unreachable',
    routes: [['gre', 'unreachable']],
    linkless: true,
  },
  'gre-from-elsewhere': {
    title: 'a router that changes the source address of GRE towards the client',
    routes: [['gre-from', '{server}', '192.0.2.99']],
    breaks: true,
    linkless: true,
  },
  'call-id-rewritten': {
    title: 'a router that changes the Call ID in Outgoing-Call-Request and not in GRE',
    routes: [['call-id', '0x1234']],
    breaks: true,
    linkless: true,
  },
  'large-blocked': {
    title: 'a router that silently drops packets of more than 1436 octets',
    routes: [['large', '1436']],
  },
} as const satisfies Readonly<Record<string, Path>>

export type PathName = keyof typeof PATHS
export const PATH_NAMES = Object.keys(PATHS) as readonly PathName[]

/** Commands for the router that remove the previous path. */
export const NOTHING_BETWEEN: readonly (readonly string[])[] = [
  ['pass', 'yes'],
  ['translate', 'none'],
  ['serve', 'none'],
  ['expire', 'none'],
  ['gre', 'pass'],
  ['impair', 'none'],
  ['late', 'none'],
  ['large', 'none'],
  ['gre-from', 'none'],
  ['call-id', 'none'],
]
