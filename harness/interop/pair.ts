import { UsageError } from '../errors/errors.ts'
import type { ContainerFolder } from '../implementations/manifest.ts'
import type { Baseline, BaselineCause } from '../runner/baseline.ts'
import { LEG_REQUIREMENTS, LEGS_MONITOR } from './middlebox/requirements.ts'
import { monitorOf, type WatchedEnd } from './play.ts'

/** A client and a server that are to have a link. */
export interface Pair {
  /** The name in results and baselines. */
  readonly name: string
  readonly client: ContainerFolder
  readonly server: ContainerFolder
}

/** Returns the name of a pair: `pptp-linux-1.10.0-with-pptpd-1.5.0`. */
export function pairName(client: string, server: string): string {
  return `${client}-with-${server}`
}

/**
 * Pairs every client among the implementations with every server among them.
 * @throws UsageError when one of them takes no part in interoperability runs, or when there is no
 * client or no server among them.
 */
export function pairsOf(folders: readonly ContainerFolder[]): readonly Pair[] {
  for (const { manifest } of folders)
    if (manifest.interop === undefined)
      throw new UsageError(
        `${manifest.name} takes no part in interoperability runs: its manifest has no interop`,
        'docs/interop.md says what interop has to hold',
      )
  const clients = folders.filter(({ manifest }) => manifest.dial !== undefined)
  const servers = folders.filter(({ manifest }) => manifest.pics.roles.includes('recipient'))
  const missing = clients.length === 0 ? 'client' : servers.length === 0 ? 'server' : undefined
  if (missing !== undefined)
    throw new UsageError(
      `there is no ${missing} among ${folders.map(({ manifest }) => manifest.name).join(', ')}`,
      missing === 'client'
        ? 'Name a client as well, such as pptp-linux-1.10.0: a client has dial in its manifest'
        : 'Name a server as well, such as pptpd-1.5.0: a server has recipient among its pics.roles',
    )
  return clients.flatMap((client) =>
    servers.map((server) => ({
      name: pairName(client.manifest.name, server.manifest.name),
      client,
      server,
    })),
  )
}

/** The baseline of a pair. */
export interface PairBaseline {
  readonly baseline: Baseline | undefined
  /** Whether a cause is that of an end or the router: such a cause need not show in every pair. */
  mayBeAbsent(cause: string): boolean
}

/**
 * Joins the known causes of a pair: its own, those of each end that monitors find, because they do
 * not depend on the other end, and those of the router that comparing its legs finds.
 */
export function joinBaselines(
  { name, client, server }: Pair,
  known: {
    readonly own: Baseline | undefined
    readonly client: Baseline | undefined
    readonly server: Baseline | undefined
    /** Causes of the router between the two. */
    readonly middlebox?: { readonly name: string; readonly baseline: Baseline | undefined } | undefined
  },
): PairBaseline {
  if (known.own === undefined) return { baseline: undefined, mayBeAbsent: () => false }
  const borrowed = [
    ...borrow(known.client, client.manifest.name, 'client'),
    ...borrow(known.server, server.manifest.name, 'server'),
    ...borrowBetween(known.middlebox?.baseline, known.middlebox?.name ?? ''),
  ]
  const ids = new Set(borrowed.map(({ id }) => id))
  return {
    baseline: { format: 2, implementation: name, causes: [...known.own.causes, ...borrowed] },
    mayBeAbsent: (cause) => ids.has(cause),
  }
}

function borrow(
  baseline: Baseline | undefined,
  implementation: string,
  end: WatchedEnd,
): readonly BaselineCause[] {
  return (baseline?.causes ?? [])
    .filter(({ monitors }) => monitors.length > 0)
    .map((cause) => ({
      ...cause,
      id: `${implementation}/${cause.id}`,
      cases: [],
      monitors: cause.monitors.map((claim) => ({
        ...claim,
        monitor: [claim.monitor].flat().map((glob) => monitorOf(end, glob)),
      })),
    }))
}

/**
 * Returns the causes of the middlebox that comparing its two legs shows, whatever the ends are.
 * Each requirement is taken from the first cause that has it.
 */
function borrowBetween(baseline: Baseline | undefined, middlebox: string): readonly BaselineCause[] {
  const left = new Set<string>(LEG_REQUIREMENTS)
  return (baseline?.causes ?? []).flatMap((cause) => {
    const broken = [...new Set(cause.cases.flatMap(({ fail = [] }) => fail))].filter((id) => left.delete(id))
    if (broken.length === 0) return []
    const monitors = [{ monitor: [LEGS_MONITOR], fail: broken }]
    return [{ ...cause, id: `${middlebox}/${cause.id}`, cases: [], monitors }]
  })
}
