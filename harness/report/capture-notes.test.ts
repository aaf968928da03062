import { expect, test } from 'vitest'
import { controlMessage, encodeControl } from '../protocol/control.ts'
import type { MessageName } from '../protocol/messages.ts'
import { createDecoder } from '../trace/messages.ts'
import { data, ended, gre, opened, traceOf } from '../trace/testing/traces.ts'
import type { Side, Trace, TraceStep } from '../trace/trace.ts'
import { createCaptureNotes } from './capture-notes.ts'

type Timed = readonly [seconds: number, step: TraceStep]

function notesOf(...steps: readonly Timed[]): readonly string[] {
  const bare = traceOf(...steps.map(([, step]) => step))
  const trace: Trace = {
    ...bare,
    entries: bare.entries.map((entry, at) => ({ ...entry, at: (steps[at]?.[0] ?? 0) * 1_000 })),
  }
  const notes = createCaptureNotes({ tester: '192.0.2.1', iut: '192.0.2.2' })
  const decoder = createDecoder()
  for (const entry of trace.entries) notes.take({ entry, parts: decoder.take(entry), frame: entry.index + 1 })
  return notes.notes()
}

const said = (from: Side, name: MessageName, values = {}) =>
  data(encodeControl(controlMessage(name, values)), from)
const START: readonly Timed[] = [
  [0, opened()],
  [0, said('tester', 'Start-Control-Connection-Request')],
  [0, said('iut', 'Start-Control-Connection-Reply', { resultCode: 1 })],
]
const CALL: readonly Timed[] = [
  ...START,
  [0, said('tester', 'Outgoing-Call-Request', { callId: 7 })],
  [0, said('iut', 'Outgoing-Call-Reply', { callId: 9, peersCallId: 7, resultCode: 1 })],
]

test('a note names a request without a reply, its frame and the time', () => {
  expect(
    notesOf(
      ...START,
      [5, said('tester', 'Echo-Request', { identifier: 1 })],
      [10, said('iut', 'Echo-Reply', { identifier: 2 })],
      [65, said('iut', 'Echo-Request', { identifier: 1 })],
      [66, said('tester', 'Echo-Reply', { identifier: 1 })],
      [90, said('iut', 'Stop-Control-Connection-Request')],
      [130, ended('iut')],
    ),
  ).toEqual([
    'Echo-Request of frame 4: no reply in 125 s',
    'Stop-Control-Connection-Request of frame 8: no reply in 40 s',
  ])
  // A call may take a minute to be placed, and no reply comes after a connection is closed.
  expect(
    notesOf(...START, [1, said('tester', 'Outgoing-Call-Request', { callId: 7 })], [50, ended('iut')]),
  ).toEqual([])
})

test('a note names silence in which an Echo-Request was due', () => {
  expect(notesOf(...START, [200, ended('iut')])).toEqual([
    'no control message for 200 s after frame 3: an Echo-Request is due after 60 s',
  ])
  expect(notesOf(...START, [60, said('tester', 'Echo-Request')], [60, said('iut', 'Echo-Reply')])).toEqual([])
})

const packets = (from: Side, callId: number, count: number): readonly Timed[] =>
  Array.from({ length: count }, (_, sequenceNumber) => [
    1,
    gre({ callId, sequenceNumber, payload: Uint8Array.of(0xff, 3) }, from),
  ])

test('notes name GRE of one side alone, and GRE that belongs to no call', () => {
  expect(notesOf(...CALL, ...packets('tester', 9, 8))).toEqual([
    'GRE of 192.0.2.2 is not in the capture: requirements that depend on its acknowledgments are not judged',
  ])
  expect(notesOf(...CALL, ...packets('tester', 9, 2), ...packets('iut', 7, 2))).toEqual([])
  expect(notesOf(...CALL, ...packets('tester', 9, 2), ...packets('iut', 66, 3))).toEqual([
    '3 GRE packets of 192.0.2.2 belong to no call by their Call ID 66, which a router that translates addresses may have left unchanged',
  ])
  // An incomplete control connection may have assigned the Call ID before the capture.
  expect(notesOf(...CALL.slice(1), ...packets('tester', 9, 2), ...packets('iut', 66, 3))).toEqual([])
})

test('of many notes of one kind, those that are left out are counted', () => {
  const requests = Array.from(
    { length: 9 },
    (_, identifier): Timed => [1, said('tester', 'Echo-Request', { identifier })],
  )
  expect(notesOf(...START, ...requests, [60, ended('iut')])).toEqual([
    ...[4, 5, 6, 7, 8].map((frame) => `Echo-Request of frame ${frame}: no reply in 59 s`),
    'and 4 more of this kind',
  ])
})
