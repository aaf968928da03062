import type { Habit } from './habit.ts'

/** How packets are numbered, acknowledged and paced. */
export const TUNNEL_HABITS = {
  'small-window': {
    title: 'announces a receive window of 1',
    lawful: 'section 2.8: the size is its own',
    configuration: { window: 1 },
  },
  'large-window': {
    title: 'announces a receive window of 1024',
    lawful: 'section 2.8: the size is its own',
    configuration: { window: 1024 },
  },
  'largest-window': {
    title: 'announces a receive window of 65535',
    lawful: 'section 2.8: the size is its own',
    configuration: { window: 0xffff },
  },
  'processes-slowly': {
    title: 'announces a Packet Processing Delay of 5 s',
    lawful: 'section 2.8: the time is its own',
    configuration: { processingDelay: 50 },
  },
  'acknowledges-at-once': {
    title: 'acknowledges each packet at once',
    lawful: 'section 4.2.5: it may, or wait for data',
    configuration: { acknowledgmentDelay: 0 },
  },
  'acknowledges-late': {
    title: 'lets acknowledgments wait 400 ms for data',
    lawful: 'section 4.2.5: it may wait, for less than the time-out of the sender',
    configuration: { acknowledgmentDelay: 400 },
  },
  'acknowledges-separately': {
    title: 'never acknowledges on packets with data',
    lawful: 'section 4.2: acknowledgments may be on packets of their own',
    instead: { acknowledgmentFor: (usual, _, hasPayload) => (hasPayload ? undefined : usual) },
  },
  'repeats-acknowledgments': {
    title: 'repeats its last acknowledgment on each packet with data',
    lawful: 'section 4.2: the number is the highest received, whether it was told before or not',
    instead: {
      acknowledgmentFor: (usual, { last }, hasPayload) => usual ?? (hasPayload ? last : undefined),
    },
  },
  'short-queue': {
    title: 'keeps one packet at most for a window that is closed',
    lawful: 'section 4.2.4: what does not fit may be discarded',
    configuration: { queueLimit: 1 },
    evades: true,
  },
  'gives-up-early': {
    title: 'takes a packet for lost after 100 ms at the least and 2 s at the most',
    lawful: 'section 4.4.1: both bounds are suggestions',
    configuration: { minimumTimeOut: 100, maximumTimeOut: 2_000 },
  },
} satisfies Record<string, Habit>
