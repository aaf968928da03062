import type { WaitName } from '../../setting.ts'
import type { Fault, Instead } from '../fault.ts'

/** How long a mutant waits that waits too briefly, in ms. */
const BRIEF = 10_000

const isAmong = (name: WaitName, waits: readonly WaitName[]) => waits.includes(name)

/** Ends these waits after 10 seconds. */
function briefly(...waits: readonly WaitName[]): Instead {
  return { left: (usual, { name }, waited) => (isAmong(name, waits) && waited >= BRIEF ? 0 : usual) }
}

/** Never ends these waits. */
function forEver(...waits: readonly WaitName[]): Instead {
  return {
    left: (usual, { name }) => (isAmong(name, waits) && usual === 0 ? Number.POSITIVE_INFINITY : usual),
  }
}

/** Begins these waits again with every octet that comes. */
function anew(...waits: readonly WaitName[]): Instead {
  return {
    left: (usual, { name, ms, quiet }) =>
      isAmong(name, waits) && usual === 0 ? Math.max(0, ms - quiet()) : usual,
  }
}

/** Faults in waiting: too long or too briefly. */
export const WAIT_FAULTS = {
  'establishment-never-times-out': {
    title: 'Waits for a start request for ever',
    section: '3.1.4',
    breaks: ['3.1.4/request-awaited'],
    consequences: ['3.1.4/request-awaited-whole'],
    instead: forEver('start-request'),
  },
  'establishment-times-out-early': {
    title: 'Closes after 10 s without a start request',
    section: '3.1.4',
    breaks: ['3.1.4/request-awaited-long-enough'],
    instead: briefly('start-request'),
  },
  'establishment-restarted-by-octets': {
    title: 'Begins its 60 s for the start request again with every octet that comes',
    section: '3.1.4',
    breaks: ['3.1.4/request-awaited-whole'],
    instead: anew('start-request'),
  },
  'start-reply-awaited-forever': {
    title: 'Waits for a start reply for ever',
    section: '3.1.4',
    iut: 'originator',
    breaks: ['3.1.4/reply-awaited'],
    instead: forEver('start-reply'),
  },
  'start-reply-awaited-briefly': {
    title: 'Closes after 10 s without a start reply',
    section: '3.1.4',
    iut: 'originator',
    breaks: ['3.1.4/reply-awaited-long-enough'],
    consequences: ['3/reply-patience'],
    instead: briefly('start-reply'),
  },
  'start-reply-awaited-anew': {
    title: 'Begins its 60 s for the start reply again with every octet that comes',
    section: '3.1.4',
    iut: 'originator',
    breaks: ['3.1.4/reply-awaited'],
    instead: anew('start-reply'),
  },
  'keep-alive-missing': {
    title: 'Never sends an Echo-Request',
    section: '3.1.4',
    breaks: ['3.1.4/keep-alive-sent'],
    consequences: ['3.1.2/local-termination-stops'],
    instead: forEver('silence'),
  },
  'keep-alive-late': {
    title: 'Sends its Echo-Request only after 180 s of silence',
    section: '3.1.4',
    breaks: ['3.1.4/keep-alive-sent'],
    consequences: ['3.1.2/local-termination-stops'],
    instead: {
      left: (usual, { name, ms }, waited) =>
        name === 'silence' && usual === 0 ? Math.max(0, 3 * ms - waited) : usual,
    },
  },
  'keep-alive-never-closes': {
    title: 'Waits for an Echo-Reply for ever',
    section: '3.1.4',
    breaks: ['3.1.4/keep-alive-unanswered'],
    consequences: ['1.3.1/keep-alive', '2.5/identifier-matched', '3.1.4/closes-tcp'],
    instead: forEver('echo-reply'),
  },
  'keep-alive-closes-early': {
    title: 'Closes 10 s after its Echo-Request if no reply came',
    section: '3.1.4',
    breaks: ['3.1.4/keep-alive-patience'],
    instead: briefly('echo-reply'),
  },
  'stop-reply-awaited-forever': {
    title: 'Waits for a stop reply for ever',
    section: '3',
    iut: 'originator',
    breaks: ['3/reply-time-out'],
    instead: forEver('stop-reply'),
  },
  'stop-reply-awaited-briefly': {
    title: 'Closes 10 s after its stop request if no reply came',
    section: '3',
    iut: 'originator',
    breaks: ['3/reply-patience'],
    instead: briefly('stop-reply'),
  },
  'call-reply-awaited-forever': {
    title: 'Waits for ever for a call reply, Incoming-Call-Connected or Call-Disconnect-Notify',
    section: '3.2.1',
    breaks: ['3.2.1/stuck-transition'],
    consequences: ['3/reply-time-out'],
    instead: forEver('call-reply', 'call-connected', 'call-disconnected'),
  },
  'call-reply-awaited-briefly': {
    title: 'Waits only 10 s for a call reply, Incoming-Call-Connected or Call-Disconnect-Notify',
    section: '3.2.1',
    breaks: ['3.2.1/no-short-timers'],
    consequences: ['3.1.2/local-termination-stops', '3.2.1/stuck-transition', '3/reply-patience'],
    instead: briefly('call-reply', 'call-connected', 'call-disconnected'),
  },
  'incoming-connected-awaited-forever': {
    title: 'Waits for Incoming-Call-Connected for ever',
    section: '3.2.1',
    breaks: ['3.2.1/stuck-transition'],
    instead: forEver('call-connected'),
  },
} satisfies Record<string, Fault>
