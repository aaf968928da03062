import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { controlMessage, encodeControl } from '../protocol/control.ts'
import { concat } from '../protocol/octets.ts'
import { ladder } from './ladder.ts'
import { readTrace } from './messages.ts'
import { data, ended, gre, opened, traceOf } from './testing/traces.ts'

const TRACE = traceOf(
  opened(),
  { kind: 'note', text: 'a request in two pieces' },
  data(
    encodeControl(controlMessage('Start-Control-Connection-Request', { hostName: 'h\u001b[2J' })).slice(0, 9),
  ),
  data(
    encodeControl(controlMessage('Start-Control-Connection-Request', { hostName: 'h\u001b[2J' })).slice(9),
  ),
  data(
    encodeControl(controlMessage('Start-Control-Connection-Reply', { resultCode: 9, vendorName: 'linux' })),
    'iut',
  ),
  gre({ callId: 7, sequenceNumber: 1, payload: Uint8Array.of(0xff, 3, 0xc0, 0x21, 1, 4, 0, 4) }, 'iut'),
  gre({ callId: 9, acknowledgmentNumber: 1 }),
  { kind: 'note', text: 'bad \u0007 line' },
  data(Uint8Array.of(1, 2, 3), 'iut'),
  ended('iut'),
  { kind: 'tcp-reset', connection: 1, from: 'tester', detail: 'reset by the tester' },
)

test('shows the sender, message, time, entry and frame of each arrow', () => {
  const text = ladder(readTrace(TRACE), {
    width: 80,
    findings: [
      { requirement: '2.2/result-code', verdict: 'fail', expected: '1 to 5', seen: '9', entry: 4 },
      { requirement: '2.2/ok', verdict: 'pass', expected: 'a', seen: 'a', entry: 4 },
      { requirement: '3.1/echo', verdict: 'warn', expected: 'an Echo-Reply', seen: 'silence' },
    ],
  })
  expect(text).toMatchInlineSnapshot(`
    " entry  frame        s  Tester                                               IUT
         0      1    0.000  │── TCP open, 192.0.2.1:40002 and 192.0.2.2:1723 ─────▶│
         1      4    0.010  │ # a request in two pieces
         3      4    0.030  │── Start-Control-Connection-Request ─────────────────▶│
                            │  Protocol Version 0x0100, Host Name "h\\x1b[2J"       │
                            │  delivered in 2 pieces since entry 2                 │
         4      5    0.040  │◀─────────────────── Start-Control-Connection-Reply ──│
                            │  Result Code 9 (undefined), Protocol Version         │
                            │  0x0100, Vendor Name "linux"                         │
                            │  * Result Code is 9 where one of 1, 2, 3, 4, 5 is    │
                            │  defined                                             │
                            ✗ FAIL 2.2/result-code: expected 1 to 5; seen 9
         5      6    0.050  │◀───────────────────────────── GRE Call ID 7, Seq 1 ──│
                            │  LCP Configure-Request id 4                          │
         6      7    0.060  │── GRE Call ID 9, Ack 1 ─────────────────────────────▶│
         7      8    0.070  │ # bad \\x07 line
         8      9    0.080  │◀───────────────────────────────────────── 3 octets ──│
                            │  * a message that was never completed                │
         9     10    0.090  │◀────────────────────────────────────────────── FIN ──│
        10     12    0.100  │── RST, reset by the tester ─────────────────────────▶│
                            ! WARN 3.1/echo: expected an Echo-Reply; seen silence
    "
  `)
})

test('the detailed ladder shows every field', () => {
  const text = ladder(readTrace(TRACE), { detail: 'detailed' })
  expect(text).toContain('Maximum Channels: 0')
  expect(text).toContain('Magic Cookie: 0x1A2B3C4D')
  expect(text).toContain('010203')
})

test('several connections are numbered', () => {
  expect(ladder(readTrace(traceOf(opened(1), opened(2, 'iut'), ended('iut', 2))))).toContain('FIN [2]')
})

test('fragments are shown, and the address that a packet claims as its source', () => {
  const packet = gre({ callId: 7, sequenceNumber: 0 })
  const text = ladder(
    readTrace(
      traceOf(
        opened(),
        Object.assign({ fragments: { size: 8, order: 'reversed' } }, packet),
        Object.assign(packet, { tester: '192.0.2.99' }),
      ),
    ),
    { width: 140 },
  )
  expect(text).toContain('GRE Call ID 7, Seq 0, in IP fragments of 8, reversed from 192.0.2.1')
  expect(text).toContain('GRE Call ID 7, Seq 0 from 192.0.2.99')
})

test('single octets that belong to no message are joined into one arrow', () => {
  const outOfStep = encodeControl(controlMessage('Echo-Request')).fill(0, 4, 8)
  const octets = (count: number, from: 'tester' | 'iut' = 'tester') =>
    Array.from({ length: count }, () => data(Uint8Array.of(7), from))
  const trace = traceOf(
    opened(),
    data(outOfStep),
    ...octets(5),
    data(Uint8Array.of(1, 2)),
    ...octets(2),
    data(outOfStep, 'iut'),
    ...octets(3, 'iut'),
    ...octets(4),
    { kind: 'note', text: 'and on' },
    ...octets(3),
    ended('tester'),
  )
  const found = { requirement: '1.4/a', verdict: 'fail', expected: 'b', seen: 'c', entry: 16 } as const
  expect(
    ladder(readTrace(trace), { width: 80, findings: [found, { ...found, verdict: 'pass', entry: 3 }] }),
  ).toMatchInlineSnapshot(`
    " entry  frame        s  Tester                                               IUT
         0      1    0.000  │── TCP open, 192.0.2.1:40002 and 192.0.2.2:1723 ─────▶│
         1      4    0.010  │── 16 octets ────────────────────────────────────────▶│
                            │  * out of step: Magic Cookie 0x00000000              │
         2      6    0.020  │── 1 octet, 5 times, entries 2 to 6 ─────────────────▶│
                            │  * after the stream got out of step                  │
         7     16    0.070  │── 2 octets ─────────────────────────────────────────▶│
                            │  * after the stream got out of step                  │
         8     18    0.080  │── 1 octet ──────────────────────────────────────────▶│
                            │  * after the stream got out of step                  │
         9     20    0.090  │── 1 octet ──────────────────────────────────────────▶│
                            │  * after the stream got out of step                  │
        10     21    0.100  │◀──────────────────────────────────────── 16 octets ──│
                            │  * out of step: Magic Cookie 0x00000000              │
        11     23    0.110  │◀─────────────── 1 octet, 3 times, entries 11 to 13 ──│
                            │  * after the stream got out of step                  │
        14     29    0.140  │── 1 octet ──────────────────────────────────────────▶│
                            │  * after the stream got out of step                  │
        15     31    0.150  │── 1 octet ──────────────────────────────────────────▶│
                            │  * after the stream got out of step                  │
        16     33    0.160  │── 1 octet ──────────────────────────────────────────▶│
                            │  * after the stream got out of step                  │
                            ✗ FAIL 1.4/a: expected b; seen c
        17     35    0.170  │── 1 octet ──────────────────────────────────────────▶│
                            │  * after the stream got out of step                  │
        18     36    0.180  │ # and on
        19     37    0.190  │── 1 octet, 3 times, entries 19 to 21 ───────────────▶│
                            │  * after the stream got out of step                  │
        22     42    0.220  │── FIN ──────────────────────────────────────────────▶│
    "
  `)
  const detailed = ladder(readTrace(trace), { detail: 'detailed' })
  expect(detailed).not.toContain('times')
  expect(detailed.match(/ 1 octet /g)).toHaveLength(17)
})

test('octets of several connections are not joined', () => {
  const lost = Uint8Array.from({ length: 8 }, () => 0)
  const steps = [1, 2].flatMap((connection) => [opened(connection), data(lost, 'tester', connection)])
  const loose = (connection: number) => data(Uint8Array.of(7), 'tester', connection)
  const text = ladder(readTrace(traceOf(...steps, ...[1, 1, 1, 2, 2, 2, 1, 2, 1, 2].map(loose))), {
    width: 80,
  })
  expect(text).toContain('1 octet [1], 3 times, entries 4 to 6')
  expect(text).toContain('1 octet [2], 3 times, entries 7 to 9')
  expect(text.match(/1 octet \[[12]\] ─/g)).toHaveLength(4)
})

test('property: no control character gets through, and no line is wider than asked', () => {
  const text = fc.string({ unit: 'binary', maxLength: 60 })
  fc.assert(
    fc.property(
      text,
      text,
      fc.uint8Array({ maxLength: 80 }),
      fc.integer({ min: 60, max: 140 }),
      (a, b, octets, width) => {
        const shown = ladder(
          readTrace(
            traceOf(
              opened(),
              { kind: 'note', text: a },
              data(
                encodeControl(
                  controlMessage('Start-Control-Connection-Request', { hostName: a, vendorName: b }),
                ),
                'iut',
              ),
              data(concat(octets), 'iut'),
              { kind: 'gre', from: 'iut', tester: '192.0.2.1', iut: '192.0.2.2', octets },
              { kind: 'tcp-reset', connection: 1, from: 'iut', detail: b },
            ),
          ),
          { width, findings: [{ requirement: a, verdict: 'fail', expected: b, seen: a, entry: 2 }] },
        )
        expect(shown).toMatch(/^[\x20-\x7e\n…─│◀▶✗]*$/)
        for (const line of shown.split('\n')) expect(line.length).toBeLessThanOrEqual(width)
      },
    ),
  )
})

test('uses colours only when asked', () => {
  expect(ladder(readTrace(TRACE))).not.toContain('\u001b')
  const coloured = ladder(readTrace(TRACE), { colour: true })
  expect(coloured).toContain('\u001b')
  expect(stripVTControlCharacters(coloured)).toBe(ladder(readTrace(TRACE)))
})
