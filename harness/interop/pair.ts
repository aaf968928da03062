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

/** `pptp-linux-1.10.0-with-pptpd-1.5.0` */
export function pairName(client: string, server: string): string {
  return `${client}-with-${server}`
}

/**
 * Every client with every server of some implementations.
 * @throws UsageError when one of them takes no part in such runs, or the clients or the servers are
 * missing.
 */
export function pairsOf(folders: readonly ContainerFolder[]): readonly Pair[] {
  for (const { manifest } of folders)
    if (manifest.interop === undefined)
      throw new UsageError(
        `${manifest.name} takes no part in interoperability runs: its manifest has no interop`,
        'docs/interop.md says what it has to hold',
      )
  const clients = folders.filter(({ manifest }) => manifest.dial !== undefined)
  const servers = folders.filter(({ manifest }) => manifest.pics.roles.includes('recipient'))
  const missing = clients.length === 0 ? 'client' : servers.length === 0 ? 'server' : undefined
  if (missing !== undefined)
    throw new UsageError(
      `there is no ${missing} among ${folders.map(({ manifest }) => manifest.name).join(', ')}`,
      missing === 'client'
        ? 'Name one as well, such as pptp-linux-1.10.0: a client has dial in its manifest'
        : 'Name one as well, such as pptpd-1.5.0: a server has recipient among its pics.roles',
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
  /** Whether a cause belongs to one end alone: such a cause need not show in every pair. */
  mayBeAbsent(cause: string): boolean
}

/**
 * The known causes of a pair: its own, and of each end's those that monitors find. The latter do
 * not depend on the other end.
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
 * Deviations of the middlebox that the comparison of the two legs shows with any ends. Each
 * requirement is taken from the first cause that has it.
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
