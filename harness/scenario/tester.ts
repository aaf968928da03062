import { EnvironmentError } from '../errors/errors.ts'
import { type Clock, type ConnectFailure, isConnection } from '../network/network.ts'
import type { PppAccounts } from '../ppp/profile.ts'
import { type DecodedMessage, describeControl } from '../protocol/control.ts'
import type { BodyValues, MessageName } from '../protocol/messages.ts'
import type { RecordedConnection, RecordedNetwork } from '../trace/recorder.ts'
import { type Addresses, addressAbove, addressBelow } from './addresses.ts'
import { type Control, createControl } from './control.ts'
import type { Dialler } from './dial.ts'
import { type Evidence, fieldOf } from './evidence.ts'
import { type Expectation, is, judgementOf } from './expectation.ts'
import { Decided, Inconclusive, type Judgement, type OneOrMore } from './judge.ts'
import { describeMessage, type Received } from './observation.ts'
import { createServerSide, type ServerSide, type TakeOptions } from './server.ts'
import { createSession, type OwnedSession, type Session, type SessionOptions } from './session.ts'
import type { TesterContext } from './tester-context.ts'
import { describeDurations, type Stopwatch, startStopwatch, type TimerWindow, timerWindow } from './timing.ts'
import { type Call, createGreHub, type GreHub, type TunnelEnd } from './tunnel.ts'
import { USUAL_CALL } from './usual-call.ts'
import type { Variation, Vary } from './vary.ts'

/** How a connection is opened. */
export interface ConnectionOptions {
  /** False: the IUT's Echo-Requests come to the scenario; true unless given. */
  readonly answerEchoes?: boolean
  /** One of the tester's `addresses`; the usual one unless given. */
  readonly from?: string
  /** The tester's port; any unless given. */
  readonly fromPort?: number
}

/** Our side of the conversation, as a scenario's body holds it. */
export interface Tester<R extends string, V extends Vary = Vary> extends ServerSide<R> {
  readonly clock: Clock
  readonly timers: TesterContext<R>['timers']
  /**
   * PPP accounts of the IUT; who needs them needs a way to log in, e.g. `needs: ['ms-chap-v2']`.
   * @throws Inconclusive where none is known.
   */
  accounts(): PppAccounts
  /**
   * Addresses of ours from which the IUT can be reached, the usual one first. A second one takes
   * `needs: ['second-address']`.
   */
  readonly addresses: readonly string[]
  /**
   * An address near the IUT that nobody has, to claim as the source of a packet. It takes `needs:
   * ['unused-address']`.
   * @throws Inconclusive where none is known.
   */
  unusedAddress(): string
  /**
   * One of ours that is, as a number of 32 bits, below the IUT's. It takes `needs:
   * ['lower-address']`. @throws Inconclusive where there is none.
   */
  lowerAddress(): string
  /**
   * One that is above it. It takes `needs: ['higher-address']`. @throws Inconclusive where there is
   * none.
   */
  higherAddress(): string
  /** This case's values. */
  readonly vary: Variation<V>
  /**
   * Opens a TCP connection to the port where the IUT listens (1723). @throws Inconclusive when
   * there is none to be had.
   */
  connect(options?: ConnectionOptions): Promise<Control<R>>
  /** The same, but decides a requirement by it. @throws Decided when there is none. */
  expectConnection(requirement: OneOrMore<R>): Promise<Control<R>>
  /**
   * Preamble: connects and exchanges Start-Control-Connection-Request and a successful -Reply.
   * @throws Inconclusive.
   */
  establish(
    values?: Partial<BodyValues<'Start-Control-Connection-Request'>>,
    options?: ConnectionOptions,
  ): Promise<Control<R>>
  /**
   * Preamble: places a call and waits for a successful Outgoing-Call-Reply. @throws Inconclusive.
   */
  placeCall(control: Control<R>, values?: Partial<BodyValues<'Outgoing-Call-Request'>>): Promise<Call>
  /** Values for an Outgoing-Call-Request that any PAC should accept, with a Call ID of its own. */
  callRequest(values?: Partial<BodyValues<'Outgoing-Call-Request'>>): BodyValues<'Outgoing-Call-Request'>
  /**
   * Opens GRE towards the IUT, once for each address of ours (the usual one unless given); needed
   * before any Outgoing-Call-Request that may succeed, lest our kernel refuse its packets.
   */
  openTunnel(from?: string): Promise<GreHub>
  /**
   * Runs a PPP peer in a call's tunnel, which carries nothing else from then on. It begins at once,
   * or with the IUT's first packet.
   * @throws Inconclusive where it needs an account and none is known.
   */
  session(tunnel: TunnelEnd, options?: SessionOptions): Session
  /** Decides a requirement by one field of a message. */
  field<N extends MessageName, F extends keyof BodyValues<N> & string>(
    requirement: OneOrMore<R>,
    received: Received<N>,
    field: F,
    expected: BodyValues<N>[F] | readonly BodyValues<N>[F][],
  ): void
  /** Decides a requirement by whether what was observed is as expected. */
  check<T>(requirement: OneOrMore<R>, evidence: Evidence<T>, expectation: Expectation<T>): void
  /** Decides a requirement by a judgement made by hand, where no expectation says the same. */
  decide(requirement: OneOrMore<R>, judgement: Judgement): void
  /** Writes what is about to happen into the trace. */
  note(text: string): void
  /** A number not used before in this scenario. */
  unique(): number
  /**
   * How many ms of ours pass while `ms` pass for the IUT, whose clock may be accelerated: for
   * windows of timed scenarios.
   */
  implementationTime(ms: number): number
  /** Measures in ms of the IUT's time, from now on. */
  stopwatch(): Stopwatch
  /**
   * When something may be seen that is due after `nominal` ms of the IUT's time, also in ms of its
   * time.
   */
  timerWindow(nominal: number): TimerWindow
  /**
   * A duration of the IUT's time in ms, or from the shortest to the longest of several, in words:
   * `121 s of its time (2.0 s at 60x)`.
   */
  durations(...ms: readonly [number, ...number[]]): string
}

function known(address: string | undefined, where: string): string {
  if (address !== undefined) return address
  throw new Inconclusive(`the tester has no address ${where} the implementation's`)
}

/** A tester and the end of it. */
export interface OwnedTester<R extends string> {
  readonly tester: Tester<R>
  /** Closes the connections and sessions that the scenario left open. */
  close(): Promise<void>
  /** After `close`: waits until the IUT has finished with them, and closes the tunnels. */
  settle(): Promise<void>
}

/** What a tester has to play with, and what it has opened so far. */
interface TesterState<R extends string> {
  readonly context: TesterContext<R>
  readonly network: RecordedNetwork
  readonly addresses: Addresses & { readonly port: number }
  /** Waits until the IUT has finished with so many connections. */
  readonly settled: (connections: number) => Promise<unknown>
  readonly controls: Control<R>[]
  /** By the tester's address; undefined for the usual one. */
  readonly hubs: Map<string | undefined, Promise<GreHub>>
  readonly sessions: OwnedSession[]
}

/**
 * The tester of one play.
 * @param addresses `port`: where the IUT listens.
 * @param vary this case's values.
 * @param options `settled`: resolves when the IUT has finished with so many connections; `dial`:
 * absent where the IUT cannot be told to dial.
 */
export function createTester<R extends string>(
  context: TesterContext<R>,
  network: RecordedNetwork,
  addresses: Addresses & { readonly port: number },
  vary: Readonly<Record<string, unknown>>,
  {
    settled = async () => {},
    dial,
  }: {
    readonly settled?: ((connections: number) => Promise<unknown>) | undefined
    readonly dial?: Dialler | undefined
  } = {},
): OwnedTester<R> {
  const { clock, timers, judge } = context
  const { iut: address, tester: own } = addresses
  const state: TesterState<R> = {
    context,
    network,
    addresses,
    settled,
    controls: [],
    hubs: new Map(),
    sessions: [],
  }
  const server = createServerSide<R>({
    context,
    network,
    iut: address,
    addresses: own,
    dialler: dial,
    adopt: (connection, options) => adopt(state, connection, { from: connection.local.address, ...options }),
    openTunnel: (from) => openTunnel(state, from),
  })

  const tester: Tester<R> = {
    clock,
    timers,
    accounts: () => accountsOf(context),
    addresses: own,
    lowerAddress: () => known(addressBelow(address, own), 'below'),
    higherAddress: () => known(addressAbove(address, own), 'above'),
    unusedAddress() {
      if (addresses.unused !== undefined) return addresses.unused
      throw new Inconclusive('no address near it is known to be unused')
    },
    vary,
    note: context.note,
    unique: context.unique,
    decide: judge.decide,
    check: (requirement, evidence, expectation) =>
      judge.decide(requirement, judgementOf(evidence, expectation)),
    implementationTime: (ms) => ms / timers.speed,
    stopwatch: () => startStopwatch(clock, timers.speed),
    timerWindow: (nominal) => timerWindow(nominal, timers.speed),
    durations: (...ms) => describeDurations(ms, timers.speed),
    connect: (options) => connect(state, options),
    expectConnection: (requirement) => expectConnection(state, requirement),
    establish: (values = {}, options = {}) => establish(state, values, options),
    callRequest: (values = {}) => callRequest(context, values),
    placeCall: (control, values = {}) => placeCall(state, control, values),
    openTunnel: (from) => openTunnel(state, from),
    session: (tunnel, options) => openSession(state, tunnel, options),
    field(requirement, received, field, expected) {
      const allowed: readonly unknown[] = Array.isArray(expected) ? expected : [expected]
      const evidence = fieldOf(received, field)
      const described = (message: object) =>
        describeControl(message as DecodedMessage).find(({ name }) => name === field)
      const label = described(received.message)?.label ?? field
      // In the same words as what was seen.
      const shown = allowed.map((value) => described({ ...received.message, [field]: value })?.shown ?? value)
      const wanted = `${received.message.name} with ${label} ${shown.join(' or ')}`
      judge.decide(
        requirement,
        judgementOf(
          evidence,
          is(wanted, (value) => allowed.includes(value)),
        ),
      )
    },
    ...server.side,
  }

  return ownedTester(state, tester, server)
}

function ownedTester<R extends string>(
  { controls, hubs, sessions, settled }: TesterState<R>,
  tester: Tester<R>,
  server: ReturnType<typeof createServerSide<R>>,
): OwnedTester<R> {
  let connections = 0
  return {
    tester,
    async close() {
      for (const { close } of sessions) close()
      const unused = await server.close()
      // Before the dials: what the IUT does when it is stopped by force is not its own doing.
      await Promise.all(controls.map((control) => control.dispose()))
      await server.dispose()
      connections = controls.length + unused
    },
    async settle() {
      await settled(connections)
      for (const hub of hubs.values())
        await hub.then(
          (open) => open.close(),
          (error) => {
            if (!(error instanceof EnvironmentError)) throw error
          },
        )
    },
  }
}

function accountsOf<R extends string>({ accounts }: TesterContext<R>): PppAccounts {
  if (accounts !== undefined) return accounts
  throw new Inconclusive('no PPP account of it is known')
}

/** Tries to open a TCP connection, once the IUT has finished with those that are over. */
async function attempt<R extends string>(
  { context, network, addresses, controls, settled }: TesterState<R>,
  {
    fromPort,
    // A port of one address: somebody else may listen there on another one.
    from = fromPort === undefined ? undefined : addresses.tester[0],
  }: ConnectionOptions = {},
): Promise<RecordedConnection | ConnectFailure> {
  const over = controls.filter((control) => control.isOver()).length
  if (over > 0) await settled(over)
  return await network.connect(
    { address: addresses.iut, port: addresses.port },
    {
      timeout: context.timers.connect,
      ...(from === undefined ? {} : { from }),
      ...(fromPort === undefined ? {} : { fromPort }),
    },
  )
}

function adopt<R extends string>(
  { context, controls }: TesterState<R>,
  connection: RecordedConnection,
  options: ConnectionOptions & Omit<TakeOptions, 'window'> = {},
): Control<R> {
  const control = createControl(connection, context, options)
  controls.push(control)
  return control
}

async function connect<R extends string>(
  state: TesterState<R>,
  options?: ConnectionOptions,
): Promise<Control<R>> {
  const { iut, port } = state.addresses
  const result = await attempt(state, options)
  if (!isConnection(result))
    throw new Inconclusive(`no TCP connection to ${iut}:${port}: ${result.kind} (${result.detail})`)
  return adopt(state, result, options)
}

async function expectConnection<R extends string>(
  state: TesterState<R>,
  requirement: OneOrMore<R>,
): Promise<Control<R>> {
  const result = await attempt(state)
  state.context.judge.decide(requirement, {
    ok: isConnection(result),
    expected: `a TCP connection to port ${state.addresses.port}`,
    seen: isConnection(result) ? 'a TCP connection' : `none: ${result.kind} (${result.detail})`,
  })
  if (!isConnection(result)) throw new Decided()
  return adopt(state, result)
}

async function establish<R extends string>(
  state: TesterState<R>,
  values: Partial<BodyValues<'Start-Control-Connection-Request'>>,
  options: ConnectionOptions,
): Promise<Control<R>> {
  const control = await connect(state, options)
  control.send('Start-Control-Connection-Request', startRequest(values))
  const reply = await control.await('Start-Control-Connection-Reply')
  if (reply.message.resultCode !== 1)
    throw new Inconclusive(`no control connection: ${describeMessage(reply.message)}`)
  return control
}

function callRequest<R extends string>(
  { unique }: TesterContext<R>,
  values: Partial<BodyValues<'Outgoing-Call-Request'>>,
): BodyValues<'Outgoing-Call-Request'> {
  return {
    callId: unique() & 0xffff,
    callSerialNumber: unique() & 0xffff,
    ...USUAL_CALL,
    packetProcessingDelay: 0,
    phoneNumberLength: 0,
    reserved1: 0,
    phoneNumber: '',
    subaddress: '',
    ...values,
  }
}

async function placeCall<R extends string>(
  state: TesterState<R>,
  control: Control<R>,
  values: Partial<BodyValues<'Outgoing-Call-Request'>>,
): Promise<Call> {
  const { context } = state
  const tunnels = await openTunnel(state, control.from)
  const request = callRequest(context, values)
  control.send('Outgoing-Call-Request', request)
  const reply = await control.await('Outgoing-Call-Reply', context.timers.call)
  if (reply.message.resultCode !== 1) throw new Inconclusive(`no call: ${describeMessage(reply.message)}`)
  return {
    reply,
    announcedBy: reply.entry,
    tunnel: tunnels.end(request.callId, reply.message.callId, reply.message.packetRecvWindowSize),
  }
}

function openTunnel<R extends string>(
  { context, network, addresses, hubs }: TesterState<R>,
  from?: string,
): Promise<GreHub> {
  // The usual address by its name or without: one socket, lest the kernel deliver each packet
  // twice.
  const key = from === addresses.tester[0] ? undefined : from
  const open =
    hubs.get(key) ??
    network
      .openGre(addresses.iut, from === undefined ? {} : { from })
      .then((socket) => createGreHub(socket, context.clock))
  hubs.set(key, open)
  return open
}

function openSession<R extends string>(
  { context, sessions }: TesterState<R>,
  tunnel: TunnelEnd,
  options?: SessionOptions,
): Session {
  const { clock, timers, unique } = context
  const accounts = () => accountsOf(context)
  const owned = createSession({ clock, tunnel, patience: timers.tunnel, accounts, seed: unique() }, options)
  sessions.push(owned)
  return owned.session
}

/**
 * A Start-Control-Connection-Request that any recipient should accept: a PNS asking for version
 * 1.0.
 */
export function startRequest(
  values: Partial<BodyValues<'Start-Control-Connection-Request'>> = {},
): Partial<BodyValues<'Start-Control-Connection-Request'>> {
  return {
    framingCapabilities: 3,
    bearerCapabilities: 3,
    maximumChannels: 0,
    firmwareRevision: 1,
    hostName: 'tester',
    vendorName: 'pptpspec',
    ...values,
  }
}
