import type { Need, ScenarioCase } from '../scenario/scenario.ts'
import { messagesOf, type ReadTrace, type TraceMessage } from '../trace/messages.ts'
import type { Trace } from '../trace/trace.ts'

/** The reason why no call can work, and the cases that cannot be played for that reason. */
export interface Diagnosis {
  /**
   * The failure in one sentence without a subject: reports put the implementation's name before it.
   */
  readonly text: string
  readonly remedies: readonly string[]
  /** A case with one of these needs cannot be played. */
  readonly spoils: readonly Need[]
}

const CALLS: readonly Need[] = ['outgoing-calls', 'ppp', 'two-calls']
const TUNNELS: readonly Need[] = ['ppp']

const LOOK_AT_PPP =
  'see whether it can start its PPP daemon (is pppd installed, does the kernel have its PPP driver?): when the daemon dies, the call ends'
const LOOK_AT_GRE =
  'see whether IP protocol 47 (GRE) passes between tester and implementation: firewall, NAT without a PPTP helper, container network'
const LOOK_AT_LOG =
  'the implementation logged nothing: see whether its log goes to the standard output of its container'

/**
 * Finds in the trace of one probing call the reason why no call works; undefined when the trace
 * shows none.
 * @param logged whether the implementation logged anything during that call.
 */
export function diagnose(reading: ReadTrace, logged: boolean): Diagnosis | undefined {
  const found = diagnosisOf(reading)
  if (found === undefined || logged) return found
  return { ...found, remedies: [...found.remedies, LOOK_AT_LOG] }
}

function diagnosisOf(reading: ReadTrace): Diagnosis | undefined {
  const { trace } = reading
  const messages = messagesOf(reading)
  const request = controlOf(messages, 'Outgoing-Call-Request')
  const started = controlOf(messages, 'Start-Control-Connection-Reply')
  if (started === undefined) return undefined
  const closed = closeOf(trace)
  if (request === undefined)
    return started.from === 'tester'
      ? {
          text: 'never asks for a call: no Outgoing-Call-Request follows the start reply',
          remedies: ['see which address it is told to dial, and whether it accepts the start reply'],
          spoils: CALLS,
        }
      : undefined
  const reply = controlOf(messages, 'Outgoing-Call-Reply')
  if (reply === undefined)
    return request.from === 'iut'
      ? undefined
      : {
          text:
            closed === undefined
              ? 'never answers an Outgoing-Call-Request'
              : 'closes the control connection upon every Outgoing-Call-Request',
          remedies: [
            LOOK_AT_PPP,
            'if it takes no outgoing calls at all, its manifest must not claim pics.outgoingCalls',
          ],
          spoils: CALLS,
        }
  const { resultCode, errorCode } = reply.message as {
    readonly resultCode?: number
    readonly errorCode?: number
  }
  if (resultCode !== 1)
    return reply.from === 'tester'
      ? undefined
      : {
          text: `refuses every call (Outgoing-Call-Reply with Result Code ${resultCode}, Error Code ${errorCode})`,
          remedies: [
            'see whether it has a free channel and an address to assign, and what its log says about the refusal',
          ],
          spoils: CALLS,
        }
  const fromIt = messages.filter((part) => part.kind === 'gre' && part.from === 'iut')
  const hasPayload = fromIt.some(({ octets }) => octets.length > 16)
  if (hasPayload) return undefined
  // An end that closes its call stops receiving GRE, so an ICMP error afterwards follows from the
  // close.
  const ended = closed ?? controlOf(messages, 'Call-Disconnect-Notify', 'iut')?.entry
  if (ended !== undefined)
    return {
      text: `ends every call ${Math.round(ended.at - reply.entry.at)} ms after the Outgoing-Call-Reply, before a PPP packet comes`,
      remedies: [LOOK_AT_PPP, LOOK_AT_GRE],
      spoils: CALLS,
    }
  const error = trace.entries.find(({ kind }) => kind === 'gre-error')
  if (error?.kind === 'gre-error')
    return {
      text: `answers GRE with ICMP (${error.detail}): no program takes the packets of its calls`,
      remedies: [LOOK_AT_GRE, LOOK_AT_PPP],
      spoils: CALLS,
    }
  return fromIt.length === 0
    ? {
        text: 'connects calls, but not one GRE packet arrives from it',
        remedies: [LOOK_AT_GRE, LOOK_AT_PPP],
        spoils: TUNNELS,
      }
    : {
        text: 'connects calls, but no PPP packet comes through their tunnels',
        remedies: [LOOK_AT_PPP],
        spoils: TUNNELS,
      }
}

/** Whether a case needs something that does not work according to the diagnosis. */
export function isSpoiled({ needs }: ScenarioCase, { spoils }: Diagnosis): boolean {
  return needs.some((need) => spoils.includes(need))
}

function controlOf(
  messages: readonly TraceMessage[],
  name: string,
  from?: 'iut' | 'tester',
): (TraceMessage & { readonly kind: 'control' }) | undefined {
  return messages.find(
    (part): part is TraceMessage & { readonly kind: 'control' } =>
      part.kind === 'control' && part.message.name === name && (from === undefined || part.from === from),
  )
}

/** The entry at which the implementation closed a connection before the tester did. */
function closeOf({ entries }: Trace) {
  const first = entries.find(({ kind }) => kind === 'tcp-end' || kind === 'tcp-reset')
  return first !== undefined && 'from' in first && first.from === 'iut' ? first : undefined
}
