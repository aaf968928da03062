import { startPeer } from '../../implementations/peer/peer.ts'
import type { Clock } from '../../network/network.ts'
import { createSimulatedNetwork } from '../../network/simulated.ts'
import { createVirtualClock } from '../../network/virtual-clock.ts'
import type { MutantName } from '../../reference/mutants.ts'
import { readTrace } from '../../trace/messages.ts'
import { writePcapng } from '../../trace/pcapng.ts'
import { recordNetwork } from '../../trace/recorder.ts'
import type { Trace } from '../../trace/trace.ts'
import { factsOf, type HopFacts } from '../hop-facts.ts'

export const CLIENT = '10.0.0.1'
export const SERVER = '10.0.0.2'

/** The conversation of two peers. */
export interface PeersConversation {
  /** Recorded at the server, which is `tester` in it. */
  readonly trace: Trace
  /** The answers to the commands of the client, then of the server. */
  readonly answers: readonly string[]
}

/**
 * Connects two peers of the reference by a simulated network: the client dials, and performs the
 * commands of `told` while the call lasts.
 */
export function twoPeers(options: PeersOptions): Promise<PeersConversation> {
  const clock = createVirtualClock()
  return clock.run(converse(options, clock))
}

interface PeersOptions {
  readonly client?: readonly string[]
  readonly server?: readonly string[]
  readonly secret?: string
  readonly fault?: MutantName
  /** Commands for the client while it has a link, as its manifest words them. */
  readonly told?: readonly (readonly string[])[]
}

async function converse(options: PeersOptions, clock: Clock): Promise<PeersConversation> {
  const world = createSimulatedNetwork({ clock })
  const hosts = [world.host(CLIENT), world.host(SERVER)] as const
  const recorder = recordNetwork(hosts[1], { startedAt: Date.UTC(2026, 0, 1) })
  const log = () => {}
  const client = await startPeer({ network: hosts[0], address: CLIENT, log })
  const server = await startPeer({
    network: recorder.network,
    address: SERVER,
    log,
    deviations: { faults: options.fault === undefined ? [] : [options.fault], habits: [] },
  })
  await client.perform(['ppp-options', ...(options.client ?? ['any', '128'])])
  await server.perform(['ppp-options', ...(options.server ?? ['ms-chap-v2', '128'])])
  const secret = options.secret === undefined ? [] : ['--secret', options.secret]
  const ended = client.perform(['dial', 'first', SERVER, ...secret])
  const answers = [await client.perform(['traffic', 'link', '5'])]
  for (const words of options.told ?? []) answers.push(await client.perform(words))
  answers.push(await server.perform(['traffic', 'no-link', '1']))
  await client.perform(['hang-up', 'first'])
  await client.perform(['stop-dial', 'first'])
  await ended
  const trace = recorder.trace()
  await client.close()
  await server.close()
  return { trace, answers }
}

/** Makes a hop whose capture holds the packets of a trace. */
export function hopOf(hop: string, trace: Trace): HopFacts {
  const entries = trace.entries.map((entry, index) => ({ ...entry, index }))
  return factsOf(hop, writePcapng(readTrace({ ...trace, entries })).octets)
}
