import { expect, test } from 'vitest'
import { UsageError } from '../errors/errors.ts'
import { controlMessage, encodeControl } from '../protocol/control.ts'
import { traceFromJson, traceToJson } from './json.ts'
import { readTrace } from './messages.ts'
import { data, ended, gre, greOctets, opened, traceOf } from './testing/traces.ts'
import type { TraceStep } from './trace.ts'

const TRACE = traceOf(
  opened(),
  data(encodeControl(controlMessage('Echo-Request', { identifier: 0xabcd }))),
  data(Uint8Array.of(0, 16, 0), 'iut'),
  gre({ callId: 3, sequenceNumber: 1, payload: Uint8Array.of(255, 3) }),
  greOctets(Uint8Array.of(1)),
  { ...greOctets(new Uint8Array(20)), fragments: { size: 8, order: 'reversed' } } as TraceStep,
  { kind: 'gre-error', detail: 'ENOPROTOOPT' },
  { kind: 'note', text: 'bad \u0000 <b>' },
  { kind: 'tcp-refused', iut: { address: '192.0.2.2', port: 1723 }, detail: 'ECONNREFUSED' },
  { kind: 'tcp-reset', connection: 1, from: 'iut', detail: 'ECONNRESET' },
  ended('tester'),
)

test('what is written reads back the same', () => {
  expect(traceFromJson(traceToJson(readTrace(TRACE)), 'trace.json')).toEqual(TRACE)
})

test('shows decoded messages to readers', () => {
  const text = traceToJson(readTrace(TRACE))
  expect(text).toContain('"Identifier":"0x0000ABCD"')
  expect(text).toContain('"acknowledgmentPresent":0')
})

test.each([
  ['cut short', traceToJson(readTrace(TRACE)).slice(0, -40), /it ends early/],
  ['not JSON', '<html>}', /not JSON/],
  ['another kind', '{"kind":"something"}', /not a trace at kind/],
  [
    'bad octets',
    traceToJson(readTrace(TRACE)).replace('"001000', '"0x1000'),
    /entries.1.octets: not hexadecimal/,
  ],
  ['unknown step', traceToJson(readTrace(TRACE)).replace('gre-error', 'gre-terror'), /entries.6.kind/],
  [
    'an entry missing',
    traceToJson(readTrace(traceOf(opened(), ended('iut')))).replace('"index":0', '"index":4'),
    /entries.0: its index is 4/,
  ],
])('refuses a file that is %s', (_, text, message) => {
  expect(() => traceFromJson(text, 'trace.json')).toThrow(message)
  expect(() => traceFromJson(text, 'trace.json')).toThrow(UsageError)
})
