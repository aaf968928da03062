import { controlMessage, encodeControl } from '../../protocol/control.ts'
import type { MessageName } from '../../protocol/messages.ts'
import type { Instead } from '../faults/fault.ts'
import { patched, success } from '../faults/writing/patch.ts'
import type { Habit } from './habit.ts'
import { idleAfter, stopsAfterLastCall } from './reflexes.ts'

/** Identifier of the Echo-Requests that are sent besides those of the keep-alive. */
const BESIDES = 0xec40

/** Behind each message of that name that reports success goes an Echo-Request. */
function asksBehind(name: MessageName): Instead {
  return {
    encode: (usual, message) =>
      message.name === name && 'resultCode' in message && success(message)
        ? [...usual, encodeControl(controlMessage('Echo-Request', { identifier: BESIDES }))]
        : usual,
    answersEcho: (usual, identifier) => usual || identifier === BESIDES,
  }
}

/** How control connections are kept. */
export const CONTROL_HABITS = {
  'no-names': {
    title: 'leaves Host Name and Vendor Name empty',
    lawful: 'sections 2.1 and 2.2: they may have fewer octets than 64',
    configuration: { hostName: '', vendorName: '' },
  },
  'long-names': {
    title: 'fills Host Name and Vendor Name to the last octet',
    lawful: 'sections 2.1 and 2.2: both have 64 octets',
    configuration: { hostName: 'h'.repeat(64), vendorName: 'v'.repeat(64) },
  },
  'no-firmware-revision': {
    title: 'has Firmware Revision 0',
    lawful: 'sections 2.1 and 2.2: the value is of its maker',
    configuration: { firmwareRevision: 0 },
  },
  'largest-firmware-revision': {
    title: 'has Firmware Revision 65535',
    lawful: 'sections 2.1 and 2.2: the value is of its maker',
    configuration: { firmwareRevision: 0xffff },
  },
  'one-framing': {
    title: 'is capable of asynchronous framing only',
    lawful: 'section 2.2: each bit is for one kind, and none is demanded',
    instead: patched('Start-Control-Connection-Reply', () => ({ framingCapabilities: 1 })),
  },
  'one-bearer': {
    title: 'is capable of digital access only',
    lawful: 'section 2.2: each bit is for one kind, and none is demanded',
    instead: patched('Start-Control-Connection-Reply', () => ({ bearerCapabilities: 2 })),
  },
  'many-connections-per-peer': {
    title: 'takes a second control connection from the same address',
    lawful: 'interpretation A-35: to take it is a warning',
    configuration: { connectionsPerPeer: 'many' },
    warned: ['3.1.3/one-connection', '3/one-connection'],
  },
  'one-connection': {
    title: 'takes two TCP connections at once and resets what comes besides',
    lawful: 'the RFC demands no number of connections',
    configuration: { connections: 2 },
    evades: true,
  },
  'asks-at-once': {
    title: 'sends an Echo-Request right behind its start reply',
    lawful: 'section 2.5: either end sends it when it likes',
    instead: asksBehind('Start-Control-Connection-Reply'),
    // It does not wait for the replies to these.
    broken: ['2.5/identifier-matched', '3.1.4/reply-awaited'],
  },
  'asks-in-a-call': {
    title: 'sends an Echo-Request right behind its call reply',
    lawful: 'section 2.5: either end sends it when it likes',
    instead: asksBehind('Outgoing-Call-Reply'),
    // It does not wait for the replies to these.
    broken: ['2.5/identifier-matched', '3.1.4/reply-awaited'],
  },
  'lingers-briefly': {
    title: 'resets a connection that its peer keeps open for a second after its FIN',
    lawful: 'the RFC is silent on how long TCP may stay half closed',
    configuration: { linger: 1_000 },
  },
  'restarts-late': {
    title: 'waits 10 s before it opens a connection again',
    lawful: 'the RFC is silent on when a connection is opened again',
    configuration: { restartDelay: 10_000 },
    evades: true,
  },
  'stops-after-its-last-call': {
    title: 'asks to stop once its last call is over',
    lawful: 'section 3.1: either end may stop a control connection at any time',
    reflex: stopsAfterLastCall,
    evades: true,
  },
  'clears-idle-calls': {
    title: 'ends a call in whose tunnel nothing has come for 5 s',
    lawful: 'section 2.12 and 2.13: either end may end a call for reasons of its own',
    reflex: () => idleAfter(5_000),
    evades: true,
  },
} satisfies Record<string, Habit>
