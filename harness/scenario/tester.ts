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
import { describeMessage, describeObservation, type Received, receivedAs } from './observation.ts'
import { OF_A_RECIPIENT } from './server/arrivals.ts'
import { createServerSide, type ServerSide, type TakeOptions } from './server.ts'
import { createSession, type OwnedSession, type Session, type SessionOptions } from './session.ts'
import type { TesterContext } from './tester-context.ts'
import { describeDurations, type Stopwatch, startStopwatch, type TimerWindow, timerWindow } from './timing.ts'
import { type Call, createGreHub, type GreHub, type TunnelEnd, WAKING_AFTER } from './tunnel.ts'
import { USUAL_CALL } from './usual-call.ts'
import type { Variation, Vary } from './vary.ts'

/** How the tester opens a control connection. */
export interface ConnectionOptions {
  /**
   * Whether the tester answers Echo-Requests itself; true unless given. False: the scenario sees
   * them.
   */
  readonly answerEchoes?: boolean
  /** Which of the tester's `addresses` to connect from; the usual one unless given. */
  readonly from?: string
  /** The tester's TCP port; any port unless given. */
  readonly fromPort?: number
}

/** The tester's side of the conversation, as the body of a scenario uses it. */
export interface Tester<R extends string, V extends Vary = Vary> extends ServerSide<R> {
  readonly clock: Clock
  readonly timers: TesterContext<R>['timers']
  /**
   * Returns the PPP accounts of the IUT. The scenario has to need a way to log in, for example
   * `needs: ['ms-chap-v2']`. @throws Inconclusive where no account is known.
   */
  accounts(): PppAccounts
  /**
   * The tester's addresses from which the IUT can be reached, the usual one first. A scenario that
   * uses a second address has to have `needs: ['second-address']`.
   */
  readonly addresses: readonly string[]
  /**
   * Returns an unused address in the IUT's network, to put into a packet as a false source. The
   * scenario has to have `needs: ['unused-address']`. @throws Inconclusive where none is known.
   */
  unusedAddress(): string
  /**
   * Returns an address of the tester that is, as a number of 32 bits, below the IUT's (section
   * 3.1.3). The scenario has to have `needs: ['lower-address']`. @throws Inconclusive where the
   * tester has no such address.
   */
  lowerAddress(): string
  /**
   * Returns an address of the tester that is above the IUT's. The scenario has to have
   * `needs: ['higher-address']`. @throws Inconclusive where the tester has no such address.
   */
  higherAddress(): string
  /** The values of the scenario's parameters in this case. */
  readonly vary: Variation<V>
  /**
   * Preamble: opens a TCP connection to the IUT's port (1723). @throws Inconclusive when that
   * fails.
   */
  connect(options?: ConnectionOptions): Promise<Control<R>>
  /**
   * Decides whether the IUT accepts a TCP connection, and opens it. @throws Decided when it fails.
   */
  expectConnection(requirement: OneOrMore<R>): Promise<Control<R>>
  /**
   * Preamble: connects and exchanges Start-Control-Connection-Request and a successful -Reply.
   * @throws Inconclusive when that fails.
   */
  establish(
    values?: Partial<BodyValues<'Start-Control-Connection-Request'>>,
    options?: ConnectionOptions,
  ): Promise<Control<R>>
  /**
   * Preamble: places a call and waits for a successful Outgoing-Call-Reply. @throws Inconclusive
   * when that fails.
   */
  placeCall(control: Control<R>, values?: Partial<BodyValues<'Outgoing-Call-Request'>>): Promise<Call>
  /** Returns fields of an Outgoing-Call-Request that any PAC should accept, with a new Call ID. */
  callRequest(values?: Partial<BodyValues<'Outgoing-Call-Request'>>): BodyValues<'Outgoing-Call-Request'>
  /**
   * Opens a GRE socket towards the IUT, once for each address of the tester (the usual one unless
   * given). Has to come before an Outgoing-Call-Request that may succeed: without a socket, our
   * kernel answers the IUT's GRE packets with ICMP errors.
   */
  openTunnel(from?: string): Promise<GreHub>
  /**
   * Runs a PPP peer in a call's tunnel, which must not be used for anything else from then on. The
   * peer begins at once, or with the IUT's first packet (`SessionOptions.waits`).
   * @throws Inconclusive where it needs an account of the IUT and none is known.
   */
  session(tunnel: TunnelEnd, options?: SessionOptions): Session
  /** Decides whether one field of a message has an expected value. */
  field<N extends MessageName, F extends keyof BodyValues<N> & string>(
    requirement: OneOrMore<R>,
    received: Received<N>,
    field: F,
    expected: BodyValues<N>[F] | readonly BodyValues<N>[F][],
  ): void
  /** Decides whether evidence meets an expectation. */
  check<T>(requirement: OneOrMore<R>, evidence: Evidence<T>, expectation: Expectation<T>): void
  /** Decides a requirement by a judgement, for cases that no `Expectation` fits. */
  decide(requirement: OneOrMore<R>, judgement: Judgement): void
  /** Adds a note to the trace, usually about what comes next. */
  note(text: string): void
  /** Returns a number not used before in this play. */
  unique(): number
  /**
   * Converts ms of the IUT's time, which may be accelerated, into ms of the tester's: for windows
   * of timed scenarios.
   */
  implementationTime(ms: number): number
  /** Starts to measure the IUT's time in ms. */
  stopwatch(): Stopwatch
  /**
   * Returns when an event that is due after `nominal` ms may be seen; all in ms of the IUT's time.
   */
  timerWindow(nominal: number): TimerWindow
  /**
   * Returns durations, given in ms of the IUT's time, in words: `121 s of its time (2.0 s at 60x)`.
   * Of several it names the shortest and the longest.
   */
  durations(...ms: readonly [number, ...number[]]): string
}

/** Returns the address. @throws Inconclusive where it is undefined. */
function known(address: string | undefined, where: string): string {
  if (address !== undefined) return address
  throw new Inconclusive(`the tester has no address ${where} the implementation's`)
}

/** A tester, with functions that end it. */
export interface OwnedTester<R extends string> {
  readonly tester: Tester<R>
  /** Closes the connections and sessions that the scenario left open. */
  close(): Promise<void>
  /** After `close`: waits until the IUT has finished with the connections; closes GRE sockets. */
  settle(): Promise<void>
}

/** The state of a tester: what it was made with, and what it has opened so far. */
interface TesterState<R extends string> {
  readonly context: TesterContext<R>
  readonly network: RecordedNetwork
  readonly addresses: Addresses & { readonly port: number }
  /** Waits until the IUT has finished with that many connections of this play. */
  readonly settled: (connections: number) => Promise<unknown>
  readonly controls: Control<R>[]
  /** GRE sockets by the tester's address; undefined for the usual one. */
  readonly hubs: Map<string | undefined, Promise<GreHub>>
  readonly sessions: OwnedSession[]
}

/**
 * Makes the tester of one play.
 * @param addresses `port`: the TCP port where the IUT listens.
 * @param vary the values of the scenario's parameters in this case.
 * @param options `settled`: waits until the IUT has finished with that many connections; `dial`:
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
      throw new Inconclusive('no unused address near the implementation is known')
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
      // Values are shown in the same way as in `seen`.
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
      // Connections are closed before dials are stopped: what an IUT sends when it is stopped by
      // force must not be judged.
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
  throw new Inconclusive('no PPP account of the implementation is known')
}

/** Tries to open a TCP connection, once the IUT has finished with those that are over. */
async function attempt<R extends string>(
  { context, network, addresses, controls, settled }: TesterState<R>,
  {
    fromPort,
    // A port is chosen on one address only: another program may use that port on another address.
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
  return adopt(state, result, { setAside: OF_A_RECIPIENT, ...options })
}

async function expectConnection<R extends string>(
  state: TesterState<R>,
  requirement: OneOrMore<R>,
): Promise<Control<R>> {
  const result = await attempt(state)
  state.context.judge.decide(requirement, {
    ok: isConnection(result),
    expected: `a TCP connection to port ${state.addresses.port}`,
    seen: isConnection(result) ? 'a TCP connection' : `no TCP connection: ${result.kind} (${result.detail})`,
  })
  if (!isConnection(result)) throw new Decided()
  return adopt(state, result, { setAside: OF_A_RECIPIENT })
}

async function establish<R extends string>(
  state: TesterState<R>,
  values: Partial<BodyValues<'Start-Control-Connection-Request'>>,
  options: ConnectionOptions,
  isSecond = false,
): Promise<Control<R>> {
  const control = await connect(state, options)
  control.send('Start-Control-Connection-Request', startRequest(values))
  const answer = await control.next()
  if (answer.kind === 'closed' && !isSecond && options.fromPort === undefined) {
    // pptpd does so now and then when the connection before has just ended (docs/interop.md).
    state.context.note('the implementation closed the connection before it replied: a second one is opened')
    return establish(state, values, options, true)
  }
  const reply = receivedAs(answer, 'Start-Control-Connection-Reply')
  if (reply === undefined)
    throw new Inconclusive(
      `waited for Start-Control-Connection-Reply, but saw ${describeObservation(answer)}`,
    )
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
    tunnel: tunnels.end(request.callId, reply.message.callId, reply.message.packetRecvWindowSize, () =>
      control.unaskedEnd(reply.message.callId),
    ),
  }
}

function openTunnel<R extends string>(
  { context, network, addresses, hubs }: TesterState<R>,
  from?: string,
): Promise<GreHub> {
  // The usual address gets one socket, whether `from` names it or not: with two the kernel would
  // deliver each packet twice.
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
  const owned = createSession(
    { clock, tunnel, patience: WAKING_AFTER * timers.tunnel, accounts, seed: unique() },
    options,
  )
  sessions.push(owned)
  return owned.session
}

/**
 * Returns the fields of a Start-Control-Connection-Request that any recipient should accept: a PNS
 * that asks for version 1.0.
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
