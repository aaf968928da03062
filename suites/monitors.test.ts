import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  REFERENCE_ADDRESS,
  type ReferenceReplica,
  referenceImplementation,
  TESTER_ADDRESSES,
} from '../harness/implementations/embedded.ts'
import { hostMachine } from '../harness/implementations/embedded-host.ts'
import type { Clock } from '../harness/network/network.ts'
import { bitsInserted } from '../harness/ppp/bit-stuffing.ts'
import { checkSequence } from '../harness/ppp/fcs.ts'
import { encodeFrame, PppProtocolNumber } from '../harness/ppp/frame.ts'
import { PacketCode } from '../harness/ppp/packet.ts'
import { controlMessage, encodeControl } from '../harness/protocol/control.ts'
import {
  type BodyValues,
  type ControlMessage,
  MESSAGE_NAMES,
  type MessageName,
  PPTP_PORT,
} from '../harness/protocol/messages.ts'
import { concat } from '../harness/protocol/octets.ts'
import { type Configuration, DEFAULT_CONFIGURATION } from '../harness/reference/configuration.ts'
import type { Command, FollowUp } from '../harness/reference/events.ts'
import { createFaults, type Faults } from '../harness/reference/faults.ts'
import { createReference } from '../harness/reference/machine.ts'
import type { MutantName } from '../harness/reference/mutants.ts'
import { judgeTrace } from '../harness/scenario/monitor.ts'
import { play } from '../harness/scenario/play.ts'
import { casesOf, type Scenario, type ScenarioCase } from '../harness/scenario/scenario.ts'
import type { Finding } from '../harness/scenario/verdict.ts'
import { readTrace } from '../harness/trace/messages.ts'
import { recordNetwork } from '../harness/trace/recorder.ts'
import { data, ended, gre, greOctets, opened, traceOf } from '../harness/trace/testing/traces.ts'
import type { Side, Trace, TraceStep } from '../harness/trace/trace.ts'
import { scenario } from './catalogue.ts'
import { SCENARIOS } from './index.ts'
import { MONITORS } from './monitors/index.ts'
import { firstData, lcpFrame } from './steps/lcp.ts'

/**
 * Scenarios for monitors alone: the tester goes on where a scenario of a suite would have decided
 * and ended.
 */
const EXTRA: readonly Scenario[] = [
  scenario(
    {
      id: 'monitors/many-requests',
      purpose: 'The IUT has many answers to send, and the tester acknowledges none.',
      decides: ['4/carries-ppp'],
      provenBy: ['gre-window-ignored'],
      iut: 'recipient',
      vary: { window: { small: 2, large: 8 } },
    },
    async (t) => {
      const control = await t.establish()
      const { tunnel } = await t.placeCall(control, { packetRecvWindowSize: t.vary.window })
      await firstData(t, tunnel)
      const silent = { acknowledgmentPresent: 0, acknowledgmentNumber: undefined }
      for (let count = 0; count < 20; count++)
        tunnel.send(lcpFrame(PacketCode.configureRequest, count), silent)
      await t.clock.sleep(3000)
      t.decide('4/carries-ppp', { ok: true, expected: '', seen: '' })
    },
  ),
  scenario(
    {
      id: 'monitors/slow-line',
      purpose: 'An incoming call is connected a while after it was accepted.',
      decides: ['4/carries-ppp'],
      provenBy: ['incoming-tunnel-before-connected'],
      iut: 'recipient',
    },
    async (t) => {
      await t.openTunnel()
      const control = await t.establish()
      control.send('Incoming-Call-Request', { callId: 7, callBearerType: 1 })
      const { message } = await control.await('Incoming-Call-Reply')
      await t.clock.sleep(500)
      control.send('Incoming-Call-Connected', {
        peersCallId: message.callId,
        connectSpeed: 64_000,
        packetRecvWindowSize: 8,
        framingType: 1,
      })
      await t.clock.sleep(500)
      t.decide('4/carries-ppp', { ok: true, expected: '', seen: '' })
    },
  ),
  ...(['stop', 'reset', 'clear'] as const).map((how) =>
    scenario(
      {
        id: `monitors/after-${how}`,
        purpose: 'Data is sent to a call that is over.',
        decides: ['4/carries-ppp'],
        provenBy: ['drop-keeps-tunnel'],
        iut: 'recipient',
      },
      async (t) => {
        const control = await t.establish()
        const { tunnel } = await t.placeCall(control)
        await firstData(t, tunnel)
        if (how === 'reset') control.reset()
        else if (how === 'stop') control.send('Stop-Control-Connection-Request', { reason: 1 })
        else control.send('Call-Clear-Request', { callId: tunnel.callId })
        await t.clock.sleep(2000)
        for (let count = 0; count < 3; count++) tunnel.send(lcpFrame(PacketCode.configureRequest, count))
        await t.clock.sleep(3000)
        t.decide('4/carries-ppp', { ok: true, expected: '', seen: '' })
      },
    ),
  ),
]

async function replicaOf(
  faults: Faults,
  configuration: Partial<Configuration> = {},
): Promise<ReferenceReplica> {
  const implementation = referenceImplementation({ configuration, faults })
  const [replica] = await implementation.start(1, () => {})
  if (replica === undefined) throw new Error('the reference did not start')
  return replica
}

async function playCase(one: ScenarioCase, faults: Faults): Promise<Trace> {
  const replica = await replicaOf(faults)
  const { trace } = await replica.play(async () => {
    const network = await replica.openNetwork()
    const played = await play(one, {
      network,
      address: replica.address,
      testerAddresses: TESTER_ADDRESSES,
      unusedAddress: replica.unusedAddress,
      timers: replica.timers,
      accounts: replica.accounts,
      dial: replica.dial,
      startedAt: 0,
      firstUnique: 1000,
    })
    await network.close()
    return played
  })
  await replica.stop()
  return trace
}

interface TwoReferences {
  readonly name: string
  readonly iut?: Partial<Configuration>
  readonly tester?: Partial<Configuration>
  readonly body: (
    ends: { readonly iut: (command: Command) => void; readonly tester: (command: Command) => void },
    clock: Clock,
  ) => Promise<void>
}

const IUT = REFERENCE_ADDRESS
const TESTER = TESTER_ADDRESSES[0]
const FIRST_CALL = 0x4001

function start(address: string, next: FollowUp): Command {
  return { name: 'start', to: { address, port: PPTP_PORT }, next }
}

/**
 * Conversations of two whole peers without a scenario, as a capture from anywhere shows them.
 */
const CONVERSATIONS: readonly TwoReferences[] = [
  ...(['outgoing-call', 'incoming-call'] as const).flatMap((then): TwoReferences[] => [
    {
      name: `the IUT accepts the connection and the other side starts with an ${then}`,
      async body({ tester }, clock) {
        tester(start(IUT, then))
        await clock.sleep(5000)
        tester({ name: 'place-call', address: IUT })
        await clock.sleep(5000)
        tester({ name: 'ring', address: IUT })
        await clock.sleep(150_000)
        tester({ name: 'clear-call', callId: FIRST_CALL })
        await clock.sleep(2000)
        tester({ name: 'stop', address: IUT })
        await clock.sleep(20_000)
      },
    },
    {
      name: `the IUT opens the connection and starts with an ${then}`,
      async body({ iut }, clock) {
        iut(start(TESTER, then))
        await clock.sleep(5000)
        iut({ name: 'place-call', address: TESTER })
        await clock.sleep(5000)
        iut({ name: 'ring', address: TESTER })
        await clock.sleep(150_000)
        iut({ name: 'clear-call', callId: FIRST_CALL })
        await clock.sleep(2000)
        iut({ name: 'stop', address: TESTER })
        await clock.sleep(20_000)
      },
    },
  ]),
  {
    name: 'the IUT is PNS only',
    async body({ iut }, clock) {
      iut(start(TESTER, 'outgoing-call'))
      await clock.sleep(5000)
      iut({ name: 'clear-call', callId: FIRST_CALL })
      await clock.sleep(5000)
    },
  },
  {
    name: 'the call of the IUT is refused',
    tester: { outgoingCalls: false },
    async body({ iut }, clock) {
      iut(start(TESTER, 'outgoing-call'))
      await clock.sleep(5000)
    },
  },
  {
    name: 'the IUT has no room for the call',
    iut: { channels: 1 },
    async body({ tester }, clock) {
      tester(start(IUT, 'outgoing-call'))
      await clock.sleep(5000)
      tester({ name: 'place-call', address: IUT })
      await clock.sleep(5000)
    },
  },
]

async function playReferences(references: TwoReferences, faults: Faults): Promise<Trace> {
  const replica = await replicaOf(faults, references.iut)
  const trace = await replica.play(async () => {
    const network = await replica.openNetwork()
    const recorder = recordNetwork(network, { startedAt: 0 })
    const other = await hostMachine(
      recorder.network,
      createReference({
        configuration: { ...DEFAULT_CONFIGURATION, ...references.tester },
        faults: createFaults(),
      }),
      { address: TESTER, hears: [IUT] },
    )
    await references.body({ iut: replica.command, tester: other.command }, network.clock)
    const recorded = recorder.trace()
    await other.close()
    await network.close()
    return recorded
  })
  await replica.stop()
  return trace
}

/**
 * Plays an IUT that opens a connection and wants a call. Its start request is answered late, with
 * `resultCode`.
 */
async function playStart(resultCode: number, faults: Faults): Promise<Trace> {
  const replica = await replicaOf(faults)
  const trace = await replica.play(async () => {
    const network = await replica.openNetwork()
    const recorder = recordNetwork(network, { startedAt: 0 })
    await recorder.network.listen({ address: TESTER, port: PPTP_PORT }, (connection) => {
      let heard = false
      connection.onEvent((event) => {
        if (event.kind !== 'data' || heard) return
        heard = true
        const reply = controlMessage('Start-Control-Connection-Reply', { resultCode })
        void network.clock.sleep(500).then(() => connection.send(encodeControl(reply)))
      })
    })
    replica.command(start(TESTER, 'outgoing-call'))
    await network.clock.sleep(3000)
    const recorded = recorder.trace()
    await network.close()
    return recorded
  })
  await replica.stop()
  return trace
}

type Play = readonly [name: string, trace: (faults: Faults) => Promise<Trace>]

/** Everything that is played; the plays in which most mutants show come first. */
const PLAYS: readonly Play[] = [
  ...CONVERSATIONS.map(
    (references): Play => [references.name, (faults) => playReferences(references, faults)],
  ),
  ['the start request of the IUT is answered late', (faults) => playStart(1, faults)],
  ['the start request of the IUT is refused', (faults) => playStart(4, faults)],
  ...[...EXTRA, ...SCENARIOS]
    .flatMap(casesOf)
    .map((one): Play => [one.id, (faults) => playCase(one, faults)]),
]

function violations(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ verdict }) => verdict !== 'pass')
}

/** Requirements that only traces made by hand show, below. */
const BY_HAND: ReadonlySet<string> = new Set([
  '2.10/result-do-not-accept',
  '2.10/result-general-error',
  '2.12/incoming-too',
  '3.1.2/local-termination-stops',
  '3.1.2/stop-reply-closes',
  '3.2.3.1/established-clear-request',
  '3.2.3.1/wait-reply-aborted',
  '3.2.3.1/wait-reply-refused',
])

/**
 * The faults that a play consults, by the name of the play, once it was played. Mutants with other
 * faults do not show in that play.
 */
const CONSULTED = new Map<string, ReadonlySet<string>>()

test('every monitor finds no violation in the reference, whatever is played', async () => {
  const decided = new Set<string>()
  const found: object[] = []
  for (const [name, trace] of PLAYS) {
    const faults = createFaults()
    const findings = judgeTrace(readTrace(await trace(faults)), 'iut', MONITORS)
    for (const { requirement } of findings) decided.add(requirement)
    for (const finding of violations(findings)) found.push({ name, ...finding })
    CONSULTED.set(name, faults.consulted())
  }
  expect(found).toEqual([])
  // The reference sends no WAN-Error-Notify; traces made by hand, below, decide about it.
  const undecided = MONITORS.flatMap(({ decides }) => decides).filter((one) => !decided.has(one))
  expect(undecided.filter((one) => !one.startsWith('2.14/') && !BY_HAND.has(one))).toEqual([])
}, 60_000)

test('in a conversation of two references neither end has a violation', async () => {
  for (const references of CONVERSATIONS) {
    const trace = await playReferences(references, createFaults())
    expect(violations(judgeTrace(readTrace(trace), 'tester', MONITORS))).toEqual([])
  }
})

describe.each(MONITORS.map((monitor) => [monitor.id, monitor] as const))('%s', (_, monitor) => {
  test.each(monitor.provenBy)('catches the mutant %s', async (mutant) => {
    let caught: readonly Finding[] = []
    for (const [name, trace] of PLAYS) {
      if (CONSULTED.get(name)?.has(mutant) === false) continue
      caught = violations(
        judgeTrace(readTrace(await trace(createFaults(mutant as MutantName))), 'iut', [monitor]),
      )
      if (caught.length > 0) break
    }
    expect(caught).not.toEqual([])
  })
})

/** A step in which the tester or the IUT sends a control message. */
function said<N extends MessageName>(from: Side, name: N, values: Partial<BodyValues<N>> = {}): TraceStep {
  return data(encodeControl(controlMessage(name, values) as unknown as ControlMessage), from)
}

/** The same step at the time `at`, in ms. */
function moment(at: number, step: TraceStep): TraceStep {
  return Object.assign({ at }, step)
}

/** The tester, a PNS, has one call with the IUT: its Call ID is 7, that of the IUT is 9. */
const CALL: readonly TraceStep[] = [
  opened(),
  said('tester', 'Start-Control-Connection-Request'),
  said('iut', 'Start-Control-Connection-Reply', {
    resultCode: 1,
    framingCapabilities: 3,
    bearerCapabilities: 3,
  }),
  said('tester', 'Outgoing-Call-Request', { callId: 7, maximumBps: 9, packetRecvWindowSize: 3 }),
  said('iut', 'Outgoing-Call-Reply', {
    callId: 9,
    peersCallId: 7,
    resultCode: 1,
    packetRecvWindowSize: 3,
    connectSpeed: 9,
  }),
]

/**
 * Returns the verdict of each requirement that monitors decide about `subject`.
 * @param captured whether the steps are those of a capture, each a second after the one before.
 */
function verdictsOf(
  steps: readonly TraceStep[],
  subject: Side = 'iut',
  captured = false,
): Record<string, string> {
  const bare = traceOf(...steps)
  const apart = {
    ...bare,
    captured,
    entries: bare.entries.map((entry, at) => ({ ...entry, at: at * 1_000 })),
  }
  return Object.fromEntries(
    judgeTrace(readTrace(captured ? apart : bare), subject, MONITORS).map(({ requirement, verdict }) => [
      requirement,
      verdict,
    ]),
  )
}

describe('traces made by hand', () => {
  test('a trace is not read if there are no monitors', () => {
    const unread = {
      trace: traceOf(...CALL),
      get parts(): never {
        throw new Error('read')
      },
    }
    expect(judgeTrace(unread, 'iut', [])).toEqual([])
    expect(() => judgeTrace(unread, 'iut', MONITORS)).toThrow('read')
  })

  const octets = (length: number) => new Uint8Array(length).fill(1)

  test('WAN-Error-Notify comes from the PAC, rarely, with counters that only grow', () => {
    const error = (from: Side, crcErrors: number, peersCallId = 7) =>
      said(from, 'WAN-Error-Notify', { peersCallId, crcErrors })
    const late = traceOf(...CALL, error('iut', 1), error('iut', 2))
    const patient = {
      ...late,
      entries: late.entries.map((one, at) => (at === CALL.length + 1 ? { ...one, at: 61_000 } : one)),
    }
    expect(judgeTrace(readTrace(patient), 'iut', MONITORS).filter((one) => one.verdict !== 'pass')).toEqual(
      [],
    )
    expect(verdictsOf([...CALL, error('iut', 2), error('iut', 1)])).toMatchObject({
      '2.14/sent-by-pac': 'pass',
      '2.14/peers-call-id': 'pass',
      '2.14/interval': 'warn',
      '2.14/cumulative': 'fail',
    })
    expect(verdictsOf([...CALL, error('iut', 2, 9)])).toMatchObject({ '2.14/peers-call-id': 'fail' })
    expect(verdictsOf([...CALL, error('tester', 2, 9)], 'tester')).toMatchObject({
      '2.14/sent-by-pac': 'fail',
    })
  })

  test('a connection has one start request, also if its peer had closed before the request came', () => {
    const request = said('iut', 'Start-Control-Connection-Request')
    const begun = [opened(1, 'iut'), ended('tester'), request]
    expect(verdictsOf(begun)).toMatchObject({ '2.1/one-request': 'pass' })
    expect(verdictsOf([...begun, request])).toMatchObject({ '2.1/one-request': 'fail' })
    expect(verdictsOf([...CALL, request])).toMatchObject({ '2.1/one-request': 'fail' })
  })

  test('after a Length that no message has, a subject that looks for the next message has no violation', () => {
    const echo = (identifier: number) => said('tester', 'Echo-Request', { identifier })
    const answer = (identifier: number) => said('iut', 'Echo-Reply', { identifier, resultCode: 1 })
    const excess = (length: number) =>
      data(Uint8Array.of(length >> 8, length & 0xff, 0, 1, 0x1a, 0x2b, 0x3c, 0x4d))
    const behind = (length: number) =>
      verdictsOf([...CALL, echo(1), answer(1), excess(length), echo(2), answer(2)])
    expect(behind(0xffff)).toMatchObject({ '2.6/one-reply': 'pass' })
    expect(behind(221)).toMatchObject({ '2.6/one-reply': 'pass' })
    // A subject that answers before it has a whole message is wrong.
    expect(behind(220)).toMatchObject({ '2.6/one-reply': 'fail' })
  })

  test('Set-Link-Info and Call-Clear-Request come from the PNS', () => {
    const info = (from: Side, peersCallId: number) => said(from, 'Set-Link-Info', { peersCallId })
    expect(verdictsOf([...CALL, info('tester', 9)], 'tester')).toMatchObject({
      '2.15/sent-by-pns': 'pass',
      '2.15/peers-call-id': 'pass',
    })
    expect(verdictsOf([...CALL, info('tester', 7)], 'tester')).toMatchObject({ '2.15/peers-call-id': 'fail' })
    expect(verdictsOf([...CALL, info('iut', 7)])).toMatchObject({ '2.15/sent-by-pns': 'fail' })
    expect(verdictsOf([...CALL, said('iut', 'Call-Clear-Request', { callId: 9 })])).toMatchObject({
      '2.12/sent-by-pns': 'fail',
    })
  })

  test('Incoming-Call-Connected follows an Incoming-Call-Reply', () => {
    const start = CALL.slice(0, 3)
    const request = said('iut', 'Incoming-Call-Request', { callId: 5, callBearerType: 1 })
    const reply = said('tester', 'Incoming-Call-Reply', { callId: 6, peersCallId: 5, resultCode: 1 })
    const connected = said('iut', 'Incoming-Call-Connected', { peersCallId: 6, framingType: 1 })
    expect(verdictsOf([...start, request, reply, connected])).toMatchObject({
      '2.11/peers-call-id': 'pass',
      '2.11/window': 'fail',
    })
    expect(verdictsOf([...start, request, connected])).toMatchObject({ '2.11/peers-call-id': 'fail' })
  })

  describe('an incoming call of the IUT, a PAC', () => {
    const asked = [
      ...CALL.slice(0, 3),
      said('iut', 'Incoming-Call-Request', { callId: 5, callBearerType: 1 }),
    ]
    const reply = (resultCode: number) =>
      said('tester', 'Incoming-Call-Reply', {
        callId: 6,
        peersCallId: 5,
        resultCode,
        errorCode: resultCode === 2 ? 1 : 0,
        packetRecvWindowSize: 1,
      })
    const connected = said('iut', 'Incoming-Call-Connected', {
      peersCallId: 6,
      framingType: 1,
      packetRecvWindowSize: 1,
    })
    const notify = said('iut', 'Call-Disconnect-Notify', { callId: 5, resultCode: 1 })
    const packet = gre({ callId: 6, sequenceNumber: 0, payload: octets(9) }, 'iut')
    const clear = said('tester', 'Call-Clear-Request', { callId: 6 })
    const echo = said('tester', 'Echo-Request', { identifier: 1 })
    const afterMinutes = (...steps: readonly TraceStep[]) => {
      const trace = traceOf(...steps)
      const entries = trace.entries.map((one, at) =>
        at === trace.entries.length - 1 ? { ...one, at: 200_000 } : one,
      )
      return Object.fromEntries(
        judgeTrace(readTrace({ ...trace, entries }), 'iut', MONITORS).map((one) => [
          one.requirement,
          one.verdict,
        ]),
      )
    }

    test('is connected when the reply accepts it, and carries data from then on', () => {
      expect(verdictsOf([...asked, reply(1), connected, packet])).toMatchObject({
        '2.10/result-connect': 'pass',
        '3.2.3/reply-connects': 'pass',
        '3.2.3.1/wait-reply-accepted': 'pass',
        '2.10/peers-call-id-matched': 'pass',
        '3.2.3.1/established-data': 'pass',
      })
      expect(verdictsOf([...asked, reply(1), packet])).toMatchObject({ '3.2.3.1/established-data': 'fail' })
    })

    test('is not connected when the reply refuses it', () => {
      for (const [code, requirement] of [
        [2, '2.10/result-general-error'],
        [3, '2.10/result-do-not-accept'],
      ] as const) {
        expect(verdictsOf([...asked, reply(code)])).toMatchObject({
          [requirement]: 'pass',
          '3.2.3.1/wait-reply-refused': 'pass',
        })
        expect(verdictsOf([...asked, reply(code), connected])).toMatchObject({
          [requirement]: 'warn',
          '2.10/peers-call-id-matched': 'fail',
          '3.2.3.1/wait-reply-refused': 'fail',
        })
      }
    })

    test('is connected or given up, and says so', () => {
      expect(verdictsOf([...asked, reply(1), notify])).toMatchObject({
        '2.10/result-connect': 'pass',
        '3.2.3.1/wait-reply-aborted': 'pass',
      })
      expect(afterMinutes(...asked, reply(1), echo)).toMatchObject({
        '2.10/result-connect': 'warn',
        '3.2.3/reply-connects': 'fail',
        '3.2.3.1/wait-reply-accepted': 'fail',
        '3.2.3.1/wait-reply-aborted': 'fail',
      })
    })

    test('ends with a notification when it is cleared', () => {
      const live = [...asked, reply(1), connected, clear]
      const ids = ['2.12/incoming-too', '3.2.3.1/established-clear-request']
      const found = verdictsOf([...live, notify])
      expect(ids.map((id) => found[id])).toEqual(['pass', 'pass'])
      const missing = afterMinutes(...live, echo)
      expect(ids.map((id) => missing[id])).toEqual(['fail', 'fail'])
    })
  })

  test('an incoming call of the IUT, a PNS, ends with Call-Clear-Request, and its Call ID stays in use until that is confirmed', () => {
    const offer = (callId: number) => said('tester', 'Incoming-Call-Request', { callId, callBearerType: 1 })
    const accept = (peersCallId: number) =>
      said('iut', 'Incoming-Call-Reply', { callId: 9, peersCallId, resultCode: 1, packetRecvWindowSize: 1 })
    const live = [
      ...CALL.slice(0, 3),
      offer(5),
      accept(5),
      said('tester', 'Incoming-Call-Connected', { peersCallId: 9, framingType: 1 }),
    ]
    const clear = said('iut', 'Call-Clear-Request', { callId: 9 })
    expect(
      verdictsOf([...live, clear, said('tester', 'Call-Disconnect-Notify', { callId: 5, resultCode: 4 })]),
    ).toMatchObject({
      '3.2.3/cleared-by-request': 'pass',
      '3.2.3.2/established-clears': 'pass',
      '3.2.3.2/wait-disconnect': 'pass',
    })
    expect(
      verdictsOf([...live, said('iut', 'Call-Disconnect-Notify', { callId: 9, resultCode: 1 })]),
    ).toMatchObject({ '3.2.3/cleared-by-request': 'fail', '3.2.3.2/established-clears': 'fail' })
    expect(verdictsOf([...live, clear, offer(4), accept(4)])).toMatchObject({
      '3.2.3.2/wait-disconnect': 'fail',
    })
  })

  test('an outgoing call is set up with two messages, and roles stay as they are', () => {
    expect(verdictsOf(CALL)).toMatchObject({ '3.2.4/two-messages': 'pass' })
    const connected = said('iut', 'Incoming-Call-Connected', { peersCallId: 7, framingType: 1 })
    expect(verdictsOf([...CALL, connected])).toMatchObject({ '3.2.4/two-messages': 'fail' })
    const foreign = [
      ['tester', 'Outgoing-Call-Reply', '2.8/sent-by-pac'],
      ['tester', 'Incoming-Call-Connected', '2.11/sent-by-pac'],
      ['iut', 'Incoming-Call-Reply', '2.10/sent-by-pns'],
    ] as const
    for (const [from, name, requirement] of foreign) {
      const echo = said(from, 'Echo-Request', { identifier: 1 })
      expect(verdictsOf([...CALL, echo], from)).toMatchObject({ [requirement]: 'pass' })
      expect(verdictsOf([...CALL, said(from, name)], from)).toMatchObject({ [requirement]: 'fail' })
    }
  })

  test('a recipient that ends the connection by itself sends a stop request, and closes after the stop reply', () => {
    const at = (times: Readonly<Record<number, number>>, ...steps: readonly TraceStep[]) => {
      const trace = traceOf(...steps)
      const entries = trace.entries.map((one, index) => ({ ...one, at: times[index] ?? one.at }))
      return Object.fromEntries(
        judgeTrace(readTrace({ ...trace, entries }), 'iut', MONITORS).map((one) => [
          one.requirement,
          one.verdict,
        ]),
      )
    }
    const started = CALL.slice(0, 3)
    const stop = said('iut', 'Stop-Control-Connection-Request', { reason: 3 })
    const agreed = said('tester', 'Stop-Control-Connection-Reply', { resultCode: 1 })
    const echo = said('iut', 'Echo-Request', { identifier: 1 })
    expect(at({}, ...started, stop, agreed, ended('iut'))).toMatchObject({
      '3.1.2/local-termination-stops': 'pass',
      '3.1.2/stop-reply-closes': 'pass',
    })
    expect(at({ 5: 9_000_000 }, ...started, stop, agreed, echo)).toMatchObject({
      '3.1.2/stop-reply-closes': 'warn',
    })
    expect(at({ 3: 9_000_000 }, ...started, ended('iut'))).toMatchObject({
      '3.1.2/local-termination-stops': 'fail',
    })
    // Right after a message, at a time-out, or after the peer's end.
    for (const steps of [
      [said('tester', 'Echo-Request', { identifier: 1 }), ended('iut')],
      [echo, ended('iut')],
      [ended('tester')],
    ])
      expect(at({}, ...started, ...steps)).not.toHaveProperty(['3.1.2/local-termination-stops'])
  })

  test('Error Code 0 says that there is no general error', () => {
    const echo = said('tester', 'Echo-Request', { identifier: 1 })
    const bad = said('iut', 'Echo-Reply', { identifier: 1, resultCode: 2 })
    expect(verdictsOf([...CALL, echo, bad])).toMatchObject({ '2.16/none': 'warn' })
  })

  test('a payload of 1533 octets is too much', () => {
    const packet = (length: number) => gre({ callId: 7, sequenceNumber: 0, payload: octets(length) }, 'iut')
    expect(verdictsOf([...CALL, packet(1532)])).toMatchObject({ '1.4/tunnel-mtu': 'pass' })
    expect(verdictsOf([...CALL, packet(1533)])).toMatchObject({ '1.4/tunnel-mtu': 'fail' })
  })

  test('a Call ID with its octets swapped is a violation, one of an earlier call is not', () => {
    const packet = (callId: number) => gre({ callId, sequenceNumber: 0, payload: octets(9) }, 'iut')
    expect(verdictsOf([...CALL, packet(0x0700)])).toMatchObject({ '4.1/call-id': 'fail' })
    expect(verdictsOf([...CALL, packet(0x1234)])).not.toHaveProperty(['4.1/call-id'])
  })

  test('a single lost or late packet is no violation, many of them are', () => {
    const packets = (...numbers: readonly number[]) =>
      numbers.map((sequenceNumber) => gre({ callId: 7, sequenceNumber, payload: octets(9) }, 'iut'))
    expect(verdictsOf([...CALL, ...packets(1, 0, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13)])).toMatchObject({
      '4.1/first-sequence-number': 'pass',
      '4.1/consecutive': 'pass',
    })
    expect(verdictsOf([...CALL, ...packets(1, 3, 5, 7)])).toMatchObject({
      '4.1/first-sequence-number': 'warn',
      '4.1/consecutive': 'fail',
    })
    const start = 0xffff_fffe
    expect(verdictsOf([...CALL, ...packets(start, start + 1, 0, 1)])['4.1/consecutive']).toBe('pass')
  })

  test('packets that the network put in another order are no violation of their sender', () => {
    const packets = (...numbers: readonly number[]) =>
      numbers.map((sequenceNumber) => gre({ callId: 7, sequenceNumber, payload: octets(9) }, 'iut'))
    const verdict = (...numbers: readonly number[]) =>
      verdictsOf([...CALL, ...packets(...numbers)])['4.1/consecutive']
    expect(verdict(1, 0, 3, 2, 5, 4, 7, 6, 9, 8)).toBe('pass')
    expect(verdict(3, 1, 0, 2, 6, 4, 7, 5, 8, 9)).toBe('pass')
    // Twice the same, octet for octet: a copy.
    expect(verdict(0, 0, 1, 1, 2, 2, 3, 3)).toBe('pass')
    // One in five is missing.
    expect(verdict(0, 2, 3, 4, 6, 7, 8, 9, 11, 12, 13)).toBe('pass')
    expect(verdict(0, 2, 4, 6, 8, 10)).toBe('fail')
    expect(verdict(0, 1, 2, 3, 0, 1, 2, 3)).toBe('pass')
    expect(verdict(500, 1, 400, 2, 300, 3)).toBe('fail')
  })

  test('an acknowledgment of a packet that a capture missed is no violation, one of a packet sent later is', () => {
    const asked = (sequenceNumber: number) => gre({ callId: 9, sequenceNumber, payload: octets(9) })
    const acknowledged = (acknowledgmentNumber: number) => gre({ callId: 7, acknowledgmentNumber }, 'iut')
    const verdict = (captured: boolean, ...steps: readonly TraceStep[]) =>
      verdictsOf([...CALL, ...steps], 'iut', captured)['4.1/acknowledges-received']
    const missed = [asked(0), asked(1), acknowledged(2), asked(3)]
    expect(verdict(true, ...missed)).not.toBe('fail')
    expect(verdict(false, ...missed)).toBe('fail')
    const early = [asked(0), asked(1), acknowledged(2), asked(2)]
    expect(verdict(true, ...early)).toBe('fail')
    expect(verdict(true, asked(0), acknowledged(0), asked(1))).toBe('pass')
  })

  test('a capture with GRE of one side only shows no violation of a window', () => {
    const sent = Array.from({ length: 9 }, (_, sequenceNumber) =>
      gre({ callId: 7, sequenceNumber, payload: octets(9) }, 'iut'),
    )
    // All packets at the same time, so that each still counts as under way.
    const captured = { ...traceOf(...CALL, ...sent), captured: true }
    const judged = (trace: Trace) =>
      judgeTrace(readTrace(trace), 'iut', MONITORS).find(
        ({ requirement }) => requirement === '4.2.1/maximum-window',
      )?.verdict
    expect(judged(captured)).toBe('pass')
    expect(judged({ ...captured, captured: false })).toBe('fail')
    const heard = traceOf(...CALL, ...sent, gre({ callId: 9, acknowledgmentNumber: 0 }))
    expect(judged({ ...heard, captured: true })).toBe('fail')
  })

  test('Call-Disconnect-Notify with the Call ID of no call is a violation, also without a request', () => {
    const notify = (callId: number) => said('iut', 'Call-Disconnect-Notify', { callId, resultCode: 1 })
    expect(verdictsOf([...CALL, notify(1234)])).toMatchObject({ '2.13/call-id': 'fail' })
    expect(verdictsOf([...CALL, notify(9)])).toMatchObject({ '2.13/call-id': 'pass' })
    // The call is over already.
    expect(verdictsOf([...CALL, notify(9), notify(9)])).toMatchObject({ '2.13/call-id': 'pass' })
  })

  test('a RST in a capture may come from any end', () => {
    const reset: TraceStep = { kind: 'tcp-reset', connection: 1, from: 'iut', detail: 'RST' }
    const later = Array.from({ length: 9 }, (): TraceStep => ({ kind: 'note', text: 'a second later' }))
    const verdict = (step: TraceStep) =>
      // Some seconds after the last message, so that the RST is no answer to that message.
      verdictsOf([...CALL, ...later, step], 'iut', true)['3.1.2/local-termination-stops']
    expect(verdict(reset)).toBeUndefined()
    expect(verdict(ended('iut'))).toBe('fail')
  })

  test('Sequence Numbers that count octets are a violation, gaps of a lossy network are not', () => {
    const packets = (...numbers: readonly number[]) =>
      numbers.map((sequenceNumber) => gre({ callId: 7, sequenceNumber, payload: octets(9) }, 'iut'))
    const verdict = (...numbers: readonly number[]) =>
      verdictsOf([...CALL, ...packets(...numbers)])['4.1/numbers-count-packets']
    expect(verdict(0, 9, 18, 27)).toBe('fail')
    expect(verdict(0, 1, 2, 11, 12, 13, 14)).toBe('pass')
    expect(verdict(0, 3, 6, 9)).toBe('pass')
  })

  test('packets of two calls with the same Call ID are not told apart, and are no violation', () => {
    const packet = (payload: number, acknowledgmentNumber?: number) =>
      gre(
        {
          callId: 7,
          sequenceNumber: 0,
          payload: octets(payload),
          ...(acknowledgmentNumber === undefined ? {} : { acknowledgmentNumber }),
        },
        'iut',
      )
    const again = [
      said('tester', 'Outgoing-Call-Request', { callId: 7, maximumBps: 9, packetRecvWindowSize: 1 }),
      // The first packet of each call, before the reply to the second request, which travels on
      // TCP.
      packet(9),
      packet(8, 5),
      said('iut', 'Outgoing-Call-Reply', { callId: 10, peersCallId: 7, resultCode: 1, connectSpeed: 9 }),
    ]
    const verdicts = verdictsOf([...CALL, ...again])
    for (const id of ['4.3/no-duplicates-sent', '4.2.1/maximum-window', '4.1/acknowledges-received'])
      expect(verdicts[id], id).toBeUndefined()
    // The same packets are a violation if the second call has a Call ID of its own.
    expect(verdictsOf([...CALL, packet(9), packet(8)])['4.3/no-duplicates-sent']).not.toBe('pass')
  })

  test('a packet that comes again late was sent again; a copy made by the network was not', () => {
    const sent = (at: number, sequenceNumber: number) =>
      moment(at, gre({ callId: 7, sequenceNumber, payload: octets(9) }, 'iut'))
    const verdicts = (...steps: readonly TraceStep[]) => {
      const { '4.1/not-retransmitted': ever, '4.2.3/no-retransmission': afterTimeOut } = verdictsOf([
        ...CALL,
        ...steps,
      ])
      return [ever, afterTimeOut]
    }
    expect(verdicts(sent(1000, 0), sent(1010, 0), sent(1020, 1), sent(1030, 1))).toEqual(['pass', undefined])
    expect(verdicts(sent(1000, 0), sent(2000, 1))).toEqual(['pass', 'pass'])
    expect(verdicts(sent(1000, 0), sent(1010, 1), sent(2000, 0))).toEqual(['pass', undefined])
    expect(verdicts(sent(1000, 0), sent(1010, 1), sent(2000, 0), sent(2010, 1))).toEqual(['fail', 'fail'])
    const acknowledged = moment(1100, gre({ callId: 9, acknowledgmentNumber: 0 }))
    expect(verdicts(sent(1000, 0), acknowledged, sent(2000, 1))).toEqual(['pass', undefined])
  })

  test('after a PPP packet there is at most padding', () => {
    const request = lcpFrame(PacketCode.configureRequest, 1)
    const verdicts = (payload: Uint8Array) => {
      const found = verdictsOf([...CALL, gre({ callId: 7, sequenceNumber: 0, payload }, 'iut')])
      return ['4/one-packet', '4/no-crc', '4/no-bit-insertion', '4/encapsulation'].map((id) => found[id])
    }
    expect(verdicts(request)).toEqual(['pass', 'pass', 'pass', 'pass'])
    expect(verdicts(concat(request, new Uint8Array(2)))).toEqual(['pass', 'pass', 'pass', 'pass'])
    expect(verdicts(concat(request, checkSequence(request)))).toEqual(['pass', 'fail', 'pass', 'pass'])
    expect(verdicts(concat(request, request))).toEqual(['fail', 'pass', 'pass', 'pass'])
    expect(verdicts(bitsInserted(request))).toEqual([undefined, undefined, 'fail', 'pass'])
    // Encrypted: where the packet ends cannot be told.
    const encrypted = encodeFrame(PppProtocolNumber.compressed, new Uint8Array(40).fill(0x5a))
    expect(verdicts(encrypted)).toEqual([undefined, undefined, undefined, 'pass'])
    expect(verdicts(Uint8Array.of(0, 0, 0, 0))).toEqual([undefined, undefined, undefined, 'fail'])
  })

  test('0x7D counts as an escape only where a PPP packet cannot have that octet', () => {
    const verdict = (...payload: readonly number[]) =>
      verdictsOf([...CALL, gre({ callId: 7, sequenceNumber: 0, payload: Uint8Array.from(payload) }, 'iut')])[
        '4/no-escapes'
      ]
    expect(verdict(0xff, 0x7d, 0x23, 0xc0, 0x21)).toBe('fail')
    expect(verdict(0x7d, 0x23, 0xc0, 0x21)).toBe('fail')
    // Packets compressed by CCP and by Van Jacobson, with protocol numbers of one octet.
    expect(verdict(0xfd, 0x7d, 0x00, 0x01)).toBe('pass')
    expect(verdict(0x2d, 0x7d, 0x00, 0x01)).toBe('pass')
  })

  test('a second Echo-Request with the same Identifier is a new one, a second Echo-Reply is a repetition', () => {
    const echo = said('iut', 'Echo-Request', { identifier: 7 })
    expect(verdictsOf([...CALL, echo, echo])).toMatchObject({ '3/no-retransmission': 'pass' })
    const reply = said('iut', 'Echo-Reply', { identifier: 7, resultCode: 1 })
    const asked = [...CALL, said('tester', 'Echo-Request', { identifier: 7 })]
    expect(verdictsOf([...asked, reply, reply])).toMatchObject({ '3/no-retransmission': 'warn' })
  })

  test('a call reply that ends before Packet Processing Delay does not announce the delay', () => {
    const reply = said('iut', 'Outgoing-Call-Reply', { callId: 9, peersCallId: 7, resultCode: 1 })
    if (reply.kind !== 'tcp-data') throw new Error('no octets')
    const cut = { ...reply, octets: reply.octets.slice(0, 26) }
    cut.octets[1] = 26
    expect(verdictsOf(CALL)).toMatchObject({ '4.4/delay-exchanged': 'pass' })
    expect(verdictsOf(CALL, 'tester')).toMatchObject({ '4.4/delay-exchanged': 'pass' })
    expect(verdictsOf([...CALL.slice(0, 4), cut])).toMatchObject({ '4.4/delay-exchanged': 'fail' })
  })

  test('packets that are presumed lost no longer count against the window', () => {
    const burst = (from: number) =>
      [0, 1, 2, 3].map((more) => gre({ callId: 7, sequenceNumber: from + more, payload: octets(9) }, 'iut'))
    expect(verdictsOf([...CALL, ...burst(0)])['4.2.1/maximum-window']).toBe('fail')
    const trace = traceOf(...CALL, ...burst(0).slice(0, 3), ...burst(3).slice(0, 3))
    const slow = trace.entries.map((one, at) => (at < CALL.length + 3 ? one : { ...one, at: one.at + 500 }))
    const [finding] = judgeTrace(readTrace({ ...trace, entries: slow }), 'iut', MONITORS).filter(
      ({ requirement }) => requirement === '4.2.1/maximum-window',
    )
    expect(finding).toMatchObject({ verdict: 'pass', monitor: 'tunnel-window' })
  })

  test('data may be of the living call with whose Call ID a refused one was asked for', () => {
    const refused = (callId: number) => [
      said('tester', 'Outgoing-Call-Request', { callId, maximumBps: 9, packetRecvWindowSize: 3 }),
      said('iut', 'Outgoing-Call-Reply', { callId: 0, peersCallId: callId, resultCode: 2, errorCode: 5 }),
      gre({ callId, sequenceNumber: 0, payload: octets(9) }, 'iut'),
    ]
    expect(verdictsOf([...CALL, ...refused(7)])['3.2.4.2/refused-call-idle']).not.toBe('fail')
    expect(verdictsOf([...CALL, ...refused(8)])['3.2.4.2/refused-call-idle']).toBe('fail')
  })

  test('packets that were held up may have left before and after a time-out', () => {
    const sent = (from: number, count: number) =>
      Array.from({ length: count }, (_, more) =>
        gre({ callId: 7, sequenceNumber: from + more, acknowledgmentNumber: 0, payload: octets(9) }, 'iut'),
      )
    const asked = gre({ callId: 9, sequenceNumber: 0, payload: octets(9) })
    const judged = (count: number, late: number) => {
      const trace = traceOf(...CALL, asked, ...sent(0, count))
      const entries = trace.entries.map((one, at) =>
        at <= CALL.length ? one : { ...one, at: one.at + late },
      )
      return judgeTrace(readTrace({ ...trace, entries }), 'iut', MONITORS).find(
        ({ requirement }) => requirement === '4.2.1/maximum-window',
      )?.verdict
    }
    // Our window is 3.
    expect(judged(4, 50)).toBe('fail')
    expect(judged(5, 400)).toBe('pass')
    expect(judged(6, 400)).toBe('fail')
  })

  test('an answer to a message that was malformed, missing or before the trace is no violation', () => {
    const reply = said('iut', 'Echo-Reply', { identifier: 1, resultCode: 1 })
    const notify = said('iut', 'Call-Disconnect-Notify', { callId: 3, resultCode: 1 })
    const odd = said('tester', 'Echo-Request', { controlMessageType: 99 } as never)
    const gap: TraceStep = { kind: 'tcp-gap', connection: 1, from: 'tester', detail: 'lost' }
    const wrong = (steps: readonly TraceStep[]) =>
      Object.entries(verdictsOf(steps)).filter(([, verdict]) => verdict !== 'pass')
    expect(wrong([...CALL, reply])).toEqual([['2.6/one-reply', 'fail']])
    expect(wrong([...CALL, odd, reply, notify])).toEqual([])
    expect(wrong([...CALL, gap, reply, notify])).toEqual([])
    expect(wrong([reply, notify])).toEqual([])
    const packet = gre({ callId: 1, sequenceNumber: 5, acknowledgmentNumber: 9, payload: octets(9) }, 'iut')
    expect(wrong([packet, packet, packet])).toEqual([])
    expect(wrong([...CALL, gap, packet, packet])).toEqual([])
  })

  test('a requirement has one finding: the first violation, with the number of violations', () => {
    const bad = said('iut', 'Echo-Reply', { identifier: 1, resultCode: 0 })
    const echo = said('tester', 'Echo-Request', { identifier: 1 })
    const findings = judgeTrace(readTrace(traceOf(...CALL, echo, bad, echo, bad)), 'iut', MONITORS)
    expect(findings.filter((one) => one.requirement === '2.6/result-code-defined')).toEqual([
      {
        requirement: '2.6/result-code-defined',
        verdict: 'fail',
        expected: 'Echo-Reply with Result Code one of 1, 2',
        seen: 'Result Code 0 (undefined); 2 violations in 2 cases',
        entry: CALL.length + 1,
        monitor: 'code-points',
      },
    ])
  })
})

test('each requirement is decided by one monitor', () => {
  const all = MONITORS.flatMap(({ decides }) => decides)
  expect(all.filter((one, at) => all.indexOf(one) !== at)).toEqual([])
  expect(new Set(MONITORS.map(({ id }) => id)).size).toBe(MONITORS.length)
})

test('any trace at all is judged without an error', () => {
  const side = fc.constantFrom<Side>('tester', 'iut')
  const small = fc.integer({ min: 0, max: 3 })
  const message = fc.record({
    name: fc.constantFrom(...MESSAGE_NAMES),
    from: side,
    a: small,
    b: small,
    c: small,
  })
  const step = fc.oneof(
    {
      weight: 8,
      arbitrary: message.map(({ name, from, a, b, c }) =>
        said(from, name, { callId: a, peersCallId: b, resultCode: c, identifier: a, errorCode: b } as never),
      ),
    },
    {
      weight: 4,
      arbitrary: fc.tuple(side, small, fc.option(small), fc.option(small)).map(([from, callId, seq, ack]) =>
        gre(
          {
            callId,
            ...(seq === null ? {} : { sequenceNumber: seq, payload: octetsOf(seq) }),
            ...(ack === null ? {} : { acknowledgmentNumber: ack }),
          },
          from,
        ),
      ),
    },
    fc.tuple(fc.uint8Array({ maxLength: 40 }), side).map(([octets, from]) => data(octets, from)),
    fc.tuple(fc.uint8Array({ maxLength: 40 }), side).map(([octets, from]) => greOctets(octets, from)),
    side.map((from) => ended(from)),
    fc.constant(opened()),
    side.map((from): TraceStep => ({ kind: 'tcp-gap', connection: 1, from, detail: '' })),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), side, (steps, subject) => {
      const findings = judgeTrace(readTrace(traceOf(opened(), ...steps)), subject, MONITORS)
      const requirements = findings.map(({ requirement }) => requirement)
      expect(new Set(requirements).size).toBe(requirements.length)
    }),
  )
})

function octetsOf(count: number): Uint8Array {
  return new Uint8Array(count + 1)
}
