import { describe, expect, test } from 'vitest'
import type { JudgedConversation } from './judgement.ts'
import {
  captureText,
  conversationText,
  interruptedText,
  nothingToJudge,
  progressText,
} from './judgement-text.ts'

const CONVERSATION: JudgedConversation = {
  startedAt: '2026-11-01T00:00:00.000Z',
  duration: 1.26,
  connections: 1,
  controlMessages: 2,
  grePackets: 0,
  diagnosis: ['frame 4: something happened'],
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
const FACTS = {
  file: 'a.pcap',
  frames: 7,
  conversations: 1,
  notes: ['1 frame left out: IPv6'],
  alike: [{ like: '192.0.2.1 and 192.0.2.3', more: 2 }],
}

describe('a judgement', () => {
  test('says what a capture contains, and what each end does wrong', () => {
    expect(conversationText(CONVERSATION, { colour: false, verbose: false }).split('\n')).toEqual([
      '192.0.2.1 and 192.0.2.2',
      '  2026-11-01T00:00:00.000Z, 1.3 s: 1 TCP connection, 2 control messages, 0 GRE packets',
      '  frame 4: something happened',
      '  note: the beginning of connection 1 is not in the capture',
      '  originator 192.0.2.1: 0 fail, 0 warn, 0 pass',
      '  recipient 192.0.2.2: 1 fail, 0 warn, 1 pass',
      expect.stringMatching(/^ {4}FAIL 1\/a \(frame 5\): expected a\S+; seen b$/),
      '',
      '',
    ])
    expect(captureText(FACTS).split('\n')).toEqual([
      '2 more conversations without a control connection, with the same notes and findings as 192.0.2.1 and 192.0.2.3',
      'a.pcap: 7 frames, 1 conversation',
      'note: 1 frame left out: IPv6',
      '',
    ])
  })

  test('lists the requirements that were kept if asked to', () => {
    const text = conversationText(CONVERSATION, { colour: false, verbose: true })
    expect(text).toMatch(/\n {4}PASS 1\/b: expected c; seen c\n\n$/)
  })

  test('has no control characters except those of its own colours', () => {
    const escapes = (colour: boolean) =>
      conversationText(CONVERSATION, { colour, verbose: false }).split('\u001b').length - 1
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

test('an interruption and progress say how far the capture was read', () => {
  const state = { judged: 1, underway: 2, frames: 5 }
  expect(interruptedText('SIGINT', { ...state, of: 9 })).toBe(
    'SIGINT: stopped at frame 5 of 9; 1 conversation judged, 2 begun and not judged\n',
  )
  expect(interruptedText('SIGINT', { ...state, of: undefined })).toMatch(/stopped while .* read first;/)
  expect(progressText(5, 10, 2)).toBe('judging frame 5 of 10, 2 s')
  expect(progressText(5, undefined, 2)).toBe('looking at frame 5, 2 s')
})
