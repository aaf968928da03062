import { describe, expect, test } from 'vitest'
import { SCENARIOS } from '../../suites/index.ts'
import { encodeFrame, PppProtocolNumber } from '../ppp/frame.ts'
import { encodePacket, PacketCode } from '../ppp/packet.ts'
import { playOnReference } from '../proof/prove-case.ts'
import { controlMessage, encodeControl } from '../protocol/control.ts'
import type { MessageName } from '../protocol/messages.ts'
import { createFaults } from '../reference/faults.ts'
import type { MutantName } from '../reference/mutants.ts'
import { casesOf } from '../scenario/scenario.ts'
import { createDecoder } from '../trace/messages.ts'
import { data, ended, gre, opened, traceOf } from '../trace/testing/traces.ts'
import type { Side, Trace, TraceStep } from '../trace/trace.ts'
import { createConversationDiagnosis } from './conversation-diagnosis.ts'

type Timed = readonly [seconds: number, step: TraceStep]

const CLIENT = '192.0.2.1'
const SERVER = '192.0.2.2'

function diagnosisOf({ entries }: Trace): readonly string[] {
  const diagnosis = createConversationDiagnosis({ tester: CLIENT, iut: SERVER })
  const decoder = createDecoder()
  for (const entry of entries) diagnosis.take({ entry, parts: decoder.take(entry), frame: entry.index + 1 })
  return diagnosis.statements()
}

function timed(...steps: readonly Timed[]): Trace {
  const bare = traceOf(...steps.map(([, step]) => step))
  return {
    ...bare,
    entries: bare.entries.map((entry, at) => ({ ...entry, at: (steps[at]?.[0] ?? 0) * 1_000 })),
  }
}

const said = (from: Side, name: MessageName, values = {}) =>
  data(encodeControl(controlMessage(name, values)), from)
const ppp = (from: Side, sequenceNumber: number, protocol: number, code: number, more = {}) =>
  gre(
    {
      callId: from === 'tester' ? 9 : 7,
      sequenceNumber,
      payload: encodeFrame(protocol, encodePacket({ code, identifier: 1, data: new Uint8Array(0), ...more })),
    },
    from,
  )
const CALL: readonly Timed[] = [
  [0, opened()],
  [0, said('tester', 'Start-Control-Connection-Request')],
  [0, said('iut', 'Start-Control-Connection-Reply', { resultCode: 1 })],
  [0, said('tester', 'Outgoing-Call-Request', { callId: 7 })],
  [0, said('iut', 'Outgoing-Call-Reply', { callId: 9, peersCallId: 7, resultCode: 1 })],
]
const OPENED = `frame 1: ${CLIENT} opened the control connection`

describe('the diagnosis of a conversation', () => {
  test('says who opened and who ended it, how and when', () => {
    expect(
      diagnosisOf(
        timed(...CALL, [1, said('iut', 'Stop-Control-Connection-Request', { reason: 1 })], [2, ended('iut')]),
      ),
    ).toEqual([
      OPENED,
      'frame 5: the call was accepted, and no GRE packet of either end is in the capture',
      `frame 7: ${SERVER} closed the control connection with FIN after 2.0 s; ${SERVER} asked to stop in frame 6`,
    ])
    const reset: TraceStep = { kind: 'tcp-reset', connection: 1, from: 'iut', detail: 'RST' }
    expect(diagnosisOf(timed([0, opened()], [3, reset]))).toEqual([
      OPENED,
      `frame 2: the control connection was reset by a RST with the address of ${SERVER} after 3.0 s; nobody asked to stop before`,
    ])
  })

  test('names a refusal', () => {
    const refused = { callId: 9, peersCallId: 7, resultCode: 2, errorCode: 4 }
    expect(diagnosisOf(timed(...CALL.slice(0, 4), [0, said('iut', 'Outgoing-Call-Reply', refused)]))).toEqual(
      [OPENED, `frame 5: ${SERVER} refused the outgoing call: Result Code 2, Error Code 4`],
    )
  })

  test('says that GRE goes one way, after some packets only', () => {
    const sent = [0, 3, 6].map((at, number): Timed => [at, ppp('tester', number, PppProtocolNumber.lcp, 1)])
    expect(diagnosisOf(timed(...CALL, ...sent))).toEqual([
      OPENED,
      expect.stringContaining(`3 GRE packets of ${CLIENT} and none of ${SERVER} are in the capture`),
      `frame 6: 3 LCP Configure-Requests of ${CLIENT} have no answer in the capture`,
    ])
    expect(diagnosisOf(timed(...CALL, ...sent.slice(0, 2)))).toEqual([OPENED])
  })

  test('names refused authentication, rejected CCP, and the end that ended the link', () => {
    const reject = { data: Uint8Array.of(0x80, 0xfd) }
    expect(
      diagnosisOf(
        timed(
          ...CALL,
          [1, ppp('tester', 0, PppProtocolNumber.chap, 2)],
          [1, ppp('iut', 0, PppProtocolNumber.chap, 4)],
          [2, ppp('iut', 1, PppProtocolNumber.lcp, PacketCode.protocolReject, reject)],
          [2, ppp('iut', 2, PppProtocolNumber.lcp, PacketCode.terminateRequest)],
        ),
      ),
    ).toEqual([
      OPENED,
      `frame 7: ${SERVER} refused the authentication (CHAP Failure)`,
      `frame 8: ${SERVER} rejected CCP: packets to it are not compressed or encrypted`,
      `frame 9: ${SERVER} ended the link (LCP Terminate-Request)`,
    ])
  })

  test('names a path that drops large packets, and does not where one was acknowledged', () => {
    const sizes = (passes: boolean): readonly Timed[] =>
      Array.from({ length: 20 }, (_, number) => {
        const large = number % 2 === 1
        const packet = gre({
          callId: 9,
          sequenceNumber: number,
          payload: new Uint8Array(large ? 1_400 : 100),
        })
        const acknowledged = !large || passes ? number : number - 1
        return [
          [3 * number + 1, packet],
          [3 * number + 1.1, gre({ callId: 7, acknowledgmentNumber: acknowledged }, 'iut')],
        ] as readonly Timed[]
      }).flat()
    const mtu = expect.stringContaining('the path may drop large packets (MTU)')
    expect(diagnosisOf(timed(...CALL, ...sizes(false)))).toContainEqual(mtu)
    expect(diagnosisOf(timed(...CALL, ...sizes(true)))).not.toContainEqual(mtu)
  })
})

/** Plays a case on the reference, or on a mutant of it. */
async function played(name: string, fault?: MutantName): Promise<readonly string[]> {
  const one = SCENARIOS.flatMap(casesOf).find(({ id }) => id === name)
  if (one === undefined) throw new Error(`there is no case ${name}`)
  return diagnosisOf((await playOnReference(one, createFaults(fault))).trace)
}

const TROUBLE = /refused|rejected|no answer|none of|no GRE|MTU/

test('a sound conversation of the reference has no trouble', async () => {
  for (const name of [
    'echo/reply#identifier=0@recipient',
    'tunnel/gap@recipient',
    'start/accepted@recipient',
  ])
    expect(
      (await played(name)).filter((text) => TROUBLE.test(text)),
      name,
    ).toEqual([])
})
