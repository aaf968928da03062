import { describe, expect, test } from 'vitest'
import type { JudgedConversation } from './judgement.ts'
import { judgementText, nothingToJudge } from './judgement-text.ts'

const CONVERSATION: JudgedConversation = {
  startedAt: '2026-11-01T00:00:00.000Z',
  duration: 1.26,
  connections: 1,
  controlMessages: 2,
  grePackets: 0,
  notes: ['the beginning of connection 1 is not in the capture'],
  ends: [
    { role: 'originator', address: '192.0.2.1', findings: [] },
    {
      role: 'recipient',
      address: '192.0.2.2',
      findings: [
        { requirement: '1/a', verdict: 'fail', expected: 'a\u001b', seen: 'b', frame: 5 },
        { requirement: '1/b', verdict: 'pass', expected: 'c', seen: 'c' },
      ],
    },
  ],
}
const FACTS = { file: 'a.pcap', frames: 7, notes: ['1 frame left out: IPv6'] }

describe('a judgement', () => {
  test('says what a capture contains, and what each end does wrong', () => {
    expect(judgementText([CONVERSATION], FACTS, { colour: false, verbose: false }).split('\n')).toEqual([
      'a.pcap: 7 frames, 1 conversation',
      'note: 1 frame left out: IPv6',
      '',
      '192.0.2.1 and 192.0.2.2',
      '  2026-11-01T00:00:00.000Z, 1.3 s: 1 TCP connection, 2 control messages, 0 GRE packets',
      '  note: the beginning of connection 1 is not in the capture',
      '  originator 192.0.2.1: 0 fail, 0 warn, 0 pass',
      '  recipient 192.0.2.2: 1 fail, 0 warn, 1 pass',
      expect.stringMatching(/^ {4}FAIL 1\/a \(frame 5\): expected a\S+; seen b$/),
      '',
    ])
  })

  test('lists the requirements that were kept if asked to', () => {
    const text = judgementText([CONVERSATION], FACTS, { colour: false, verbose: true })
    expect(text).toMatch(/\n {4}PASS 1\/b: expected c; seen c\n$/)
  })

  test('has no control characters except those of its own colours', () => {
    const escapes = (colour: boolean) =>
      judgementText([CONVERSATION], FACTS, { colour, verbose: false }).split('\u001b').length - 1
    expect(escapes(false)).toBe(0)
    // Two escape sequences each: a bold line with the addresses, and a red verdict.
    expect(escapes(true)).toBe(4)
  })
})

test('for a capture without PPTP, a limited number of notes says what it contains', () => {
  expect(nothingToJudge({ file: 'a', frames: 1, notes: [] })).toBe(
    'a: 1 frame, no PPTP conversation among them',
  )
  const notes = Array.from({ length: 22 }, (_, at) => `note ${at}`)
  expect(nothingToJudge({ file: 'a', frames: 2, notes })).toMatch(/ \(note 0; .*; note 19; and 2 more\)$/)
})
