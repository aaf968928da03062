import { describe, expect, test } from 'vitest'
import { controlMessage, encodeControl } from '../protocol/control.ts'
import type { Need, ScenarioCase } from '../scenario/scenario.ts'
import { readTrace } from '../trace/messages.ts'
import { data, ended, gre, opened, traceOf } from '../trace/testing/traces.ts'
import type { Side, TraceStep } from '../trace/trace.ts'
import { diagnose, isSpoiled } from './diagnosis.ts'

const START_REQUEST = encodeControl(controlMessage('Start-Control-Connection-Request', { hostName: 'h' }))
const START_REPLY = encodeControl(controlMessage('Start-Control-Connection-Reply', { resultCode: 1 }))
const CALL_REQUEST = encodeControl(controlMessage('Outgoing-Call-Request', { callId: 1 }))
const NOTIFY = encodeControl(controlMessage('Call-Disconnect-Notify', { callId: 7, resultCode: 1 }))
const callReply = (resultCode: number, errorCode = 0) =>
  encodeControl(controlMessage('Outgoing-Call-Reply', { callId: 7, peersCallId: 1, resultCode, errorCode }))

/** A control connection that `opener` has opened and that is established. */
function established(opener: Side = 'tester'): readonly TraceStep[] {
  const other: Side = opener === 'tester' ? 'iut' : 'tester'
  return [opened(1, opener), data(START_REQUEST, opener), data(START_REPLY, other)]
}

/** A call that `opener` asked for, and the reply to it. */
function replied(resultCode: number, errorCode = 0, opener: Side = 'tester'): readonly TraceStep[] {
  const other: Side = opener === 'tester' ? 'iut' : 'tester'
  return [...established(opener), data(CALL_REQUEST, opener), data(callReply(resultCode, errorCode), other)]
}

const PAYLOAD = new Uint8Array(20)
const acknowledgment = gre({ callId: 1, acknowledgmentNumber: 0 }, 'iut')
const packet = gre({ callId: 1, sequenceNumber: 0, payload: PAYLOAD }, 'iut')
const ours = gre({ callId: 7, sequenceNumber: 0, payload: PAYLOAD }, 'tester')

const diagnosisOf = (...steps: readonly TraceStep[]) => diagnose(readTrace(traceOf(...steps)), true)

const CALLS: readonly Need[] = ['outgoing-calls', 'ppp', 'two-calls']

describe('says why no call works:', () => {
  test.each<[string, readonly TraceStep[], RegExp, readonly Need[]]>([
    [
      'closes upon a request',
      [...established(), data(CALL_REQUEST), ended('iut')],
      /^closes .* upon every/,
      CALLS,
    ],
    [
      'resets the connection upon a request',
      [
        ...established(),
        data(CALL_REQUEST),
        { kind: 'tcp-reset', connection: 1, from: 'iut', detail: 'ECONNRESET' },
      ],
      /^closes .* upon every/,
      CALLS,
    ],
    [
      'does not answer a request',
      [...established(), data(CALL_REQUEST), ended('tester')],
      /^never answers/,
      CALLS,
    ],
    ['refuses', replied(2, 4), /^refuses every call \(.*Result Code 2, Error Code 4\)$/, CALLS],
    [
      'answers GRE with ICMP',
      [...replied(1), ours, { kind: 'gre-error', detail: 'ENOPROTOOPT' }],
      /^answers GRE with ICMP \(ENOPROTOOPT\)/,
      CALLS,
    ],
    ['closes after the reply', [...replied(1), ours, ended('iut')], /^ends every call 20 ms after/, CALLS],
    [
      'clears the call after the reply',
      [...replied(1), data(NOTIFY, 'iut')],
      /^ends every call 10 ms after/,
      CALLS,
    ],
    ['sends no GRE', [...replied(1), ours, ours], /^connects calls, but not one GRE packet/, ['ppp']],
    ['sends acknowledgments only', [...replied(1), ours, acknowledgment], /but no PPP packet/, ['ppp']],
    ['does not ask for a call', established('iut'), /^never asks for a call/, CALLS],
    ['sends no GRE as the caller', replied(1, 0, 'iut'), /^connects calls, but not one GRE/, ['ppp']],
  ])('it %s', (_, steps, text, spoils) => {
    const found = diagnosisOf(...steps)
    expect(found).toMatchObject({ text: expect.stringMatching(text), spoils })
    expect(found?.remedies.length).toBeGreaterThan(0)
  })
})

describe('finds no reason', () => {
  test.each<[string, readonly TraceStep[]]>([
    ['in an empty trace', []],
    ['when there was no start reply', [opened(), data(START_REQUEST), ended('iut')]],
    ['when the tester asked for no call', [...established(), ended('iut')]],
    ['when the tester owes the reply', [...established('iut'), data(CALL_REQUEST, 'iut'), ended('iut')]],
    ['when the tester refused the call', replied(2, 4, 'iut')],
    ['when a PPP packet came', [...replied(1), ours, packet]],
    ['when the call ended after a PPP packet', [...replied(1), packet, data(NOTIFY, 'iut'), ended('iut')]],
  ])('%s', (_, steps) => {
    expect(diagnosisOf(...steps)).toBeUndefined()
  })
})

test('a remedy says that the implementation logged nothing', () => {
  const reading = readTrace(traceOf(...replied(2, 4)))
  const [logged, unlogged] = [diagnose(reading, true), diagnose(reading, false)]
  expect(unlogged?.remedies).toEqual([
    ...(logged?.remedies ?? []),
    expect.stringMatching(/^the implementation logged nothing/),
  ])
})

test('a case is spoiled when it needs what does not work', () => {
  const needs = (...some: readonly Need[]) => ({ needs: some }) as unknown as ScenarioCase
  const diagnosis = { text: '', remedies: [], spoils: ['ppp'] as const }
  expect(isSpoiled(needs('outgoing-calls', 'ppp'), diagnosis)).toBe(true)
  expect(isSpoiled(needs('outgoing-calls'), diagnosis)).toBe(false)
  expect(isSpoiled(needs(), diagnosis)).toBe(false)
})
