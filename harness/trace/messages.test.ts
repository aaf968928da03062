import fc from 'fast-check'
import { expect, test } from 'vitest'
import { controlMessage, encodeControl } from '../protocol/control.ts'
import { concat } from '../protocol/octets.ts'
import { MESSAGE_LIMIT, messagesOf, readTrace } from './messages.ts'
import { data, ended, gre, opened, streamOctets, traceOf } from './testing/traces.ts'

const request = encodeControl(controlMessage('Start-Control-Connection-Request'))
const echo = encodeControl(controlMessage('Echo-Request', { identifier: 7 }))

test('one message in two pieces, two messages in one', () => {
  const trace = traceOf(
    opened(),
    data(request.slice(0, 100)),
    data(concat(request.slice(100), echo)),
    gre({ callId: 1, acknowledgmentNumber: 4 }, 'iut'),
    data(echo, 'iut'),
  )
  expect(messagesOf(readTrace(trace))).toMatchObject([
    { kind: 'control', entry: { index: 2 }, from: 'tester', carriedBy: [1, 2], octets: request },
    {
      kind: 'control',
      entry: { index: 2 },
      carriedBy: [2],
      message: { name: 'Echo-Request', identifier: 7 },
    },
    { kind: 'gre', entry: { index: 3 }, from: 'iut', packet: { kind: 'gre', acknowledgmentNumber: 4 } },
    { kind: 'control', entry: { index: 4 }, from: 'iut' },
  ])
})

test('a trace is decoded when its parts are first read, and only once', () => {
  const { entries } = traceOf(opened(), data(echo))
  let readings = 0
  const reading = readTrace({
    startedAt: 0,
    get entries() {
      readings++
      return entries
    },
  })
  expect(readings).toBe(0)
  expect(messagesOf(reading)).toEqual(messagesOf(reading))
  expect(reading.parts).toBe(reading.parts)
  expect(readings).toBe(1)
})

test('the loss of message boundaries, the octets after it, and a message cut short', () => {
  const wrong = request.slice()
  wrong[4] = 0
  const trace = traceOf(opened(), data(wrong), data(echo), data(echo.slice(0, 9), 'iut'), ended('iut'))
  expect(readTrace(trace).parts).toMatchObject([
    { kind: 'out-of-step', cause: 'magic-cookie', octets: wrong },
    { kind: 'loose', why: 'after-loss-of-step', octets: echo },
    { kind: 'loose', why: 'incomplete', from: 'iut', carriedBy: [3] },
  ])
  expect(messagesOf(readTrace(trace))).toHaveLength(1)
})

test('a flood of small messages is framed up to a limit, and no octet is lost', () => {
  const flood = concat(...Array.from({ length: 10_000 }, () => echo))
  const trace = traceOf(opened(), ...Array.from({ length: 7 }, () => data(flood, 'iut')))
  expect(messagesOf(readTrace(trace))).toHaveLength(MESSAGE_LIMIT)
  const rest = readTrace(trace).parts.slice(MESSAGE_LIMIT)
  expect(rest).toMatchObject([{ why: 'too-many-messages' }, { why: 'too-many-messages' }])
  for (const { octets } of rest) expect(Buffer.compare(octets, flood)).toBe(0)
})

test('GRE does not count as messages', () => {
  const packets = Array.from({ length: MESSAGE_LIMIT }, () => gre({ callId: 1, acknowledgmentNumber: 4 }))
  const trace = traceOf(opened(), ...packets, data(echo, 'iut'))
  expect(messagesOf(readTrace(trace)).at(-1)).toMatchObject({ kind: 'control' })
})

test('property: every octet of a stream is in exactly one part, in order, however it is cut', () => {
  const piece = fc.oneof(
    fc.constantFrom(request, echo),
    fc.uint8Array({ maxLength: 40 }),
    fc.nat(155).map((length) => request.slice(0, length)),
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(piece, fc.constantFrom('tester' as const, 'iut' as const))), (pieces) => {
      const trace = traceOf(opened(), ...pieces.map(([octets, from]) => data(octets, from)))
      for (const from of ['tester', 'iut'] as const) {
        const parts = readTrace(trace).parts.filter((part) => part.from === from)
        expect(concat(...parts.map((part) => part.octets))).toEqual(streamOctets(trace, 1, from))
      }
    }),
  )
})
