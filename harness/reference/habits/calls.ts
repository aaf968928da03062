import { controlMessage, encodeControl } from '../../protocol/control.ts'
import { patched, success } from '../faults/writing/patch.ts'
import type { Habit } from './habit.ts'

/** A call that nobody asked for. */
const RINGING = {
  callId: 0x3777,
  callBearerType: 1,
  physicalChannelId: 7,
  dialedNumber: '49301234',
  dialedNumberLength: 8,
}

/** How calls are placed, answered and ended. */
export const CALL_HABITS = {
  'one-call': {
    title: 'takes one call at a time',
    lawful: 'section 2.8: it refuses for want of resources; section 2.1: Maximum Channels says so',
    configuration: { channels: 1 },
    evades: true,
  },
  'call-ids-from-0': {
    title: 'assigns Call IDs from 0 on',
    lawful: 'section 2.8: the value is its own, any of 16 bits',
    configuration: { firstCallId: 0 },
  },
  'call-ids-from-1': {
    title: 'assigns Call IDs from 1 on',
    lawful: 'section 2.8: the value is its own, any of 16 bits',
    configuration: { firstCallId: 1 },
  },
  'largest-call-ids': {
    title: 'assigns Call IDs from 65535 on, and goes on with 0',
    lawful: 'section 2.8: the value is its own, any of 16 bits',
    configuration: { firstCallId: 0xffff },
  },
  'call-ids-counted-down': {
    title: 'counts its Call IDs down',
    lawful: 'section 2.8: the value is its own, any of 16 bits',
    instead: () => {
      let next = 0x7000
      return {
        nextCallId(_, used) {
          do next = (next - 1) & 0xffff
          while (used.has(next))
          return next
        },
      }
    },
  },
  'lowest-free-call-id': {
    title: 'assigns the lowest Call ID that is free, that of the call before too',
    lawful: 'section 3.2.2: unique among the calls that there are',
    instead: () => {
      let calls = 0
      return {
        nextCallId(_, used) {
          let lowest = 1
          while (used.has(lowest)) lowest++
          return lowest
        },
        // The reference numbers calls by their Call IDs, which come again here.
        serialNumber: () => ++calls,
      }
    },
  },
  'slow-line': {
    title: 'connects calls at the lowest speed that it is asked for',
    lawful: 'section 2.8: Connect Speed is what the line gives',
    configuration: { connectSpeed: 1 },
  },
  'fast-line': {
    title: 'connects calls at the highest speed that it is asked for',
    lawful: 'section 2.8: Connect Speed is what the line gives',
    configuration: { connectSpeed: 0xffffffff },
  },
  'slow-dial': {
    title: 'needs 300 ms to connect a call',
    lawful: 'section 3.2.4: the reply is sent once the outcome is known',
    configuration: { dialTime: 300 },
  },
  'always-busy': {
    title: 'finds every number busy',
    lawful: 'section 2.8, Result Code 4',
    configuration: { dialOutcome: 'busy' },
    evades: true,
  },
  'no-carrier': {
    title: 'gets no carrier on any line',
    lawful: 'section 2.8, Result Code 3',
    configuration: { dialOutcome: 'no-carrier' },
    evades: true,
  },
  'no-outgoing-calls': {
    title: 'takes no outgoing calls',
    lawful: 'section 2.8, Result Code 7',
    configuration: { outgoingCalls: false },
    evades: true,
  },
  'no-incoming-calls': {
    title: 'takes no incoming calls',
    lawful: 'section 2.10, Result Codes 2 and 3',
    configuration: { incomingCalls: false },
    evades: true,
  },
  rings: {
    title: 'offers an incoming call of its own right behind its call reply',
    lawful: 'section 3.2.3.1: a PAC offers a call when a line rings',
    instead: () => {
      let callId = RINGING.callId
      return {
        encode(usual, message) {
          if (message.name !== 'Outgoing-Call-Reply' || !success(message)) return usual
          callId++
          const ringing = { ...RINGING, callId, callSerialNumber: callId }
          return [...usual, encodeControl(controlMessage('Incoming-Call-Request', ringing))]
        },
      }
    },
  },
  'numbers-its-channels': {
    title: 'puts its own number into Physical Channel ID',
    lawful: 'section 2.8: the value is for logs only',
    instead: patched('Outgoing-Call-Reply', () => ({ physicalChannelId: 0xfeedbeef }), success),
  },
  'tells-causes': {
    title: 'gives a Cause Code and statistics with each disconnection',
    lawful: 'section 2.13: both are there for it',
    instead: patched('Call-Disconnect-Notify', () => ({
      causeCode: 16,
      callStatistics: 'octets in 4711, out 815; errors 0',
    })),
  },
  'tells-of-errors-at-once': {
    title: 'sends WAN-Error-Notify right behind its call reply',
    lawful: 'section 2.14: whenever there is something to tell',
    instead: {
      encode: (usual, message) =>
        message.name === 'Outgoing-Call-Reply' && success(message)
          ? [
              ...usual,
              encodeControl(controlMessage('WAN-Error-Notify', { peersCallId: message.peersCallId })),
            ]
          : usual,
    },
  },
  'serial-numbers-at-random': {
    title: 'numbers its calls without an order',
    lawful: 'section 2.7: unique for a session, no more',
    instead: { serialNumber: (_, ownCallId) => (Math.imul(ownCallId, 0x9e37) ^ 0x5bd1) & 0xffff },
  },
  'tells-of-maps-at-once': {
    title: 'tells of its maps as soon as a call is connected',
    lawful: 'section 2.15: whenever it likes',
    configuration: { linkInfo: 'once-connected' },
  },
  'clears-overdue-calls': {
    title: 'clears a call that is overdue before it closes',
    lawful: 'section 3.2.1',
    configuration: { clearsOverdueCalls: true },
  },
  'clears-before-it-stops': {
    title: 'clears its calls before it replies to a stop request',
    lawful: 'interpretation A-29',
    configuration: { clearsBeforeStop: true },
  },
  'hangs-up-by-stop': {
    title: 'hangs up by a stop request',
    lawful: 'section 2.3: a stop clears the calls by the way',
    configuration: { hangingUp: 'stop' },
    evades: true,
  },
  'clears-and-stops': {
    title: 'clears its call and asks to stop at once when it hangs up',
    lawful: 'section 2.3: a stop may come at any time',
    configuration: { hangingUp: 'clear-and-stop' },
    evades: true,
  },
} satisfies Record<string, Habit>
