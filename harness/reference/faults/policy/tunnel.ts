import { isLater } from '../../../protocol/gre.ts'
import type { Arrival } from '../../tunnel-policy.ts'
import type { Fault, Instead } from '../fault.ts'

/**
 * Loses new packets.
 * @param when whether this one is lost.
 */
const loses = (when: (arrival: Arrival & { readonly sequence: number }) => boolean): Instead => ({
  receive(usual, arrival) {
    const { sequence, highestReceived } = arrival
    const isNew = usual.highestReceived !== highestReceived
    if (!isNew || sequence === undefined || !when({ ...arrival, sequence })) return usual
    return { payloads: [], highestReceived }
  },
})

/**
 * Delivers late or duplicate packets.
 * @param when whether this one is delivered.
 */
const deliversOld = (when: (sequence: number, highestReceived: number) => boolean): Instead => ({
  receive(usual, { sequence, payload, highestReceived }) {
    const isOld = sequence !== undefined && payload.length > 0 && !isLater(sequence, highestReceived)
    return isOld && when(sequence, highestReceived) ? { payloads: [payload], highestReceived } : usual
  },
})

/** Faults in numbering, acknowledging, pacing and receiving packets (section 4). */
export const TUNNEL_FAULTS = {
  // Sequence numbers
  'gre-first-sequence-one': {
    title: 'Numbers its packets from 1',
    section: '4.1',
    breaks: ['4.1/first-sequence-number'],
    instead: { number: (usual, next) => (next === 0 ? { sequence: 1, next: 2 } : usual) },
  },
  'gre-sequence-skips': {
    title: 'Leaves out every other sequence number',
    section: '4.1',
    breaks: ['4.1/consecutive'],
    instead: { number: (usual) => ({ ...usual, next: (usual.next + 1) >>> 0 }) },
  },
  'gre-sequence-repeats': {
    title: 'Uses every sequence number twice',
    section: '4.1',
    breaks: ['4.1/consecutive', '4.3/no-duplicates-sent'],
    consequences: [
      '2.13/whenever-disconnected',
      '3.2.4.1/established-disconnected',
      '4.1/not-retransmitted',
      '4.2.3/no-retransmission',
      '4/carries-ppp',
      'rfc1332-3.3/peer-provides',
      'rfc1334-2.2.2/ack',
      'rfc1334-2.2.2/nak',
      'rfc1661-3.5/failure-terminates',
      'rfc1994-4.1/response',
      'rfc1994-4.2/failure',
      'rfc1994-4.2/success',
    ],
    instead: {
      number: (usual) => (usual.sequence % 2 === 1 ? { ...usual, sequence: usual.sequence - 1 } : usual),
    },
  },
  'gre-sequence-counts-octets': {
    title: 'Counts octets, not packets, in its sequence numbers',
    section: '4.1',
    breaks: ['4.1/numbers-count-packets'],
    consequences: ['4.1/consecutive'],
    instead: {
      number: ({ sequence }, _next, octets) => ({ sequence, next: (sequence + octets) >>> 0 }),
    },
  },
  'gre-numbers-shared': {
    title: "Begins the sequence numbers of a session where another session's last ended",
    section: '4.1',
    breaks: ['4.1/numbers-per-session'],
    consequences: ['4.1/first-sequence-number'],
    instead() {
      const sessions = new Set<number>()
      let last = 0
      return {
        number(usual, _next, _octets, ownCallId) {
          const isFirst = !sessions.has(ownCallId)
          sessions.add(ownCallId)
          const numbered = isFirst && last > 0 ? { sequence: last, next: (last + 1) >>> 0 } : usual
          last = numbered.next
          return numbered
        },
      }
    },
  },
  // Acknowledging
  'gre-never-acknowledges': {
    title: 'Never acknowledges a packet',
    section: '4.2',
    breaks: ['4.2/acknowledges'],
    consequences: [
      '1.1/ordinary-ppp',
      '4.3/early-acknowledged',
      '4.3/later-acknowledged',
      '4/carries-ppp',
      'rfc3078-7.1/key-for-each',
      'rfc3078-8.1/catches-up',
      'rfc3078-8.2/flushed-read',
      'rfc3078-8.2/reset-heeded',
      'rfc3078-7.2/key-on-flag',
    ],
    instead: { acknowledgmentFor: () => undefined },
  },
  'gre-acknowledges-late': {
    title: 'Acknowledges packets only after 5 s',
    section: '4.2',
    breaks: ['4.2/acknowledges'],
    consequences: [
      '4.3/early-acknowledged',
      '4.3/later-acknowledged',
      '4/carries-ppp',
      'rfc3078-7.1/key-for-each',
      'rfc3078-8.1/catches-up',
      'rfc3078-8.2/flushed-read',
      'rfc3078-8.2/reset-heeded',
      'rfc3078-7.2/key-on-flag',
    ],
    instead: {
      acknowledgmentFor: (usual, _state, hasPayload) => (hasPayload ? undefined : usual),
      acknowledgmentDelay: (_usual, count) => (count === 1 ? 5_000 : undefined),
    },
  },
  'gre-acknowledges-unsent': {
    title: 'Acknowledges a sequence number that is 8 higher than the highest that came',
    section: '4.1',
    breaks: ['4.1/acknowledges-received'],
    consequences: ['4.2/acknowledges', '4.3/later-acknowledged'],
    instead: { acknowledgmentFor: (usual) => (usual === undefined ? usual : (usual + 8) >>> 0) },
  },
  'gre-acknowledgment-decreases': {
    title: 'Acknowledges one sequence number lower each time',
    section: '4.1',
    breaks: ['4.1/acknowledges-received'],
    consequences: [
      '4.2/acknowledges',
      '4.3/later-acknowledged',
      '4/carries-ppp',
      'rfc3078-7.1/key-for-each',
      'rfc3078-8.1/catches-up',
      'rfc3078-8.2/flushed-read',
      'rfc3078-8.2/reset-heeded',
      '1.1/ordinary-ppp',
      'rfc3078-8.2/reset-requested',
    ],
    instead: {
      acknowledgmentFor: (usual, { last }) =>
        usual === undefined || last === undefined ? usual : (last - 1) >>> 0,
    },
  },
  // The peer's window
  'gre-window-signed': {
    title: 'Reads a window above 32767 as a negative number, and sends no data',
    section: '4.2.1',
    breaks: ['4.2.1/initial-window-minimum'],
    instead: {
      mayTransmit: (usual, _awaiting, _window, peersWindow) => usual && peersWindow <= 0x7fff,
    },
  },
  'gre-window-full-at-start': {
    title: "Begins with the peer's whole window instead of half of it",
    section: '4.2.1',
    breaks: ['4.2.1/initial-window'],
    consequences: ['4.2.1/stops-at-window', '4.2.2/halves', '4.2.3/recovers-by-one', '4.4.2/window-shrinks'],
    instead: {
      mayTransmit: (usual, awaiting, _window, peersWindow) => usual || awaiting < peersWindow,
    },
  },
  'gre-window-ignored': {
    title: "Sends without regard to the peer's window",
    section: '4.2.1',
    breaks: ['4.2.1/maximum-window', '4.2.1/stops-at-window'],
    consequences: ['1.3.2/parameters-from-call', '4.2.1/initial-window'],
    instead: { mayTransmit: () => true },
  },
  'gre-window-never-grows': {
    title: 'Never enlarges its window',
    section: '4.2.3',
    breaks: ['4.2.1/grows-by-one', '4.2.3/opens-by-one'],
    consequences: [
      '4.2.3/opens-to-maximum',
      '4.2.3/recovers-by-one',
      '4.2.5/acknowledges-lower',
      '4.2/separate-heeded',
      '4.3/early-grants-credit',
    ],
    instead: {
      acknowledged: (usual) =>
        usual?.sample === undefined ? usual : { awaiting: usual.awaiting, sample: undefined },
    },
  },
  'gre-takes-any-acknowledgment': {
    title: 'Heeds an acknowledgment of a packet never sent, and ignores lower ones after it',
    section: '4.2.5',
    breaks: ['4.2.5/odd-acknowledgments'],
    instead: {
      acknowledged: (usual, { number, highestAcknowledged, awaiting }) =>
        usual === undefined && isLater(number, highestAcknowledged)
          ? { awaiting: awaiting.filter(({ sequence }) => isLater(sequence, number)), sample: undefined }
          : usual,
    },
  },
  'gre-acknowledgment-covers-one': {
    title: 'Takes an acknowledgment as that of one packet, not of all before it',
    section: '4.2.5',
    breaks: ['4.2.5/acknowledges-lower'],
    consequences: [
      '4.2.1/grows-by-one',
      '4.2.3/opens-by-one',
      '4.2.3/opens-to-maximum',
      '4.3/early-grants-credit',
    ],
    instead: {
      acknowledged(usual, { number, awaiting }) {
        const rest = awaiting.filter(({ sequence }) => sequence !== number)
        return usual === undefined || rest.length === usual.awaiting.length
          ? usual
          : { ...usual, awaiting: rest }
      },
    },
  },
  // Time-outs
  'gre-ignores-peers-delay': {
    title: "Computes its first time-out without the peer's Packet Processing Delay",
    section: '4.4',
    breaks: ['4.4/delay-seeds'],
    consequences: ['4.4.2/strategy', '4.4.2/time-out-grows', '4.4/backs-off', '4.4/delay-units'],
    instead: { processingDelay: () => 0 },
  },
  'gre-stalls-after-time-out': {
    title: 'Sends no more data after a time-out',
    section: '4.2.3',
    breaks: ['4.2.3/resumes'],
    consequences: ['4.2.2/minimum', '4.4/time-out-used'],
    instead: { timeOut: (usual) => ({ ...usual, goesOn: false }) },
  },
  'gre-window-never-shrinks': {
    title: 'Keeps its window and its time-out after a time-out',
    section: '4.2.2',
    breaks: ['4.2.2/halves'],
    consequences: [
      '4.2.3/recovers-by-one',
      '4.4.2/strategy',
      '4.4.2/time-out-grows',
      '4.4.2/window-shrinks',
      '4.4/backs-off',
    ],
    instead: { timeOut: (usual) => ({ ...usual, backOff: undefined }) },
  },
  'gre-time-out-never-grows': {
    title: 'Keeps its time-out after a time-out',
    section: '4.4.2',
    breaks: ['4.4.2/strategy', '4.4.2/time-out-grows', '4.4/backs-off'],
    instead: { timeOut: (usual) => ({ ...usual, backOff: 1 }) },
  },
  'gre-retransmits': {
    title: 'Sends packets again that were not acknowledged in time',
    section: '4.2.3',
    breaks: ['4.2.3/no-retransmission'],
    consequences: [
      '4.1/not-retransmitted',
      '4.2.2/halves',
      '4.2.3/recovers-by-one',
      '4.3/out-of-sequence-discarded',
      '4.4.2/window-shrinks',
      '4.3/late-not-delivered',
      '4.3/duplicates-discarded',
      'rfc3078-8.2/reset-heeded',
    ],
    instead: { timeOut: (usual, awaiting) => ({ ...usual, again: awaiting }) },
  },
  // Receiving
  'gre-never-wraps': {
    title: 'Takes no packets after sequence number 4294967295',
    section: '4.3',
    breaks: ['4.3/later-acknowledged'],
    consequences: ['4.3/out-of-sequence-discarded'],
    instead: loses(
      ({ sequence, highestReceived, takenAt }) => takenAt !== undefined && sequence < highestReceived,
    ),
  },
  'gre-waits-for-lost': {
    title: 'Takes no packet whose predecessor has not come',
    section: '4.3',
    breaks: ['4.3/early-acknowledged'],
    consequences: [
      '2.10/call-id',
      '3.2.3.2/wait-connect-connected',
      '3.2.3/connected-establishes',
      '4.1/s-without-payload',
      '4.3/later-acknowledged',
      '4.3/out-of-sequence-discarded',
      '1.1/ordinary-ppp',
    ],
    instead: loses(({ sequence, highestReceived }) => sequence !== (highestReceived + 1) >>> 0),
  },
  'gre-buffers-one-packet': {
    title: 'Loses a packet that comes at the same time as the one before it',
    section: '2.8',
    breaks: ['2.7/window-buffered', '2.8/window-buffered', '2.10/window-buffered'],
    consequences: [
      '1.1/ordinary-ppp',
      '1.4/mtu-received',
      '2.13/whenever-disconnected',
      '3.2.4.1/established-disconnected',
      '4.1/payload-followed',
      '4.1/s-without-payload',
      '4.2.1/grows-by-one',
      '4.2.3/opens-by-one',
      '4.2.3/opens-to-maximum',
      '4.2.3/recovers-by-one',
      '4.2.5/acknowledges-lower',
      '4.2.5/odd-acknowledgments',
      '4.2/acknowledges',
      '4.2/separate-heeded',
      '4.3/early-grants-credit',
      '4.3/later-acknowledged',
      '4.3/out-of-sequence-discarded',
      '4.4/per-session',
      '4/address-and-control',
      '4/carries-ppp',
      'rfc1334-2.2.2/nak',
      'rfc1661-3.5/failure-terminates',
      'rfc1661-6.5/both-forms',
      'rfc1661-6.6/both-forms',
      'rfc1994-4.1/response',
    ],
    instead: loses(({ takenAt, now }) => takenAt === now),
  },
  'gre-overflow-ends-session': {
    title: 'Drops every packet of a call once more came at the same time than its window allows',
    section: '4.2.4',
    breaks: ['4.2.4/overflow-discarded'],
    consequences: [
      '4.2.1/grows-by-one',
      '4.2.3/opens-by-one',
      '4.2.3/recovers-by-one',
      '4.2.5/acknowledges-lower',
      '4.2/piggybacked-heeded',
      '4.2/separate-heeded',
      '4.3/early-grants-credit',
      '4/carries-ppp',
      '4.2.3/opens-to-maximum',
    ],
    instead() {
      const together = new Map<number, { readonly at: number; readonly count: number }>()
      const deaf = new Set<number>()
      return {
        ...loses(({ ownCallId, ownWindow, now }) => {
          const before = together.get(ownCallId)
          const count = before?.at === now ? before.count + 1 : 1
          together.set(ownCallId, { at: now, count })
          if (count > ownWindow) deaf.add(ownCallId)
          return deaf.has(ownCallId)
        }),
        flaw: (usual, { callId }) => (deaf.has(callId) ? 'the session is over' : usual),
      }
    },
  },
  'gre-delivers-duplicates': {
    title: 'Delivers a packet twice',
    section: '4.3',
    breaks: ['4.3/duplicates-discarded'],
    instead: deliversOld((sequence, highestReceived) => sequence === highestReceived),
  },
  'gre-delivers-late': {
    title: 'Delivers a packet that comes after later ones',
    section: '4.3',
    breaks: ['4.3/late-not-delivered', '4.3/out-of-sequence-discarded'],
    consequences: ['4.3/duplicates-discarded'],
    instead: deliversOld((sequence, highestReceived) => sequence !== highestReceived),
  },
  'gre-takes-payload-without-sequence': {
    title: 'Delivers payloads that have no sequence number',
    section: '4.1',
    breaks: ['4.1/s-without-payload'],
    instead: {
      receive: (usual, { sequence, payload, highestReceived }) =>
        sequence === undefined && payload.length > 0 ? { payloads: [payload], highestReceived } : usual,
    },
  },
} satisfies Record<string, Fault>
