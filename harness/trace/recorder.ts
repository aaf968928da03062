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
  /** The wall-clock time at which the trace begins, in ms since 1970. */
  readonly startedAt: number
  readonly limits?: TraceLimits
  /**
   * The impairment of GRE between the tester and the network. Each decision, and what each end
   * sees, is recorded.
   */
  readonly impairment?: Omit<ImpairmentPlan, 'onImpairment'> | undefined
}

/** A network that passes on each event together with the trace entry that shows it. */
export interface RecordedNetwork extends Network {
  connect(remote: Endpoint, options: ConnectOptions): Promise<RecordedConnection | ConnectFailure>
  listen(
    local: Endpoint,
    accept: (connection: RecordedConnection) => void,
    options?: ListenOptions,
  ): Promise<TcpListener>
  openGre(remote: string, options?: { readonly from?: string }): Promise<RecordedGreSocket>
}

/** Records everything that passes through a network. */
export interface Recorder {
  /** The recorded network. Everything that is opened through it belongs to this trace. */
  readonly network: RecordedNetwork
  /** Returns a snapshot of the trace so far. */
  trace(): Trace
  /** Returns the number of entries so far. */
  entries(): number
  /** Adds a note on what the tester is about to do or has decided, cut at 2,000 characters. */
  note(text: string): TraceEntry
  /**
   * The reason why the trace is incomplete; undefined while it is complete. Either the trace is
   * full: nothing more is recorded, GRE is no longer delivered and every connection was reset. Or
   * packets were lost because the receive buffer of our own socket was full. Later conclusions of a
   * scenario are worthless in both cases.
   */
  overflow(): string | undefined
}

/**
 * Wraps a network so that every step is recorded before any listener gets it. `tester` is our side
 * of the network, `iut` the other.
 *
 * If GRE is opened twice towards one address, each incoming packet is recorded twice, because the
 * kernel delivers it twice.
 * @throws UsageError when the impairment is not valid: see `impaired`.
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
      // Closing resets the connections that are still open; the trace shows this, too.
      for (const connection of [...recording.open]) connection.reset('the scenario is over')
      await network.close()
    },
  }
}
