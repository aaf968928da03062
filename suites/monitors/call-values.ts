import type { BodyValues } from '../../harness/protocol/messages.ts'
import type { CallView } from '../../harness/scenario/conversation.ts'
import type { Watch, WatchedMessage } from '../../harness/scenario/monitor.ts'
import { monitor } from '../catalogue.ts'

/** ms between two WAN-Error-Notify of a call: 60 s, less 1 s by which the network may vary. */
const INTERVAL = 59_000

const COUNTERS = [
  'crcErrors',
  'framingErrors',
  'hardwareOverruns',
  'bufferOverruns',
  'timeoutErrors',
  'alignmentErrors',
] as const

const DECIDES = [
  '2.1/maximum-channels-sent',
  '2.2/capabilities-some',
  '2.7/window-sent',
  '2.7/speed-range-sent',
  '2.7/phone-number-length-sent',
  '2.9/dialed-number-length',
  '2.9/dialing-number-length',
  '2.8/connect-speed',
  '2.8/window',
  '2.10/window',
  '2.11/window',
  '2.14/interval',
  '2.14/cumulative',
  '2.14/only-on-error',
] as const
type Requirement = (typeof DECIDES)[number]

/** What the subject announced about itself and its calls. */
interface AnnouncedValues {
  readonly observe: Watch<Requirement>['observe']
  /** Maximum Channels that the subject announced, by connection, until its role shows. */
  readonly channels: Map<number, { readonly value: number; readonly entry: number }>
  /** Capabilities in a start reply that reported success, by connection. */
  readonly capabilities: Map<
    number,
    { readonly framing: number; readonly bearer: number; readonly entry: number }
  >
  /** The latest WAN-Error-Notify of each call. */
  readonly errors: Map<CallView, { readonly at: number; readonly counters: readonly number[] }>
  /** The roles that the subject has shown, by connection. */
  readonly roles: Map<number, Set<'PNS' | 'PAC'>>
}

export default monitor(
  {
    id: 'call-values',
    purpose: 'Speeds, windows, number lengths and error counters of a call are plausible.',
    decides: DECIDES,
    provenBy: [
      'start-request-channels-as-pns',
      'start-reply-no-capabilities',
      'call-request-window-zero',
      'call-request-speeds-inverted',
      'call-request-phone-number-length-wrong',
      'call-reply-speed-out-of-range',
      'call-reply-window-zero',
      'incoming-reply-window-zero',
    ],
    readings: ['A-43'],
  },
  ({ observe }) => {
    const announced: AnnouncedValues = {
      observe,
      channels: new Map(),
      capabilities: new Map(),
      errors: new Map(),
      roles: new Map(),
    }
    return {
      sent: (seen) => judgeMessage(announced, seen),
      heard({ message, connection, call }) {
        // Only the reply shows the role. An unanswered request would show it by chance, if it falls
        // into a short conversation, and so would a reply to a call that is being cleared.
        if (message.name === 'Outgoing-Call-Reply' && call?.phase === 'asked' && !call.clearing)
          addRole(announced, connection.number, 'PNS')
      },
      end() {
        judgeCapabilities(announced)
        judgeChannels(announced)
      },
    }
  },
)

function addRole({ roles }: AnnouncedValues, connection: number, role: 'PNS' | 'PAC'): void {
  const known = roles.get(connection) ?? new Set()
  roles.set(connection, known.add(role))
}

function judgeMessage(
  announced: AnnouncedValues,
  { message, entry, connection, call }: WatchedMessage,
): void {
  const at = entry.index
  switch (message.name) {
    case 'Start-Control-Connection-Request':
    case 'Start-Control-Connection-Reply':
      announced.channels.set(connection.number, { value: message.maximumChannels, entry: at })
      if (message.name === 'Start-Control-Connection-Reply' && message.resultCode === 1) {
        const { framingCapabilities: framing, bearerCapabilities: bearer } = message
        announced.capabilities.set(connection.number, { framing, bearer, entry: at })
      }
      return
    case 'Outgoing-Call-Request':
      judgeWindow(announced, '2.7/window-sent', message, at)
      judgeRequest(announced, message, at)
      return
    case 'Incoming-Call-Request':
      addRole(announced, connection.number, 'PAC')
      judgeNumbers(announced, message, at)
      return
    case 'Outgoing-Call-Reply':
      addRole(announced, connection.number, 'PAC')
      if (message.resultCode !== 1) return
      judgeWindow(announced, '2.8/window', message, at)
      judgeSpeed(announced, message.connectSpeed, call, at)
      return
    case 'Incoming-Call-Reply':
      if (message.resultCode === 1) judgeWindow(announced, '2.10/window', message, at)
      return
    case 'Incoming-Call-Connected':
      judgeWindow(announced, '2.11/window', message, at)
      return
    case 'WAN-Error-Notify':
      if (call !== undefined) judgeErrors(announced, call, message, { entry: at, at: entry.at })
  }
}

function judgeWindow(
  { observe }: AnnouncedValues,
  requirement: Requirement,
  { name, packetRecvWindowSize: size }: { readonly name: string; readonly packetRecvWindowSize: number },
  entry: number,
): void {
  observe(requirement, {
    ok: size > 0,
    expected: `${name} with a Packet Recv. Window Size of at least 1`,
    seen: `Packet Recv. Window Size ${size}`,
    entry,
  })
}

function judgeRequest(
  announced: AnnouncedValues,
  { minimumBps, maximumBps, phoneNumberLength, phoneNumber }: BodyValues<'Outgoing-Call-Request'>,
  entry: number,
): void {
  announced.observe('2.7/speed-range-sent', {
    ok: minimumBps <= maximumBps,
    expected: 'a Minimum BPS of at most Maximum BPS',
    seen: `Minimum BPS ${minimumBps}, Maximum BPS ${maximumBps}`,
    entry,
  })
  judgeLength(
    announced,
    '2.7/phone-number-length-sent',
    'Phone Number',
    phoneNumber,
    phoneNumberLength,
    entry,
  )
}

function judgeNumbers(
  announced: AnnouncedValues,
  {
    dialedNumber,
    dialedNumberLength,
    dialingNumber,
    dialingNumberLength,
  }: BodyValues<'Incoming-Call-Request'>,
  entry: number,
): void {
  judgeLength(announced, '2.9/dialed-number-length', 'Dialed Number', dialedNumber, dialedNumberLength, entry)
  judgeLength(
    announced,
    '2.9/dialing-number-length',
    'Dialing Number',
    dialingNumber,
    dialingNumberLength,
    entry,
  )
}

function judgeLength(
  { observe }: AnnouncedValues,
  requirement: Requirement,
  label: string,
  number: string,
  length: number,
  entry: number,
): void {
  observe(requirement, {
    ok: length === number.length,
    expected: `${label} Length ${number.length}, that of ${label}`,
    seen: `${label} Length ${length}`,
    entry,
    // The sender decides how many of the 64 octets are valid digits, so a mismatch only warns.
    ...(length <= 64 ? { otherwise: 'warn' as const } : {}),
  })
}

function judgeSpeed(
  { observe }: AnnouncedValues,
  speed: number,
  call: CallView | undefined,
  entry: number,
): void {
  if (call === undefined || !('minimumBps' in call.request)) return
  const { minimumBps, maximumBps } = call.request
  if (minimumBps > maximumBps) return
  observe('2.8/connect-speed', {
    ok: speed >= minimumBps && speed <= maximumBps,
    expected: `Connect Speed from ${minimumBps} to ${maximumBps}`,
    seen: `Connect Speed ${speed}`,
    entry,
  })
}

function judgeErrors(
  { observe, errors }: AnnouncedValues,
  call: CallView,
  message: BodyValues<'WAN-Error-Notify'>,
  { entry, at }: { readonly entry: number; readonly at: number },
): void {
  const counters = COUNTERS.map((name) => message[name])
  const last = errors.get(call)
  errors.set(call, { at, counters })
  if (last === undefined) return
  observe('2.14/interval', {
    ok: at - last.at >= INTERVAL,
    expected: 'one WAN-Error-Notify in 60 s for a call',
    seen: `WAN-Error-Notify ${((at - last.at) / 1000).toFixed(1)} s after the call's last WAN-Error-Notify`,
    entry,
  })
  const told = (index: number) => `${COUNTERS[index]} ${counters[index]} after ${last.counters[index]}`
  const changed = counters.findIndex((count, index) => count !== last.counters[index])
  observe('2.14/only-on-error', {
    ok: changed !== -1,
    expected: 'at least one counter that has changed since the last WAN-Error-Notify',
    seen: changed === -1 ? 'the same counters as in the last WAN-Error-Notify' : told(changed),
    entry,
  })
  const back = counters.findIndex((count, index) => count < (last.counters[index] ?? 0))
  observe('2.14/cumulative', {
    ok: back === -1,
    expected: 'counters that never decrease within a call',
    seen: back === -1 ? 'no counter that has decreased' : told(back),
    entry,
  })
}

function judgeCapabilities({ observe, capabilities, roles }: AnnouncedValues): void {
  for (const [connection, { framing, bearer, entry }] of capabilities)
    if (roles.get(connection)?.has('PAC'))
      observe('2.2/capabilities-some', {
        ok: framing !== 0 && bearer !== 0,
        expected: 'at least one framing and one bearer capability from a PAC that takes calls',
        seen: `Framing Capabilities ${framing}, Bearer Capabilities ${bearer}`,
        entry,
        otherwise: 'warn',
      })
}

function judgeChannels({ observe, channels, roles }: AnnouncedValues): void {
  for (const [connection, { value, entry }] of channels) {
    const known = roles.get(connection)
    // A subject that also accepts calls, or only incoming ones, may be a PAC as well, and announce
    // channels.
    if (known === undefined || known.has('PAC')) continue
    observe('2.1/maximum-channels-sent', {
      ok: value === 0,
      expected: 'Maximum Channels 0 from a PNS',
      seen: `Maximum Channels ${value}`,
      entry,
    })
  }
}
