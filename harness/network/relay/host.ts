import { z } from 'zod'
import { EnvironmentError, messageOf, UsageError } from '../../errors/errors.ts'
import { requireFragmentSize } from '../../protocol/ip.ts'
import { requireIPv4 } from '../failures.ts'
import { GRE_PACKET_LIMIT, KEPT_ERRORS, KEPT_PACKETS } from '../limits.ts'
import { createMailbox } from '../mailbox.ts'
import type {
  ConnectFailure,
  Endpoint,
  GreSocket,
  Network,
  TcpConnection,
  TcpEvent,
  TcpListener,
} from '../network.ts'
import { systemClock } from '../system.ts'
import type { ConnectCommand, GreCommand, ListenCommand } from './end.ts'
import {
  COMMANDS,
  createFrameReader,
  type Frame,
  frameOctets,
  jsonFrame,
  REPORTS,
  textOctets,
  textOf,
} from './frames.ts'

/**
 * Octets kept while nobody listens to a connection; beyond them it is not read, so the remote end
 * backs up.
 */
const KEPT_OCTETS = 1_048_576

/** What carries the octets of both halves of a tester to each other. */
export interface Pipe {
  write(octets: Uint8Array): void
  onOctets(listener: (octets: Uint8Array) => void): void
  /** Called once, with the reason, when nothing comes any more. */
  onEnd(listener: (why: string) => void): void
}

/** The half of a tester that plays, towards the one that holds its sockets. */
export interface Relay {
  /** A network whose sockets are on the other side. */
  openNetwork(): Network
  /**
   * Resolves when the other half has said that it is there.
   * @throws EnvironmentError when it ends before.
   */
  readonly ready: Promise<void>
  /** Why nothing comes from the other half any more; undefined while it lives. */
  lost(): string | undefined
  /**
   * Runs the body, and ends with an error as soon as the other half is lost: from then on a
   * scenario sees nothing of the implementation.
   * @throws EnvironmentError when the other half is lost before the body has ended.
   */
  whileAlive<T>(body: () => Promise<T>): Promise<T>
}

const endpoint = z.object({ address: z.string(), port: z.number() })
const opened = z.object({ local: endpoint, remote: endpoint.optional() })
const accepted = z.object({ listener: z.number(), local: endpoint, remote: endpoint })
const notConnected = z.object({ kind: z.enum(['refused', 'timeout', 'unreachable']), detail: z.string() })
const failed = z.object({ usage: z.boolean(), message: z.string(), remedy: z.string().optional() })

/**
 * Takes the reports about one number. Reports about numbers without a holder are passed over.
 */
type Holder = (frame: Frame) => void

export function createRelay(pipe: Pipe): Relay {
  const holders = new Map<number, Holder>()
  /** What waits for the other half: told when that is lost. */
  const waiting = new Set<(error: EnvironmentError) => void>()
  let lastNumber = 0
  let lost: string | undefined

  const nextNumber = (): number => {
    lastNumber += 2
    return lastNumber
  }
  const lostError = () =>
    new EnvironmentError(
      `the tester's other half, which holds its sockets, is lost: ${lost}`,
      'Play the rest again; if it happens again, see what the engine says of containers named pptpspec-...-tester',
    )
  const end = (why: string): void => {
    if (lost !== undefined) return
    lost = why
    for (const tell of [...waiting]) tell(lostError())
    waiting.clear()
    holders.clear()
  }
  const say = (kind: number, id: number, payload?: Uint8Array): void => {
    if (lost === undefined) pipe.write(frameOctets(kind, id, payload))
  }

  /** A promise that the loss of the other half rejects. */
  const unlessLost = <T>(start: (resolve: (value: T) => void, reject: (error: unknown) => void) => void) =>
    new Promise<T>((resolve, reject) => {
      if (lost !== undefined) {
        reject(lostError())
        return
      }
      const done =
        <V>(then: (value: V) => void) =>
        (value: V): void => {
          waiting.delete(reject)
          then(value)
        }
      waiting.add(reject)
      start(done(resolve), done(reject))
    })

  /** Asks for a socket, and hands over the first report about it. */
  const ask = <T>(
    kind: number,
    command: ConnectCommand | ListenCommand | GreCommand,
    take: (frame: Frame, id: number) => T,
  ): Promise<T> =>
    unlessLost((resolve, reject) => {
      const id = nextNumber()
      holders.set(id, (frame) => {
        holders.delete(id)
        try {
          if (frame.kind === REPORTS.failed) throw errorIn(frame)
          resolve(take(frame, id))
        } catch (error) {
          reject(error)
        }
      })
      pipe.write(jsonFrame(kind, id, command))
    })

  const openConnection = (id: number, local: Endpoint, remote: Endpoint): TcpConnection => {
    const events = createMailbox<TcpEvent>()
    let listening = false
    let paused = false
    let kept = 0
    let over = false
    let ended = false
    let forgotten = false
    /** What was under way when reading was stopped. */
    let held: TcpEvent[] = []
    const tell = (event: TcpEvent): void => {
      // A socket of ours would have told nothing more either.
      if (forgotten && event.kind !== 'closed') return
      if (paused && !forgotten) held.push(event)
      else events.put(event)
    }
    holders.set(id, ({ kind, payload }) => {
      if (kind === REPORTS.data) {
        if (!listening) {
          kept += payload.length
          if (kept >= KEPT_OCTETS) say(COMMANDS.pause, id)
        }
        tell({ kind: 'data', octets: payload })
      } else if (kind === REPORTS.end) tell({ kind: 'end' })
      else if (kind === REPORTS.reset) tell({ kind: 'reset', detail: textOf(payload) })
      else if (kind === REPORTS.closed) {
        over = true
        holders.delete(id)
        tell({ kind: 'closed' })
      }
    })
    return {
      local,
      remote,
      send(octets) {
        if (!ended && !over) say(COMMANDS.send, id, octets)
      },
      end() {
        if (ended || over) return
        ended = true
        say(COMMANDS.end, id)
      },
      reset() {
        ended = true
        if (over || forgotten) return
        forgotten = true
        held = []
        say(COMMANDS.reset, id)
      },
      pause(next) {
        paused = next
        say(paused ? COMMANDS.pause : COMMANDS.resume, id)
        while (!paused && held.length > 0) events.put(held.shift() as TcpEvent)
      },
      onEvent(listener) {
        const full = kept >= KEPT_OCTETS
        listening = true
        events.listen(listener)
        if (full && !paused) say(COMMANDS.resume, id)
      },
    }
  }

  const openListener = (
    id: number,
    local: Endpoint,
    accept: (connection: TcpConnection) => void,
  ): TcpListener => {
    holders.set(id, (frame) => {
      const { local, remote } = accepted.parse(jsonOf(frame))
      accept(openConnection(frame.id, local, remote))
    })
    return {
      local,
      async close() {
        if (holders.delete(id)) say(COMMANDS.close, id)
      },
    }
  }

  const openSocket = (id: number, local: string, remote: string): GreSocket => {
    const packets = createMailbox<Uint8Array>(KEPT_PACKETS)
    const errors = createMailbox<{ readonly code: string }>(KEPT_ERRORS)
    let open = true
    holders.set(id, ({ kind, payload }) => {
      if (kind === REPORTS.packet) packets.put(payload)
      else if (kind === REPORTS.pathError) errors.put({ code: textOf(payload) })
    })
    return {
      local,
      remote,
      send(packet, carriage) {
        if (!open) return
        if (packet.length > GRE_PACKET_LIMIT) {
          setImmediate(() => errors.put({ code: 'EMSGSIZE' }))
          return
        }
        if (carriage === undefined) {
          say(COMMANDS.packet, id, packet)
          return
        }
        if (carriage.source !== undefined) requireIPv4(carriage.source)
        if (carriage.fragments !== undefined) requireFragmentSize(carriage.fragments.size)
        const how = textOctets(JSON.stringify(carriage))
        const payload = new Uint8Array(2 + how.length + packet.length)
        payload.set([how.length >> 8, how.length & 0xff])
        payload.set(how, 2)
        payload.set(packet, 2 + how.length)
        say(COMMANDS.carriedPacket, id, payload)
      },
      onPacket: packets.listen,
      onError: errors.listen,
      close() {
        if (!open) return
        open = false
        packets.close()
        errors.close()
        holders.delete(id)
        say(COMMANDS.close, id)
      },
    }
  }

  const openNetwork = (): Network => {
    const network = nextNumber()
    return {
      clock: systemClock,
      async connect(remote, options) {
        requireIPv4(remote.address)
        if (options.from !== undefined) requireIPv4(options.from)
        return ask<TcpConnection | ConnectFailure>(
          COMMANDS.connect,
          { network, remote, options },
          (frame, id) => {
            if (frame.kind === REPORTS.notConnected) return notConnected.parse(jsonOf(frame))
            const { local, remote: other = remote } = openedIn(frame)
            return openConnection(id, local, other)
          },
        )
      },
      async listen(local, accept, options = {}) {
        requireIPv4(local.address)
        if (options.from !== undefined) requireIPv4(options.from)
        return ask(COMMANDS.listen, { network, local, options }, (frame, id) =>
          openListener(id, openedIn(frame).local, accept),
        )
      },
      async openGre(remote, options = {}) {
        requireIPv4(remote)
        if (options.from !== undefined) requireIPv4(options.from)
        return ask(COMMANDS.openGre, { network, remote, options }, (frame, id) =>
          openSocket(id, openedIn(frame).local.address, remote),
        )
      },
      async close() {
        if (lost !== undefined) return
        await unlessLost<void>((resolve, reject) => {
          holders.set(network, (frame) => {
            holders.delete(network)
            if (frame.kind === REPORTS.networkClosed) resolve()
            else reject(errorIn(frame))
          })
          say(COMMANDS.closeNetwork, network)
        }).catch((error: unknown) => {
          // With the other half all of its sockets are gone.
          if (lost === undefined) throw error
        })
      },
    }
  }

  let isReady: () => void = () => {}
  const ready = unlessLost<void>((resolve) => {
    isReady = resolve
  })
  // Whoever waits for it hears of it.
  ready.catch(() => {})
  const takeAccepted = (frame: Frame): void => {
    const { listener } = accepted.parse(jsonOf(frame))
    const holder = holders.get(listener)
    // Nobody listens any more: a listener that is closed accepts nothing.
    if (holder === undefined) say(COMMANDS.reset, frame.id)
    else holder(frame)
  }
  const take = (frame: Frame): void => {
    if (frame.kind === REPORTS.hello) isReady()
    else if (frame.kind === REPORTS.accepted) takeAccepted(frame)
    else holders.get(frame.id)?.(frame)
  }
  const reader = createFrameReader(take)
  pipe.onOctets((octets) => {
    if (lost !== undefined) return
    try {
      reader.push(octets)
    } catch (error) {
      end(`it does not speak our language: ${messageOf(error).slice(0, 200)}`)
    }
  })
  pipe.onEnd(end)
  return {
    openNetwork,
    ready,
    lost: () => lost,
    whileAlive: (body) =>
      unlessLost((resolve, reject) => {
        body().then(resolve, reject)
      }),
  }
}

function openedIn(frame: Frame): z.infer<typeof opened> {
  if (frame.kind !== REPORTS.opened) throw new RangeError(`a report of kind ${frame.kind}`)
  return opened.parse(jsonOf(frame))
}

function errorIn(frame: Frame): Error {
  const { usage, message, remedy } = failed.parse(jsonOf(frame))
  return usage ? new UsageError(message, remedy) : new EnvironmentError(message, remedy)
}

function jsonOf({ payload }: Frame): unknown {
  return JSON.parse(textOf(payload))
}
