import { isConnection, type Network, type TcpConnection } from '../../network/network.ts'
import { systemClock } from '../../network/system.ts'
import { controlMessage } from '../../protocol/control.ts'
import type { ControlMessage, MessageName } from '../../protocol/messages.ts'
import { Decided } from '../../scenario/judge.ts'
import { createMailbox, type Mailbox } from '../../scenario/mailbox.ts'
import { startReply } from '../../scenario/server.ts'
import { startRequest } from '../../scenario/tester.ts'
import { USUAL_CALL } from '../../scenario/usual-call.ts'
import { addNote, type CaseRecord, findingOf, lookAt } from '../case-play.ts'
import { mainConversation } from '../hop-facts.ts'
import type { InteropJudgement } from '../interop-case.ts'
import type { MiddleboxBed } from './bed.ts'
import type { CallOptions, CallThrough, MiddleboxPath, MiddleboxTester } from './case.ts'
import { type Line, lineEnd, PASSAGE } from './line.ts'
import { type MiddleboxRequirement, whenBroken } from './requirements.ts'
import { createTunnels, SMALLEST_FRAME, type Tunnels } from './tunnels.ts'

const PORT = 1_723
/** Octets of the PPP frames, unless the case gives sizes. */
const USUAL_SIZES = [64, 1_400]

type Tools = Omit<MiddleboxTester<undefined>, 'vary'>
type Direction = 'client' | 'server'

/** The tester's networks on both sides of a middlebox. */
export interface Hosts {
  readonly clients: readonly Network[]
  readonly server: Network
}

/** The state of the tester of one case. */
interface TesterState {
  readonly bed: Pick<MiddleboxBed, 'server' | 'watchers' | 'dialled'>
  readonly hosts: Hosts
  readonly record: CaseRecord
  readonly tunnels: Tunnels
  /** Connections that the server has accepted. */
  readonly accepted: Mailbox<TcpConnection>
  /** The client's host of each control connection. */
  readonly owners: Map<Line, Network>
  /** The next sequence number of each call in each direction. */
  readonly sequence: Map<string, number>
  /** Resolves when the server listens; undefined until the first connection is opened. */
  listening: Promise<unknown> | undefined
}

/** Creates the tester of one case, which adds its findings and notes to `record`. */
export function createMiddleboxTester(
  path: MiddleboxPath,
  bed: TesterState['bed'],
  hosts: Hosts,
  record: CaseRecord,
): Tools {
  const state: TesterState = {
    bed,
    hosts,
    record,
    tunnels: createTunnels(systemClock),
    accepted: createMailbox(systemClock),
    owners: new Map(),
    sequence: new Map(),
    listening: undefined,
  }
  return {
    path,
    note: (text) => addNote(record, text),
    decide: (requirement, judgement) => decide(record, requirement, judgement),
    messages: MESSAGES,
    open: (which = 0) => openLine(state, which),
    expect: (at, name, requirement) => expectMessage(record, at, name, requirement),
    call: (line, options) => placeCall(record, line, options),
    exchange: (call, options) => exchange(state, call, options),
    inOneSegment: (from) => inOneSegment(bed, from),
    async silence(ms) {
      addNote(record, `nothing is sent for ${ms} ms`)
      await systemClock.sleep(ms)
    },
  }
}

const MESSAGES: Tools['messages'] = {
  callRequest: (callId) =>
    controlMessage('Outgoing-Call-Request', {
      callId,
      callSerialNumber: 1,
      ...USUAL_CALL,
    }),
  callReply: (callId, peersCallId, resultCode = 1) =>
    controlMessage('Outgoing-Call-Reply', {
      callId,
      peersCallId,
      resultCode,
      connectSpeed: 100_000_000,
      packetRecvWindowSize: 64,
    }),
}

function decide(
  { findings }: CaseRecord,
  requirement: MiddleboxRequirement,
  judgement: InteropJudgement,
): void {
  // One pass of each requirement is enough; every violation is recorded.
  const known = findings.some((one) => one.requirement === requirement && one.verdict === 'pass')
  if (!judgement.ok || !known) findings.push(findingOf(requirement, judgement, whenBroken(requirement)))
}

/** Decides that `what` has not arrived. @throws Decided always: the case cannot go on. */
function missing(record: CaseRecord, requirement: MiddleboxRequirement, what: string): never {
  decide(record, requirement, { ok: false, expected: what, seen: `not arrived within ${PASSAGE / 1_000} s` })
  throw new Decided()
}

async function openLine(state: TesterState, which: number): Promise<Line> {
  const { bed, hosts, record, tunnels, accepted } = state
  const host = hosts.clients[which]
  if (host === undefined) throw new RangeError(`there is no client ${which}`)
  state.listening ??= hosts.server.listen({ address: bed.server.address, port: PORT }, accepted.put)
  await state.listening
  const result = await host.connect({ address: bed.dialled(), port: PORT }, { timeout: PASSAGE })
  const other = isConnection(result) ? await accepted.take(PASSAGE) : undefined
  if (!isConnection(result) || other === undefined)
    return missing(record, 'middlebox/delivery', 'a TCP connection to port 1723 at the server')
  const line: Line = { client: lineEnd(result, systemClock), server: lineEnd(other, systemClock) }
  // Opened before any GRE can arrive: the kernel refuses GRE for which there is no socket.
  await tunnels.open(host, line.client.remote)
  await tunnels.open(hosts.server, line.server.remote)
  state.owners.set(line, host)
  line.client.send(controlMessage('Start-Control-Connection-Request', startRequest()))
  await expectMessage(record, line.server, 'Start-Control-Connection-Request')
  line.server.send(controlMessage('Start-Control-Connection-Reply', startReply()))
  await expectMessage(record, line.client, 'Start-Control-Connection-Reply')
  return line
}

async function expectMessage<N extends MessageName>(
  record: CaseRecord,
  at: Line['client'],
  name: N,
  requirement: MiddleboxRequirement = 'middlebox/delivery',
): Promise<ControlMessage<N>> {
  const message = await at.receive(name)
  if (message === undefined) return missing(record, requirement, `${name} at the other end`)
  decide(record, 'middlebox/delivery', { ok: true, expected: `${name} at the other end`, seen: name })
  return message
}

async function placeCall(
  record: CaseRecord,
  line: Line,
  { clientId, serverId, resultCode = 1, requirement }: CallOptions,
): Promise<CallThrough> {
  line.client.send(MESSAGES.callRequest(clientId))
  const request = await expectMessage(record, line.server, 'Outgoing-Call-Request', requirement)
  line.server.send(MESSAGES.callReply(serverId, request.callId, resultCode))
  const reply = await expectMessage(record, line.client, 'Outgoing-Call-Reply', requirement)
  return { line, clientId, serverId, clientIdAtServer: request.callId, serverIdAtClient: reply.callId }
}

async function exchange(
  state: TesterState,
  call: CallThrough,
  {
    sizes = USUAL_SIZES,
    requirement = 'middlebox/delivery',
    first = 'client',
  }: Parameters<Tools['exchange']>[1] = {},
): Promise<void> {
  const order: readonly Direction[] = first === 'client' ? ['client', 'server'] : ['server', 'client']
  for (const from of order) {
    const came = await sendAll(state, call, from, sizes)
    const to = from === 'client' ? 'server' : 'client'
    decide(state.record, requirement, {
      ok: came.every((why) => why === undefined),
      expected: `GRE with PPP frames of ${sizes.join(', ')} octets arrives at the ${to} with the Call ID of the ${to}`,
      seen:
        came
          .map((why, at) => why && `GRE with a PPP frame of ${sizes[at]} octets ${why}`)
          .find((why) => why !== undefined) ??
        `GRE with PPP frames of ${sizes.join(', ')} octets arrived with that Call ID`,
    })
  }
}

/** Sends a packet of each size. @returns for each what went wrong; undefined if nothing did. */
async function sendAll(
  { owners, hosts, tunnels, sequence }: TesterState,
  call: CallThrough,
  from: Direction,
  sizes: readonly number[],
): Promise<readonly (string | undefined)[]> {
  const { line } = call
  const client = owners.get(line)
  if (client === undefined) throw new RangeError('the call has no control connection')
  const [host, other] = from === 'client' ? [client, hosts.server] : [hosts.server, client]
  const socket = await tunnels.open(host, line[from].remote)
  const [sent, due] =
    from === 'client' ? [call.serverIdAtClient, call.serverId] : [call.clientIdAtServer, call.clientId]
  const came: (string | undefined)[] = []
  for (const size of sizes) {
    const key = `${from} ${call.clientId} ${call.serverId}`
    const sequenceNumber = sequence.get(key) ?? 0
    sequence.set(key, sequenceNumber + 1)
    const packet = { callId: sent, sequenceNumber, size: Math.max(size, SMALLEST_FRAME) }
    const arrived = await tunnels.pass(socket, packet, PASSAGE)
    came.push(
      arrived === undefined
        ? `did not arrive within ${PASSAGE / 1_000} s`
        : arrived.at !== other
          ? 'reached another client'
          : arrived.callId !== due
            ? `arrived with Call ID ${arrived.callId}, not ${due}`
            : undefined,
    )
    // The remaining sizes would probably be lost, too, each after the whole window.
    if (arrived === undefined) break
  }
  return came
}

async function inOneSegment({ watchers }: TesterState['bed'], from: Direction): Promise<boolean> {
  const hops = await lookAt(watchers)
  const departure = from === 'client' ? hops[0] : hops[1]
  const conversation = departure && mainConversation(departure)
  const side = from === 'client' ? 'tester' : 'iut'
  const carried = (conversation?.reading.parts ?? []).flatMap((part) =>
    part.kind === 'control' && part.from === side ? part.carriedBy : [],
  )
  return new Set(carried).size < carried.length
}
