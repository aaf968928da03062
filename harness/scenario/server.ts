import type { TcpListener } from '../network/network.ts'
import { type BodyValues, type MessageName, PPTP_PORT } from '../protocol/messages.ts'
import type { RecordedConnection, RecordedNetwork } from '../trace/recorder.ts'
import type { Control } from './control.ts'
import { type Dial, type DialEnd, type Dialler, type DialSettings, describeDialEnd } from './dial.ts'
import { Decided, Inconclusive, type OneOrMore } from './judge.ts'
import { createMailbox } from './mailbox.ts'
import type { Received } from './observation.ts'
import type { TesterContext } from './tester-context.ts'
import type { Call, GreHub } from './tunnel.ts'

/** How one of the IUT's connections is taken. */
export interface TakeOptions {
  /** ms from now until it has to be there; the timer profile's `dial` unless given. */
  readonly window?: number
  /** False: the IUT's Echo-Requests come to the scenario; true unless given. */
  readonly answerEchoes?: boolean
  /**
   * Messages that wait until they are awaited by name, whatever comes before or behind them;
   * Set-Link-Info unless given.
   */
  readonly setAside?: readonly MessageName[]
}

/**
 * An originator at work. Its TCP connections come to whoever asks first, also where several dials
 * are under way.
 */
export interface DialUnderWay<R extends string> {
  /**
   * The IUT's next TCP connection. Those that nobody asked for yet wait. @throws Inconclusive when
   * none comes.
   */
  connection(options?: TakeOptions): Promise<Control<R>>
  /** The same, but decides a requirement by it. @throws Decided when none comes. */
  expectConnection(requirement: OneOrMore<R>, options?: TakeOptions): Promise<Control<R>>
  /** The same, where none is as good an answer. */
  nextConnection(options?: TakeOptions): Promise<Control<R> | undefined>
  /**
   * Tells it to end the call and the connection. Takes `needs: ['hang-up']`. @throws Inconclusive
   * where nobody can.
   */
  hangUp(): Promise<void>
  /** Whether anybody can tell how it ends. */
  readonly tells: boolean
  /**
   * How the dial ended, as its user sees it; undefined when it has not after `window` ms. Takes
   * `needs: ['dial-end']`.
   * @throws Inconclusive where nobody can tell.
   */
  ended(window: number): Promise<DialEnd | undefined>
  /**
   * Ends it whatever it takes, so that it can be dialled again. Done for every dial at the
   * scenario's end.
   */
  stop(): Promise<void>
}

/**
 * What a PNS may say of its calls whenever it has one (section 2.15): never an answer to anything.
 */
const AT_ANY_TIME: readonly MessageName[] = ['Set-Link-Info']

/**
 * What an originator sends of its own accord, at a time that nobody knows: it waits apart, so as
 * not to come between question and answer. Whoever has no call may place one (section 3.2.4.2).
 */
const OF_ITS_OWN_ACCORD: readonly MessageName[] = ['Outgoing-Call-Request', ...AT_ANY_TIME]

/**
 * What an originator is told, and what it is answered in a preamble. `setAside`: what it sends of
 * its own accord, unless given.
 */
export interface AcceptOptions extends DialSettings, Omit<TakeOptions, 'window'> {
  /** What differs from a reply that any originator should take. */
  readonly startReply?: Partial<BodyValues<'Start-Control-Connection-Reply'>>
  /** One of the tester's `addresses` to be dialled; the usual one unless given. */
  readonly at?: string
}

/** An established control connection that the IUT opened. */
export interface Accepted<R extends string> {
  readonly dial: DialUnderWay<R>
  readonly control: Control<R>
  readonly request: Received<'Start-Control-Connection-Request'>
}

/** A call that the IUT asked for and we connected. */
export interface AnsweredCall extends Pick<Call, 'announcedBy' | 'tunnel'> {
  readonly request: Received<'Outgoing-Call-Request'>
  /** What we replied. */
  readonly reply: BodyValues<'Outgoing-Call-Reply'>
}

/** The tester where it plays the server: for originators under test. */
export interface ServerSide<R extends string> {
  /**
   * Listens where the IUT is going to dial, and makes it dial. Decides nothing: the connection, if
   * any, is the dial's.
   * @param options `at`: one of the tester's `addresses`, the usual one unless given.
   */
  dial(settings?: DialSettings, options?: { readonly at?: string }): Promise<DialUnderWay<R>>
  /**
   * Preamble: dials, takes the connection, and answers Start-Control-Connection-Request with
   * success. @throws Inconclusive.
   */
  accept(options?: AcceptOptions): Promise<Accepted<R>>
  /** Preamble: the same, and connects the call that is asked for on it. @throws Inconclusive. */
  acceptCall(
    options?: AcceptOptions & { readonly callReply?: Partial<BodyValues<'Outgoing-Call-Reply'>> },
  ): Promise<Accepted<R> & { readonly call: AnsweredCall }>
  /**
   * Preamble: waits for Outgoing-Call-Request and connects that call; its tunnel is open before the
   * reply. @throws Inconclusive.
   */
  answerCall(control: Control<R>, values?: Partial<BodyValues<'Outgoing-Call-Reply'>>): Promise<AnsweredCall>
  /**
   * Values for an Outgoing-Call-Reply that connects the call asked for, with a Call ID of our own.
   */
  callReply(
    request: Received<'Outgoing-Call-Request'>,
    values?: Partial<BodyValues<'Outgoing-Call-Reply'>>,
  ): BodyValues<'Outgoing-Call-Reply'>
}

export interface ServerOptions<R extends string> {
  readonly context: TesterContext<R>
  readonly network: RecordedNetwork
  /** The IUT's address: connections from others are not ours. */
  readonly iut: string
  /** The tester's addresses, the usual one first. */
  readonly addresses: readonly string[]
  /** Absent where the IUT cannot be told to dial. */
  readonly dialler: Dialler | undefined
  readonly adopt: (connection: RecordedConnection, options: Omit<TakeOptions, 'window'>) => Control<R>
  readonly openTunnel: (from?: string) => Promise<GreHub>
}

/**
 * Connections that wait to be asked for: an originator may dial again and again. More are reset.
 */
const WAITING = 32

/** The server, its dials, and the end of them. */
export function createServerSide<R extends string>({
  context,
  network,
  iut,
  addresses,
  dialler,
  adopt,
  openTunnel,
}: ServerOptions<R>): {
  readonly side: ServerSide<R>
  /** Takes no more connections, and resets those that nobody took; gives their number. */
  close(): Promise<number>
  /** Stops the dials. */
  dispose(): Promise<void>
} {
  const { clock, timers, judge } = context
  const arrived = createMailbox<RecordedConnection>(clock)
  const waiting = new Set<RecordedConnection>()
  const listeners = new Map<string, Promise<TcpListener>>()
  const dials: Dial[] = []
  let closed = false

  function accept(connection: RecordedConnection): void {
    if (closed || waiting.size >= WAITING) {
      connection.reset()
      return
    }
    waiting.add(connection)
    arrived.put(connection)
  }

  async function take({ window = timers.dial, ...options }: TakeOptions = {}) {
    const connection = await arrived.take(window)
    if (connection === undefined) return undefined
    waiting.delete(connection)
    return adopt(connection, { setAside: AT_ANY_TIME, ...options })
  }

  function listenAt(address: string): Promise<TcpListener> {
    const listening =
      listeners.get(address) ?? network.listen({ address, port: PPTP_PORT }, accept, { from: iut })
    listeners.set(address, listening)
    return listening
  }

  function underWay(dial: Dial): DialUnderWay<R> {
    const none = (window = timers.dial) => `none in ${Math.round(window)} ms`
    return {
      tells: dial.ended !== undefined,
      nextConnection: take,
      async connection(options = {}) {
        const control = await take(options)
        if (control === undefined)
          throw new Inconclusive(`no TCP connection from ${iut}: ${none(options.window)}`)
        return control
      },
      async expectConnection(requirement, options = {}) {
        const control = await take(options)
        judge.decide(requirement, {
          ok: control !== undefined,
          expected: `a TCP connection to port ${PPTP_PORT}`,
          seen: control === undefined ? none(options.window) : 'a TCP connection',
        })
        if (control === undefined) throw new Decided()
        return control
      },
      async hangUp() {
        if (dial.hangUp === undefined) throw new Inconclusive('it cannot be told to hang up')
        context.note('it is told to hang up')
        await dial.hangUp()
      },
      async ended(window) {
        const { ended } = dial
        if (ended === undefined) throw new Inconclusive('nobody can tell how its dial ends')
        return new Promise((resolve) => {
          const timer = clock.after(window, () => resolve(undefined))
          void ended.then((end) => {
            timer.cancel()
            resolve(end)
          })
        })
      },
      stop: () => dial.stop(),
    }
  }

  /**
   * Writes into the trace what its user is told when the dial ends by itself: the RFC says nothing
   * about that, so no verdict hangs on it. What comes of our own stopping it, or of the end of the
   * play, is not its doing.
   */
  function noteEnd(dial: Dial): DialUnderWay<R> {
    let stopped = false
    void dial.ended?.then((end) => {
      if (!stopped && !closed) context.note(`its dial ended: ${describeDialEnd(end)}`)
    })
    const stop = () => {
      stopped = true
      return dial.stop()
    }
    return underWay({ ...dial, stop })
  }

  const side: ServerSide<R> = {
    async dial(settings = {}, { at = addresses[0] } = {}) {
      if (dialler === undefined || at === undefined) throw new Inconclusive('it cannot be told to dial')
      await listenAt(at)
      context.note(`it is told to dial ${at}`)
      const dial = await dialler(at, settings)
      dials.push(dial)
      return noteEnd(dial)
    },
    async accept({
      startReply: values = {},
      answerEchoes = true,
      setAside = OF_ITS_OWN_ACCORD,
      at,
      ...settings
    } = {}) {
      const dial = await side.dial(settings, at === undefined ? {} : { at })
      const control = await dial.connection({ answerEchoes, setAside })
      const request = await control.await('Start-Control-Connection-Request')
      control.send('Start-Control-Connection-Reply', startReply(values))
      return { dial, control, request }
    },
    async acceptCall({ callReply = {}, ...options } = {}) {
      const accepted = await side.accept(options)
      return { call: await side.answerCall(accepted.control, callReply), ...accepted }
    },
    async answerCall(control, values) {
      const tunnels = await openTunnel(control.from)
      const request = await control.await('Outgoing-Call-Request', timers.request)
      const reply = side.callReply(request, values)
      control.send('Outgoing-Call-Reply', reply)
      return {
        request,
        reply,
        announcedBy: request.entry,
        tunnel: tunnels.end(reply.callId, request.message.callId, request.message.packetRecvWindowSize),
      }
    },
    callReply({ message }, values = {}) {
      return {
        callId: context.unique() & 0xffff,
        peersCallId: message.callId,
        resultCode: 1,
        errorCode: 0,
        causeCode: 0,
        connectSpeed: Math.min(Math.max(CONNECT_SPEED, message.minimumBps), message.maximumBps),
        packetRecvWindowSize: 64,
        packetProcessingDelay: 0,
        physicalChannelId: 0,
        ...values,
      }
    },
  }

  return {
    side,
    async close() {
      closed = true
      for (const listening of listeners.values())
        await listening.then(
          (listener) => listener.close(),
          // The scenario has heard of it.
          () => {},
        )
      for (const connection of waiting) connection.reset()
      return waiting.size
    },
    async dispose() {
      await Promise.all(dials.map((dial) => dial.stop()))
    },
  }
}

/** bit/s. */
const CONNECT_SPEED = 10_000_000

/**
 * A Start-Control-Connection-Reply that any originator should take: a PAC that agrees to version
 * 1.0.
 */
export function startReply(
  values: Partial<BodyValues<'Start-Control-Connection-Reply'>> = {},
): Partial<BodyValues<'Start-Control-Connection-Reply'>> {
  return {
    resultCode: 1,
    errorCode: 0,
    framingCapabilities: 3,
    bearerCapabilities: 3,
    maximumChannels: 16,
    firmwareRevision: 1,
    hostName: 'tester',
    vendorName: 'pptpspec',
    ...values,
  }
}
