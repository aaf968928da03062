import { z } from 'zod'
import { messageOf } from '../../errors/errors.ts'
import { requireIPv4 } from '../failures.ts'
import type { ConnectFailure, Endpoint, Network, TcpConnection, TcpListener } from '../network.ts'
import { systemClock } from '../system.ts'
import { COMMANDS, createFrameReader, type Frame, REPORTS } from './frames.ts'
import {
  ask,
  errorIn,
  jsonOf,
  lose,
  nextNumber,
  type OtherHalf,
  type Pipe,
  say,
  unlessLost,
} from './other-half.ts'
import { openConnection } from './relayed-connection.ts'
import { openSocket } from './relayed-gre.ts'

/** Connects the half of a tester that plays to the half that holds its sockets. */
export interface Relay {
  /** Returns a new network whose sockets the other half holds. */
  openNetwork(): Network
  /**
   * Resolves when the first frame of the other half has arrived.
   * @throws EnvironmentError when the other half ends before.
   */
  readonly ready: Promise<void>
  /** Returns why the other half is lost; undefined while it lives. */
  lost(): string | undefined
  /**
   * Runs the body, and rejects as soon as the other half is lost: after that a scenario can see
   * nothing of the implementation.
   * @throws EnvironmentError when the other half is lost before the body has ended.
   */
  whileAlive<T>(body: () => Promise<T>): Promise<T>
}

const endpoint = z.object({ address: z.string(), port: z.number() })
const opened = z.object({ local: endpoint, remote: endpoint.optional() })
const accepted = z.object({ listener: z.number(), local: endpoint, remote: endpoint })
const notConnected = z.object({ kind: z.enum(['refused', 'timeout', 'unreachable']), detail: z.string() })

/** Creates the relay to the half of a tester at the other end of a pipe. */
export function createRelay(pipe: Pipe): Relay {
  const half: OtherHalf = {
    pipe,
    holders: new Map(),
    waiting: new Set(),
    lastNumber: 0,
    lost: undefined,
  }
  let isReady: () => void = () => {}
  const ready = unlessLost<void>(half, (resolve) => {
    isReady = resolve
  })
  // Not an unhandled rejection if nothing awaits `ready`; callers that await it get the error.
  ready.catch(() => {})
  const reader = createFrameReader((frame) => {
    if (frame.kind === REPORTS.hello) isReady()
    else if (frame.kind === REPORTS.accepted) takeAccepted(half, frame)
    else half.holders.get(frame.id)?.(frame)
  })
  pipe.onOctets((octets) => {
    if (half.lost !== undefined) return
    try {
      reader.push(octets)
    } catch (error) {
      lose(half, `it sent octets that are not frames: ${messageOf(error).slice(0, 200)}`)
    }
  })
  pipe.onEnd((why) => lose(half, why))
  return {
    openNetwork: () => openNetwork(half),
    ready,
    lost: () => half.lost,
    whileAlive: (body) =>
      unlessLost(half, (resolve, reject) => {
        body().then(resolve, reject)
      }),
  }
}

function takeAccepted(half: OtherHalf, frame: Frame): void {
  const { listener } = accepted.parse(jsonOf(frame))
  const holder = half.holders.get(listener)
  // The listener was closed while this connection was under way.
  if (holder === undefined) say(half, COMMANDS.reset, frame.id)
  else holder(frame)
}

function openNetwork(half: OtherHalf): Network {
  const network = nextNumber(half)
  return {
    clock: systemClock,
    async connect(remote, options) {
      requireIPv4(remote.address)
      if (options.from !== undefined) requireIPv4(options.from)
      return ask<TcpConnection | ConnectFailure>(
        half,
        COMMANDS.connect,
        { network, remote, options },
        (frame, id) => {
          if (frame.kind === REPORTS.notConnected) return notConnected.parse(jsonOf(frame))
          const { local, remote: other = remote } = openedIn(frame)
          return openConnection(half, id, local, other)
        },
      )
    },
    async listen(local, accept, options = {}) {
      requireIPv4(local.address)
      if (options.from !== undefined) requireIPv4(options.from)
      return ask(half, COMMANDS.listen, { network, local, options }, (frame, id) =>
        openListener(half, id, openedIn(frame).local, accept),
      )
    },
    async openGre(remote, options = {}) {
      requireIPv4(remote)
      if (options.from !== undefined) requireIPv4(options.from)
      return ask(half, COMMANDS.openGre, { network, remote, options }, (frame, id) =>
        openSocket(half, id, openedIn(frame).local.address, remote),
      )
    },
    close: () => closeNetwork(half, network),
  }
}

function openListener(
  half: OtherHalf,
  id: number,
  local: Endpoint,
  accept: (connection: TcpConnection) => void,
): TcpListener {
  half.holders.set(id, (frame) => {
    const { local, remote } = accepted.parse(jsonOf(frame))
    accept(openConnection(half, frame.id, local, remote))
  })
  return {
    local,
    async close() {
      if (half.holders.delete(id)) say(half, COMMANDS.close, id)
    },
  }
}

async function closeNetwork(half: OtherHalf, network: number): Promise<void> {
  if (half.lost !== undefined) return
  await unlessLost<void>(half, (resolve, reject) => {
    half.holders.set(network, (frame) => {
      half.holders.delete(network)
      if (frame.kind === REPORTS.networkClosed) resolve()
      else reject(errorIn(frame))
    })
    say(half, COMMANDS.closeNetwork, network)
  }).catch((error: unknown) => {
    // When the other half is lost, its sockets are closed too.
    if (half.lost === undefined) throw error
  })
}

function openedIn(frame: Frame): z.infer<typeof opened> {
  if (frame.kind !== REPORTS.opened) throw new RangeError(`a report of kind ${frame.kind}`)
  return opened.parse(jsonOf(frame))
}
