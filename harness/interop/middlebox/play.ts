import { isConnection, type Network, type TcpConnection } from '../../network/network.ts'
import { systemClock } from '../../network/system.ts'
import { controlMessage } from '../../protocol/control.ts'
import { attempt, Decided } from '../../scenario/judge.ts'
import { createMailbox } from '../../scenario/mailbox.ts'
import { startReply } from '../../scenario/server.ts'
import { startRequest } from '../../scenario/tester.ts'
import { type Finding, gravest, type Verdict } from '../../scenario/verdict.ts'
import { factsOf, type HopFacts, mainConversation } from '../hop-facts.ts'
import type { InteropJudgement } from '../interop-case.ts'
import type { InteropOutcome } from '../play.ts'
import type { MiddleboxBed } from './bed.ts'
import type { CallThrough, MiddleboxCase, MiddleboxTester } from './case.ts'
import { judgeLegs, type LegFinding } from './legs.ts'
import { type Line, lineEnd, PASSAGE } from './line.ts'
import { ADVISORY, type MiddleboxRequirement } from './requirements.ts'
import { createTunnels, SMALLEST_FRAME, type Tunnels } from './tunnels.ts'

const PORT = 1_723
/** Octets of PPP frames, where the case names none. */
const USUAL_SIZES = [64, 1_400]

type Tools = Omit<MiddleboxTester<undefined>, 'vary'>

/**
 * Plays one case on a bed. Never throws: what goes wrong is a verdict. Both sides are ours, so
 * everything that is lost or changed is lost or changed between them.
 */
export async function playMiddlebox(one: MiddleboxCase, bed: MiddleboxBed): Promise<InteropOutcome> {
  const began = Date.now()
  const notes: string[] = []
  const note = (text: string) =>
    void notes.push(`${((Date.now() - began) / 1_000).toFixed(3)} harness: ${text}`)
  const findings: Finding[] = []
  const opened: Network[] = []
  const open = (half: MiddleboxBed['server']): Network => {
    const network = half.relay.openNetwork()
    opened.push(network)
    return network
  }
  const { watchers } = bed
  const ended = await attempt(async () => {
    await bed.take(one.path)
    await Promise.all(watchers.map((watcher) => watcher.mark()))
    for (const watcher of watchers) watcher.reset()
    const hosts = { clients: bed.clients.map(open), server: open(bed.server) }
    await one.play(createTools(one, bed, hosts, findings, note))
  })
  const closing = await attempt(async () => {
    await Promise.all(opened.map((network) => network.close()))
  })
  let hops: readonly HopFacts[] = []
  const looking = await attempt(async () => {
    hops = await look(bed)
    for (const { hop, missed } of hops)
      if (missed > 0) note(`${missed} frames are missing in the capture at ${hop}: the legs are not compared`)
    for (const { hop, unreachable } of hops)
      for (const { frame, source, code } of unreachable)
        note(`ICMP destination unreachable, code ${code}, from ${source} (frame ${frame} at hop ${hop})`)
  })
  const shown = hops.every(({ missed }) => missed === 0) ? legsOf(hops) : []
  // The conversation that findings point into.
  const near =
    shown.find(({ ok, conversation }) => !ok && conversation !== undefined)?.conversation ??
    (hops[0] && mainConversation(hops[0]))
  for (const { requirement, conversation, entry, ...rest } of shown)
    if (one.decides.includes(requirement))
      findings.push(findingOf(requirement, { ...rest, entry: conversation === near ? entry : undefined }))
  const failure = ended ?? closing ?? looking
  const found = gravest(findings.map(({ verdict }) => verdict))
  const dead = bed.death()
  const verdict: Verdict =
    found === 'fail' ? 'fail' : dead === undefined ? (failure?.verdict ?? found ?? 'error') : 'inconclusive'
  const reason = dead ?? failure?.reason ?? (findings.length === 0 ? 'the case decided nothing' : undefined)
  return {
    result: {
      scenario: one.id,
      purpose: one.purpose,
      verdict,
      ...(reason === undefined || verdict === 'pass' ? {} : { reason }),
      findings,
      duration: Date.now() - began,
    },
    watched: [],
    hops,
    trace: near?.trace ?? { startedAt: began, entries: [] },
    frames: near?.frames ?? [],
    log: notes,
  }
}

async function look({ watchers }: Pick<MiddleboxBed, 'watchers'>): Promise<readonly HopFacts[]> {
  await Promise.all(watchers.map((watcher) => watcher.mark()))
  const missed = await Promise.all(watchers.map((watcher) => watcher.missed()))
  return watchers.map((watcher, at) => factsOf(watcher.hop, watcher.capture(), missed[at] ?? 0))
}

function legsOf([inner, outer]: readonly HopFacts[]): readonly LegFinding[] {
  if (inner === undefined || outer === undefined) return []
  const leg = ({ hop, conversations }: HopFacts) => ({ name: hop, conversations })
  return judgeLegs(leg(inner), leg(outer))
}

function findingOf(
  requirement: MiddleboxRequirement,
  { ok, expected, seen, entry }: InteropJudgement,
): Finding {
  return {
    requirement,
    verdict: verdictFor(requirement, ok),
    expected,
    seen,
    ...(entry === undefined ? {} : { entry }),
  }
}

function verdictFor(requirement: MiddleboxRequirement, ok: boolean): Finding['verdict'] {
  return ok ? 'pass' : ADVISORY.has(requirement) ? 'warn' : 'fail'
}

function createTools(
  one: MiddleboxCase,
  bed: MiddleboxBed,
  hosts: { readonly clients: readonly Network[]; readonly server: Network },
  findings: Finding[],
  note: (text: string) => void,
): Tools {
  const clock = systemClock
  const tunnels: Tunnels = createTunnels(clock)
  const accepted = createMailbox<TcpConnection>(clock)
  let listening: Promise<unknown> | undefined
  const sequence = new Map<string, number>()
  /** The client's host of each control connection. */
  const owners = new Map<Line, Network>()

  const decide: Tools['decide'] = (requirement, judgement) => {
    // One pass says it all; what is broken comes after it.
    const known = findings.some((one) => one.requirement === requirement && one.verdict === 'pass')
    if (!judgement.ok || !known) findings.push(findingOf(requirement, judgement))
  }
  const missing = (requirement: MiddleboxRequirement, what: string): never => {
    decide(requirement, { ok: false, expected: what, seen: `none within ${PASSAGE / 1_000} s` })
    throw new Decided()
  }

  const t: Tools = {
    path: one.path,
    note,
    decide,
    messages: {
      callRequest: (callId) =>
        controlMessage('Outgoing-Call-Request', {
          callId,
          callSerialNumber: 1,
          minimumBps: 300,
          maximumBps: 100_000_000,
          bearerType: 3,
          framingType: 3,
          packetRecvWindowSize: 64,
        }),
      callReply: (callId, peersCallId, resultCode = 1) =>
        controlMessage('Outgoing-Call-Reply', {
          callId,
          peersCallId,
          resultCode,
          connectSpeed: 100_000_000,
          packetRecvWindowSize: 64,
        }),
    },
    async open(which = 0) {
      const host = hosts.clients[which]
      if (host === undefined) throw new RangeError(`there is no client ${which}`)
      listening ??= hosts.server.listen({ address: bed.server.address, port: PORT }, accepted.put)
      await listening
      const result = await host.connect({ address: bed.dialled(), port: PORT }, { timeout: PASSAGE })
      const other = isConnection(result) ? await accepted.take(PASSAGE) : undefined
      if (!isConnection(result) || other === undefined)
        return missing('middlebox/delivery', 'a TCP connection to port 1723 at the server')
      const line: Line = { client: lineEnd(result, clock), server: lineEnd(other, clock) }
      // Before anything can come: the kernel refuses GRE for which there is no socket.
      await tunnels.open(host, line.client.remote)
      await tunnels.open(hosts.server, line.server.remote)
      owners.set(line, host)
      line.client.send(controlMessage('Start-Control-Connection-Request', startRequest()))
      await t.expect(line.server, 'Start-Control-Connection-Request')
      line.server.send(controlMessage('Start-Control-Connection-Reply', startReply()))
      await t.expect(line.client, 'Start-Control-Connection-Reply')
      return line
    },
    async expect(at, name, requirement = 'middlebox/delivery') {
      const message = await at.receive(name)
      if (message === undefined) return missing(requirement, `${name} at the other end`)
      decide('middlebox/delivery', { ok: true, expected: `${name} at the other end`, seen: name })
      return message
    },
    async call(line, { clientId, serverId, resultCode = 1, requirement }) {
      line.client.send(t.messages.callRequest(clientId))
      const request = await t.expect(line.server, 'Outgoing-Call-Request', requirement)
      line.server.send(t.messages.callReply(serverId, request.callId, resultCode))
      const reply = await t.expect(line.client, 'Outgoing-Call-Reply', requirement)
      return { line, clientId, serverId, clientIdAtServer: request.callId, serverIdAtClient: reply.callId }
    },
    async exchange(call, { sizes = USUAL_SIZES, requirement = 'middlebox/delivery', first = 'client' } = {}) {
      const order = first === 'client' ? (['client', 'server'] as const) : (['server', 'client'] as const)
      for (const from of order) {
        const came = await sendAll(call, from, sizes)
        const to = from === 'client' ? 'server' : 'client'
        decide(requirement, {
          ok: came.every((why) => why === undefined),
          expected: `GRE at the ${to} with its Call ID, PPP frames of ${sizes.join(', ')} octets`,
          seen:
            came.map((why, at) => why && `of ${sizes[at]} octets ${why}`).find((why) => why !== undefined) ??
            'all of them',
        })
      }
    },
    async inOneSegment(from) {
      const hops = await look(bed)
      const departure = from === 'client' ? hops[0] : hops[1]
      const conversation = departure && mainConversation(departure)
      const side = from === 'client' ? 'tester' : 'iut'
      const carried = (conversation?.reading.parts ?? []).flatMap((part) =>
        part.kind === 'control' && part.from === side ? part.carriedBy : [],
      )
      return new Set(carried).size < carried.length
    },
    async silence(ms) {
      note(`nothing is sent for ${ms} ms`)
      await clock.sleep(ms)
    },
  }

  /** What became of each packet: undefined where it has arrived as it has to. */
  async function sendAll(
    call: CallThrough,
    from: 'client' | 'server',
    sizes: readonly number[],
  ): Promise<readonly (string | undefined)[]> {
    const { line } = call
    const client = owners.get(line)
    if (client === undefined) throw new RangeError('a call of no control connection')
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
      // The others would tell the same, each after its time.
      if (arrived === undefined) break
    }
    return came
  }

  return t
}
