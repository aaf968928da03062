import { controlMessage, encodeControl } from '../../protocol/control.ts'
import { MAGIC_COOKIE } from '../../protocol/messages.ts'
import { writeUint16, writeUint32 } from '../../protocol/octets.ts'
import { Decided, Inconclusive } from '../../scenario/judge.ts'
import { type CallThrough, type MiddleboxCase, type MiddleboxTester, middleboxCase } from './case.ts'
import type { Line } from './line.ts'
import type { MiddleboxRequirement } from './requirements.ts'

/** Requirements of every call through a middlebox. */
const CALL = [
  'middlebox/delivery',
  'middlebox/messages',
  'middlebox/call-ids',
  'middlebox/gre-call-ids',
] as const satisfies readonly MiddleboxRequirement[]

/** Distinct Call IDs that cannot be mistaken for other values. */
const IDS = { clientId: 0x1111, serverId: 0x2222 }
const OTHER_IDS = { clientId: 0x3333, serverId: 0x4444 }
/**
 * Octets of the PPP frames that are sent. The longest makes an IP packet that has to be fragmented.
 */
const SIZES = [64, 1_400, 1_532]

const call = middleboxCase(
  {
    id: 'middlebox/call',
    purpose:
      'A client places a call; GRE of every size passes both ways; the client ends the call and then the control connection.',
    decides: CALL,
    paths: ['nat', 'forwarded'],
  },
  async (t) => {
    const line = await t.open()
    const placed = await t.call(line, IDS)
    await t.exchange(placed, { sizes: SIZES })
    await clear(t, placed)
    line.client.send(controlMessage('Stop-Control-Connection-Request', { reason: 1 }))
    await t.expect(line.server, 'Stop-Control-Connection-Request')
    line.server.send(controlMessage('Stop-Control-Connection-Reply', { resultCode: 1 }))
    await t.expect(line.client, 'Stop-Control-Connection-Reply')
    line.client.end()
    line.server.end()
  },
)

const callIdZero = middleboxCase(
  {
    id: 'middlebox/call-id',
    purpose: 'Either end assigns any Call ID, the smallest and the largest too; GRE passes both ways.',
    decides: CALL,
    paths: ['nat'],
    vary: {
      'ids=0': { clientId: 0, serverId: 0 },
      'ids=65535': { clientId: 0xffff, serverId: 0xffff },
      'ids=alike': { clientId: 0x0777, serverId: 0x0777 },
    },
  },
  async (t) => {
    const placed = await t.call(await t.open(), t.vary)
    await t.exchange(placed)
  },
)

/** All messages with a Call ID that follow the setup of a call. */
const LATER_MESSAGES = {
  'Set-Link-Info': {
    from: 'client',
    make: ({ serverIdAtClient }: CallThrough) =>
      controlMessage('Set-Link-Info', {
        peersCallId: serverIdAtClient,
        sendAccm: 0xffff_ffff,
        receiveAccm: 0xffff_ffff,
      }),
  },
  'WAN-Error-Notify': {
    from: 'server',
    make: ({ clientIdAtServer }: CallThrough) =>
      controlMessage('WAN-Error-Notify', { peersCallId: clientIdAtServer, crcErrors: 1 }),
  },
  'Call-Clear-Request': {
    from: 'client',
    make: ({ clientId }: CallThrough) => controlMessage('Call-Clear-Request', { callId: clientId }),
  },
  'Call-Disconnect-Notify': {
    from: 'server',
    make: ({ serverId }: CallThrough) =>
      controlMessage('Call-Disconnect-Notify', { callId: serverId, resultCode: 1 }),
  },
} as const

const later = middleboxCase<keyof typeof LATER_MESSAGES>(
  {
    id: 'middlebox/message',
    purpose: 'Every message that repeats a Call ID arrives with the Call ID that its receiver knows.',
    decides: ['middlebox/delivery', 'middlebox/messages', 'middlebox/call-ids'],
    paths: ['nat', 'forwarded'],
    vary: Object.fromEntries(
      Object.keys(LATER_MESSAGES).map((name) => [`message=${name}`, name as keyof typeof LATER_MESSAGES]),
    ),
  },
  async (t) => {
    const line = await t.open()
    const placed = await t.call(line, IDS)
    await t.exchange(placed)
    const { from, make } = LATER_MESSAGES[t.vary]
    const [sender, reader] = from === 'client' ? [line.client, line.server] : [line.server, line.client]
    sender.send(make(placed))
    await t.expect(reader, t.vary)
  },
)

const incoming = middleboxCase(
  {
    id: 'middlebox/incoming-call',
    purpose: 'The server places an incoming call; the messages and the GRE of that call pass both ways.',
    decides: CALL,
    paths: ['nat'],
  },
  async (t) => {
    const line = await t.open()
    const { clientId, serverId } = IDS
    line.server.send(controlMessage('Incoming-Call-Request', { callId: serverId, callSerialNumber: 1 }))
    const request = await t.expect(line.client, 'Incoming-Call-Request')
    line.client.send(
      controlMessage('Incoming-Call-Reply', {
        callId: clientId,
        peersCallId: request.callId,
        resultCode: 1,
        packetRecvWindowSize: 64,
      }),
    )
    const reply = await t.expect(line.server, 'Incoming-Call-Reply')
    line.server.send(
      controlMessage('Incoming-Call-Connected', {
        peersCallId: reply.callId,
        connectSpeed: 64_000,
        packetRecvWindowSize: 64,
        framingType: 1,
      }),
    )
    await t.expect(line.client, 'Incoming-Call-Connected')
    await t.exchange({
      line,
      clientId,
      serverId,
      clientIdAtServer: reply.callId,
      serverIdAtClient: request.callId,
    })
  },
)

/** Makes a message without a Call ID. */
function echoRequest(identifier: number) {
  return controlMessage('Echo-Request', { identifier })
}

const together = middleboxCase<'client' | 'server'>(
  {
    id: 'middlebox/segments',
    purpose: 'The message that assigns a Call ID comes second in one TCP segment, after an Echo-Request.',
    decides: CALL,
    paths: ['nat'],
    vary: { 'from=client': 'client', 'from=server': 'server' },
  },
  async (t) => {
    const line = await t.open()
    const { clientId, serverId } = IDS
    const [fromClient, fromServer] = t.vary === 'client' ? [[echoRequest(1)], []] : [[], [echoRequest(2)]]
    line.client.send(...fromClient, t.messages.callRequest(clientId))
    const request = await t.expect(line.server, 'Outgoing-Call-Request')
    line.server.send(...fromServer, t.messages.callReply(serverId, request.callId))
    const reply = await t.expect(line.client, 'Outgoing-Call-Reply')
    if (!(await t.inOneSegment(t.vary))) throw new Inconclusive('the two messages left in two segments')
    await t.exchange(throughOf(line, request.callId, reply.callId))
  },
)

/**
 * Octets of a message's first part: 8 ends before its type, 13 within its Call ID, and 15 within
 * the field that follows its Call ID.
 */
const CUTS = { 'at=8': 8, 'at=13': 13, 'at=15': 15 } as const

const apart = middleboxCase<{ readonly from: 'client' | 'server'; readonly at: number }>(
  {
    id: 'middlebox/split',
    purpose: 'The message that assigns a Call ID comes in two TCP segments.',
    decides: CALL,
    paths: ['nat'],
    vary: Object.fromEntries(
      (['client', 'server'] as const).flatMap((from) =>
        Object.entries(CUTS).map(([label, at]) => [`from=${from},${label}`, { from, at }]),
      ),
    ),
  },
  async (t) => {
    const line = await t.open()
    const { clientId, serverId } = IDS
    const send = async (end: 'client' | 'server', message: ReturnType<typeof controlMessage>) => {
      const octets = encodeControl(message)
      if (end !== t.vary.from) return line[end].send(octets)
      const other = line[end === 'client' ? 'server' : 'client']
      const before = other.octets()
      line[end].send(octets.subarray(0, t.vary.at))
      // The second part follows when the first has arrived, or is held back by the middlebox.
      await other.arrived(before + t.vary.at)
      line[end].send(octets.subarray(t.vary.at))
    }
    await send('client', t.messages.callRequest(clientId))
    const request = await t.expect(line.server, 'Outgoing-Call-Request')
    await send('server', t.messages.callReply(serverId, request.callId))
    const reply = await t.expect(line.client, 'Outgoing-Call-Reply')
    await t.exchange(throughOf(line, request.callId, reply.callId))
  },
)

/** A Control Message Type that RFC 2637 does not define. */
const UNKNOWN_TYPE = 99

const unknown = middleboxCase<'client' | 'server'>(
  {
    id: 'middlebox/unknown-message',
    purpose:
      'A message of a type that RFC 2637 does not define passes as it is, and a call placed after it works.',
    decides: CALL,
    paths: ['nat'],
    vary: { 'from=client': 'client', 'from=server': 'server' },
  },
  async (t) => {
    const line = await t.open()
    const octets = new Uint8Array(16)
    writeUint16(octets, 0, octets.length)
    writeUint16(octets, 2, 1)
    writeUint32(octets, 4, MAGIC_COOKIE)
    writeUint16(octets, 8, UNKNOWN_TYPE)
    const reader = line[t.vary === 'client' ? 'server' : 'client']
    line[t.vary].send(octets)
    const message = await reader.next()
    const passed = message?.name === 'unrecognized' && message.controlMessageType === UNKNOWN_TYPE
    t.decide('middlebox/delivery', {
      ok: passed,
      expected: `the message of type ${UNKNOWN_TYPE} at the other end`,
      seen: passed ? `the message of type ${UNKNOWN_TYPE}` : (message?.name ?? 'no message'),
    })
    if (!passed) throw new Decided()
    await t.exchange(await t.call(line, IDS))
  },
)

const refused = middleboxCase(
  {
    id: 'middlebox/refused-call',
    purpose: 'The server refuses a call, and accepts the next one in the same control connection.',
    decides: ['middlebox/again', ...CALL],
    paths: ['nat'],
  },
  async (t) => {
    const line = await t.open()
    await t.call(line, { ...IDS, resultCode: 4 })
    await again(t, line, OTHER_IDS)
  },
)

const cleared = middleboxCase<typeof IDS>(
  {
    id: 'middlebox/again',
    purpose:
      'A call is cleared and another one placed in the same control connection, with the same Call IDs and with others.',
    decides: ['middlebox/again', ...CALL],
    paths: ['nat'],
    vary: { 'ids=same': IDS, 'ids=others': OTHER_IDS },
  },
  async (t) => {
    const line = await t.open()
    const first = await t.call(line, IDS)
    await t.exchange(first)
    await clear(t, first)
    await again(t, line, t.vary)
  },
)

const redialled = middleboxCase<'fin' | 'reset'>(
  {
    id: 'middlebox/redial',
    purpose:
      'The control connection ends in the middle of a call; the client connects again and places a call with the same Call IDs.',
    decides: ['middlebox/again', ...CALL],
    paths: ['nat'],
    vary: { 'end=fin': 'fin', 'end=reset': 'reset' },
  },
  async (t) => {
    const line = await t.open()
    await t.exchange(await t.call(line, IDS))
    if (t.vary === 'fin') {
      line.client.end()
      await line.server.ended()
      line.server.end()
    } else {
      line.client.reset()
      await line.server.ended()
    }
    await again(t, await t.open(), IDS)
  },
)

const crossing = middleboxCase(
  {
    id: 'middlebox/crossing',
    purpose:
      'Call-Clear-Request and Call-Disconnect-Notify cross on their way; both arrive, and another call can be placed.',
    decides: ['middlebox/again', ...CALL],
    paths: ['nat'],
  },
  async (t) => {
    const line = await t.open()
    const first = await t.call(line, IDS)
    await t.exchange(first)
    line.client.send(controlMessage('Call-Clear-Request', { callId: first.clientId }))
    line.server.send(controlMessage('Call-Disconnect-Notify', { callId: first.serverId, resultCode: 1 }))
    await t.expect(line.server, 'Call-Clear-Request')
    await t.expect(line.client, 'Call-Disconnect-Notify')
    await again(t, line, OTHER_IDS)
  },
)

const clients = middleboxCase<readonly [typeof IDS, typeof IDS]>(
  {
    id: 'middlebox/two-clients',
    purpose:
      'Two clients behind one address have a call each at the same time with one server, with Call IDs that each client chose on its own.',
    decides: ['middlebox/calls-apart', ...CALL],
    paths: ['nat'],
    vary: {
      'ids=others': [IDS, OTHER_IDS],
      'ids=same': [IDS, { clientId: IDS.clientId, serverId: OTHER_IDS.serverId }],
      'ids=0': [
        { clientId: 0, serverId: 1 },
        { clientId: 0, serverId: 2 },
      ],
    },
  },
  async (t) => {
    const calls: CallThrough[] = []
    for (const [client, ids] of t.vary.entries()) calls.push(await t.call(await t.open(client), ids))
    for (const placed of calls) await t.exchange(placed)
  },
)

const calls = middleboxCase(
  {
    id: 'middlebox/two-calls',
    purpose: 'A client has two calls at the same time in one control connection; GRE passes in both.',
    decides: CALL,
    paths: ['nat'],
  },
  async (t) => {
    const line = await t.open()
    const first = await t.call(line, IDS)
    const second = await t.call(line, OTHER_IDS)
    await t.exchange(second)
    await t.exchange(first)
  },
)

/** ms of silence: longer than the 2 s for which the router of `nat-forgetful` remembers GRE. */
const FORGOTTEN = 3_500

const idle = middleboxCase<'client' | 'server'>(
  {
    id: 'middlebox/idle',
    purpose:
      'A call has no GRE for longer than the middlebox remembers it; after an Echo-Request, GRE passes again, whichever end sends first.',
    decides: ['middlebox/idle'],
    paths: ['nat-forgetful'],
    vary: { 'first=client': 'client', 'first=server': 'server' },
  },
  async (t) => {
    const line = await t.open()
    const placed = await t.call(line, IDS)
    await t.exchange(placed)
    await t.silence(FORGOTTEN)
    line.client.send(echoRequest(3))
    await t.expect(line.server, 'Echo-Request')
    await t.exchange(placed, { requirement: 'middlebox/idle', first: t.vary })
  },
)

function throughOf(line: Line, clientIdAtServer: number, serverIdAtClient: number): CallThrough {
  return { line, ...IDS, clientIdAtServer, serverIdAtClient }
}

/** Ends a call: the client sends Call-Clear-Request, the server Call-Disconnect-Notify. */
async function clear(
  t: Pick<MiddleboxTester<unknown>, 'expect'>,
  { line, clientId, serverId }: CallThrough,
): Promise<void> {
  line.client.send(controlMessage('Call-Clear-Request', { callId: clientId }))
  await t.expect(line.server, 'Call-Clear-Request')
  line.server.send(controlMessage('Call-Disconnect-Notify', { callId: serverId, resultCode: 4 }))
  await t.expect(line.client, 'Call-Disconnect-Notify')
}

/** Places another call after one has ended, and sends GRE in it. */
async function again(
  t: Pick<MiddleboxTester<unknown>, 'call' | 'exchange'>,
  line: Line,
  ids: typeof IDS,
): Promise<void> {
  const requirement = 'middlebox/again'
  await t.exchange(await t.call(line, { ...ids, requirement }), { requirement })
}

/** All cases for middleboxes. */
export const MIDDLEBOX_CASES: readonly MiddleboxCase[] = [
  ...call,
  ...callIdZero,
  ...later,
  ...incoming,
  ...together,
  ...apart,
  ...unknown,
  ...refused,
  ...cleared,
  ...redialled,
  ...crossing,
  ...clients,
  ...calls,
  ...idle,
]
