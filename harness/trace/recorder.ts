import type { ImpairmentPlan } from '../network/impaired.ts'
import type {
  ConnectFailure,
  ConnectOptions,
  Endpoint,
  ListenOptions,
  Network,
  TcpListener,
} from '../network/network.ts'
import { isConnection } from '../network/network.ts'
import { type ImpairedPath, impairPath } from './impaired-path.ts'
import { type RecordedConnection, recordConnection } from './recorded-connection.ts'
import { type RecordedGreSocket, recordGreSocket } from './recorded-gre.ts'
import {
  amend,
  createRecording,
  note,
  type Recording,
  record,
  TRACE_LIMITS,
  type TraceLimits,
} from './recording.ts'
import type { Trace, TraceEntry } from './trace.ts'

export type { RecordedConnection } from './recorded-connection.ts'
export type { RecordedGreSocket } from './recorded-gre.ts'

export interface RecorderOptions {
  /** Wall clock of the trace's beginning, in ms since 1970. */
  readonly startedAt: number
  readonly limits?: TraceLimits
  /**
   * What happens to GRE between the tester and the network. What each end sees of it is recorded,
   * and every decision.
   */
  readonly impairment?: Omit<ImpairmentPlan, 'onImpairment'> | undefined
}

/** A network that hands on what happens together with the trace entry that shows it. */
export interface RecordedNetwork extends Network {
  connect(remote: Endpoint, options: ConnectOptions): Promise<RecordedConnection | ConnectFailure>
  listen(
    local: Endpoint,
    accept: (connection: RecordedConnection) => void,
    options?: ListenOptions,
  ): Promise<TcpListener>
  openGre(remote: string, options?: { readonly from?: string }): Promise<RecordedGreSocket>
}

/** A network that remembers everything that passes through it. */
export interface Recorder {
  /** Same network, recorded. Everything opened through it belongs to this trace. */
  readonly network: RecordedNetwork
  /** What was recorded so far: a snapshot. */
  trace(): Trace
  /** How many entries the trace has so far. */
  entries(): number
  /** Adds what the tester is about to do or has decided, cut at 2,000 characters. */
  note(text: string): TraceEntry
  /**
   * Undefined while all is well. Otherwise the trace reached its limit: nothing later is recorded,
   * GRE is no longer delivered and every connection was reset; or packets came for which our own
   * socket had no room. What a scenario concludes from then on is worth nothing.
   */
  overflow(): string | undefined
}

/**
 * Wraps a network so that every step is recorded before anyone hears of it. The tester is our side;
 * what happens on the other side belongs to the implementation under test.
 *
 * Opening GRE twice towards one address records each incoming packet twice, as the kernel delivers
 * it twice.
 * @throws UsageError when the impairment that is asked for is not a valid one: see `impaired`.
 */
export function recordNetwork(network: Network, options: RecorderOptions): Recorder {
  const recording = createRecording(network.clock, options.limits ?? TRACE_LIMITS)
  const path =
    options.impairment &&
    impairPath(network, options.impairment, {
      append: (step) => record(recording, step),
      amend: (index, step) => amend(recording, index, step),
    })
  return {
    network: recordedNetwork(recording, network, path),
    trace: () => ({ startedAt: options.startedAt, entries: [...recording.entries] }),
    entries: () => recording.entries.length,
    note: (text) => note(recording, text),
    overflow: () => recording.overflow ?? recording.lost,
  }
}

function recordedNetwork(
  recording: Recording,
  network: Network,
  path: ImpairedPath | undefined,
): RecordedNetwork {
  return {
    clock: network.clock,
    async connect(remote, options) {
      const result = await network.connect(remote, options)
      if (isConnection(result)) return recordConnection(recording, result, 'tester')
      record(recording, { kind: 'tcp-refused', iut: remote, detail: result.detail })
      return result
    },
    listen(local, accept, options) {
      return network.listen(
        local,
        (connection) => accept(recordConnection(recording, connection, 'iut')),
        options,
      )
    },
    async openGre(remote, options) {
      return recordGreSocket(recording, await (path ?? network).openGre(remote, options), path)
    },
    async close() {
      // Closing resets what is still open: that too is on the wire.
      for (const connection of [...recording.open]) connection.reset('the scenario is over')
      await network.close()
    },
  }
}
