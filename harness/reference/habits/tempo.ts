import type { Habit } from './habit.ts'

/** When octets leave. */
export const TEMPO_HABITS = {
  late: {
    title: 'answers everything 250 ms late',
    lawful: 'section 3: a reply has 60 s',
    tempo: { late: 250 },
  },
  'a-little-late': {
    title: 'answers everything 20 ms late',
    lawful: 'section 3: a reply has 60 s',
    tempo: { late: 20 },
  },
  'in-bursts': {
    title: 'sends at multiples of 100 ms only',
    lawful: 'section 3: a reply has 60 s',
    tempo: { every: 100 },
  },
  'header-first': {
    title: 'sends the header of a message in a segment of its own',
    lawful: 'RFC 793: TCP is a stream',
    tempo: { firstSegment: 12 },
  },
  'one-octet-first': {
    title: 'sends the first octet of a message in a segment of its own, and the others 30 ms later',
    lawful: 'RFC 793: TCP is a stream',
    tempo: { firstSegment: 1, every: 30 },
  },
} satisfies Record<string, Habit>
