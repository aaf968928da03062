import type { BodyValues, MessageName } from '../protocol/messages.ts'
import type { Control } from './control.ts'
import type { Dial, Dialler, DialSettings } from './dial.ts'
import { Inconclusive } from './judge.ts'
import type { Received } from './observation.ts'
import {
  type Arrivals,
  type ArrivalsOptions,
  AT_ANY_TIME,
  closeArrivals,
  createArrivals,
  listenAt,
  type TakeOptions,
} from './server/arrivals.ts'
import { type DialUnderWay, followDial } from './server/dial-under-way.ts'
import type { TesterContext } from './tester-context.ts'
import type { Call, GreHub } from './tunnel.ts'

export type { TakeOptions } from './server/arrivals.ts'
export type { DialUnderWay } from './server/dial-under-way.ts'

/**
 * Messages that an originator may send at any time. They are set aside, so that they do not come
 * between a request of ours and its reply. An originator may ask for a call whenever it has none
 * (section 3.2.4.2).
 */
const OF_ITS_OWN_ACCORD: readonly MessageName[] = ['Outgoing-Call-Request', ...AT_ANY_TIME]

/**
 * How the originator is told to dial, and how the tester answers in a preamble. `setAside` (of
 * TakeOptions) has Outgoing-Call-Request, too, unless given.
 */
export interface AcceptOptions extends DialSettings, Omit<TakeOptions, 'window'> {
  /** Fields of the start reply that differ from those of `startReply()`. */
  readonly startReply?: Partial<BodyValues<'Start-Control-Connection-Reply'>>
  /** Which of the tester's `addresses` to dial; the first unless given. */
  readonly at?: string
}

/** An established control connection that the IUT opened. */
export interface Accepted<R extends string> {
  readonly dial: DialUnderWay<R>
  readonly control: Control<R>
  readonly request: Received<'Start-Control-Connection-Request'>
}

/** A call that the IUT asked for and the tester connected. */
export interface AnsweredCall extends Pick<Call, 'announcedBy' | 'tunnel'> {
  readonly request: Received<'Outgoing-Call-Request'>
  /** The fields of the tester's Outgoing-Call-Reply. */
  readonly reply: BodyValues<'Outgoing-Call-Reply'>
}

/** The functions of a tester that plays the server, for originators under test. */
export interface ServerSide<R extends string> {
  /**
   * Listens at the address to be dialled, and makes the IUT dial. Decides nothing, and does not
   * wait for the connection: the returned dial has functions for that.
   * @param options `at`: which of the tester's `addresses` to dial; the first unless given.
   */
  dial(settings?: DialSettings, options?: { readonly at?: string }): Promise<DialUnderWay<R>>
  /**
   * Preamble: makes the IUT dial, takes the connection, and answers
   * Start-Control-Connection-Request with success. @throws Inconclusive when that fails.
   */
  accept(options?: AcceptOptions): Promise<Accepted<R>>
  /**
   * Preamble: like `accept`, and connects the call that the IUT asks for. @throws Inconclusive when
   * that fails.
   */
  acceptCall(
    options?: AcceptOptions & { readonly callReply?: Partial<BodyValues<'Outgoing-Call-Reply'>> },
  ): Promise<Accepted<R> & { readonly call: AnsweredCall }>
  /**
   * Preamble: waits for Outgoing-Call-Request and connects that call; opens its tunnel before the
   * reply. @throws Inconclusive when that fails.
   */
  answerCall(control: Control<R>, values?: Partial<BodyValues<'Outgoing-Call-Reply'>>): Promise<AnsweredCall>
  /**
   * Returns the fields of an Outgoing-Call-Reply that connects the requested call, with a new Call
   * ID.
   */
  callReply(
    request: Received<'Outgoing-Call-Request'>,
    values?: Partial<BodyValues<'Outgoing-Call-Reply'>>,
  ): BodyValues<'Outgoing-Call-Reply'>
}

/** What the server side needs from its tester. */
export interface ServerOptions<R extends string> extends ArrivalsOptions<R> {
  readonly context: TesterContext<R>
  /** The tester's addresses, the usual one first. */
  readonly addresses: readonly string[]
  /** Absent where the IUT cannot be told to dial. */
  readonly dialler: Dialler | undefined
  readonly openTunnel: (from?: string) => Promise<GreHub>
}

/** The state of the server side. */
interface Server<R extends string> extends ServerOptions<R> {
  readonly arrivals: Arrivals<R>
  readonly dials: Dial[]
}

/** Makes the server side of a tester, with functions that end it. */
export function createServerSide<R extends string>(
  options: ServerOptions<R>,
): {
  readonly side: ServerSide<R>
  /** Stops listening, and resets connections that were not taken. Returns how many those were. */
  close(): Promise<number>
  /** Stops all dials. */
  dispose(): Promise<void>
} {
  const server: Server<R> = { ...options, arrivals: createArrivals(options), dials: [] }
  return {
    side: {
      dial: (settings = {}, { at = server.addresses[0] } = {}) => dial(server, settings, at),
      accept: (accepting = {}) => accept(server, accepting),
      async acceptCall({ callReply = {}, ...accepting } = {}) {
        const accepted = await accept(server, accepting)
        return { call: await answerCall(server, accepted.control, callReply), ...accepted }
      },
      answerCall: (control, values = {}) => answerCall(server, control, values),
      callReply: (request, values = {}) => callReply(server.context, request, values),
    },
    close: () => closeArrivals(server.arrivals),
    async dispose() {
      await Promise.all(server.dials.map((one) => one.stop()))
    },
  }
}

async function dial<R extends string>(
  { context, dialler, arrivals, dials }: Server<R>,
  settings: DialSettings,
  at: string | undefined,
): Promise<DialUnderWay<R>> {
  if (dialler === undefined || at === undefined)
    throw new Inconclusive('the implementation cannot be told to dial')
  await listenAt(arrivals, at)
  context.note(`the implementation is told to dial ${at}`)
  const started = await dialler(at, settings)
  dials.push(started)
  return followDial(context, arrivals, started)
}

async function accept<R extends string>(
  server: Server<R>,
  {
    startReply: values = {},
    answerEchoes = true,
    setAside = OF_ITS_OWN_ACCORD,
    at = server.addresses[0],
    ...settings
  }: AcceptOptions,
): Promise<Accepted<R>> {
  const underWay = await dial(server, settings, at)
  const control = await underWay.connection({ answerEchoes, setAside })
  const request = await control.await('Start-Control-Connection-Request')
  control.send('Start-Control-Connection-Reply', startReply(values))
  return { dial: underWay, control, request }
}

async function answerCall<R extends string>(
  { context, openTunnel }: Server<R>,
  control: Control<R>,
  values: Partial<BodyValues<'Outgoing-Call-Reply'>>,
): Promise<AnsweredCall> {
  const tunnels = await openTunnel(control.from)
  const request = await control.await('Outgoing-Call-Request', context.timers.request)
  const reply = callReply(context, request, values)
  control.send('Outgoing-Call-Reply', reply)
  return {
    request,
    reply,
    announcedBy: request.entry,
    tunnel: tunnels.end(reply.callId, request.message.callId, request.message.packetRecvWindowSize, () =>
      control.unaskedEnd(request.message.callId),
    ),
  }
}

function callReply<R extends string>(
  { unique }: TesterContext<R>,
  { message }: Received<'Outgoing-Call-Request'>,
  values: Partial<BodyValues<'Outgoing-Call-Reply'>>,
): BodyValues<'Outgoing-Call-Reply'> {
  return {
    callId: unique() & 0xffff,
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
}

/** Connect Speed of the tester's Outgoing-Call-Reply in bit/s, if the request permits it. */
const CONNECT_SPEED = 10_000_000

/**
 * Returns the fields of a Start-Control-Connection-Reply that any originator should accept: a PAC
 * that agrees to version 1.0.
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
