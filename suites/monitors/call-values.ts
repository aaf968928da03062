import type { CallView } from '../../harness/scenario/conversation.ts'
import { monitor } from '../catalogue.ts'

/** ms between two WAN-Error-Notify of a call, less what a network may squeeze them together. */
const INTERVAL = 59_000

const COUNTERS = [
  'crcErrors',
  'framingErrors',
  'hardwareOverruns',
  'bufferOverruns',
  'timeoutErrors',
  'alignmentErrors',
] as const

export default monitor(
  {
    id: 'call-values',
    purpose: 'What is said of a call makes sense: speeds, windows, number lengths, error counters.',
    decides: [
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
    ],
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
    type Requirement = Parameters<typeof observe>[0]
    /** Maximum Channels that the subject announced, by connection, until its role shows. */
    const channels = new Map<number, { readonly value: number; readonly entry: number }>()
    const capabilities = new Map<number, { readonly ok: boolean; readonly entry: number }>()
    const errors = new Map<CallView, { readonly at: number; readonly counters: readonly number[] }>()
    const roles = new Map<number, Set<'PNS' | 'PAC'>>()

    function plays(connection: number, role: 'PNS' | 'PAC'): void {
      const known = roles.get(connection) ?? new Set()
      roles.set(connection, known.add(role))
    }

    function window(requirement: Requirement, name: string, size: number, entry: number): void {
      observe(requirement, {
        ok: size > 0,
        expected: `${name} with a Packet Recv. Window Size of at least 1`,
        seen: `Packet Recv. Window Size ${size}`,
        entry,
      })
    }

    function digits(
      requirement: Requirement,
      label: string,
      number: string,
      length: number,
      at: number,
    ): void {
      observe(requirement, {
        ok: length === number.length,
        expected: `${label} Length ${number.length}, that of ${label}`,
        seen: `${label} Length ${length}`,
        entry: at,
        // Which digits are valid is the sender's to say, as long as the field has so many.
        ...(length <= 64 ? { otherwise: 'warn' as const } : {}),
      })
    }

    return {
      sent({ message, entry, connection, call }) {
        const at = entry.index
        switch (message.name) {
          case 'Start-Control-Connection-Request':
          case 'Start-Control-Connection-Reply':
            channels.set(connection.number, {
              value: message.maximumChannels,
              entry: at,
            })
            if (message.name === 'Start-Control-Connection-Reply' && message.resultCode === 1)
              capabilities.set(connection.number, {
                ok: message.framingCapabilities !== 0 && message.bearerCapabilities !== 0,
                entry: at,
              })
            return
          case 'Outgoing-Call-Request': {
            window('2.7/window-sent', message.name, message.packetRecvWindowSize, at)
            const { minimumBps, maximumBps, phoneNumberLength, phoneNumber } = message
            observe('2.7/speed-range-sent', {
              ok: minimumBps <= maximumBps,
              expected: 'a Minimum BPS of at most Maximum BPS',
              seen: `Minimum BPS ${minimumBps}, Maximum BPS ${maximumBps}`,
              entry: at,
            })
            digits('2.7/phone-number-length-sent', 'Phone Number', phoneNumber, phoneNumberLength, at)
            return
          }
          case 'Incoming-Call-Request':
            plays(connection.number, 'PAC')
            digits(
              '2.9/dialed-number-length',
              'Dialed Number',
              message.dialedNumber,
              message.dialedNumberLength,
              at,
            )
            digits(
              '2.9/dialing-number-length',
              'Dialing Number',
              message.dialingNumber,
              message.dialingNumberLength,
              at,
            )
            return
          case 'Outgoing-Call-Reply': {
            plays(connection.number, 'PAC')
            if (message.resultCode !== 1) return
            window('2.8/window', message.name, message.packetRecvWindowSize, at)
            if (call === undefined || !('minimumBps' in call.request)) return
            const { minimumBps, maximumBps } = call.request
            if (minimumBps > maximumBps) return
            observe('2.8/connect-speed', {
              ok: message.connectSpeed >= minimumBps && message.connectSpeed <= maximumBps,
              expected: `Connect Speed from ${minimumBps} to ${maximumBps}`,
              seen: `Connect Speed ${message.connectSpeed}`,
              entry: at,
            })
            return
          }
          case 'Incoming-Call-Reply':
            if (message.resultCode === 1)
              window('2.10/window', message.name, message.packetRecvWindowSize, at)
            return
          case 'Incoming-Call-Connected':
            window('2.11/window', message.name, message.packetRecvWindowSize, at)
            return
          case 'WAN-Error-Notify': {
            if (call === undefined) return
            const counters = COUNTERS.map((name) => message[name])
            const last = errors.get(call)
            errors.set(call, { at: entry.at, counters })
            if (last === undefined) return
            observe('2.14/interval', {
              ok: entry.at - last.at >= INTERVAL,
              expected: 'one WAN-Error-Notify in 60 s for a call',
              seen: `another one after ${((entry.at - last.at) / 1000).toFixed(1)} s`,
              entry: at,
            })
            const back = COUNTERS.find((_, index) => (counters[index] ?? 0) < (last.counters[index] ?? 0))
            observe('2.14/only-on-error', {
              ok: counters.some((count, index) => count !== last.counters[index]),
              expected: 'some counter that has changed',
              seen: 'the counters of the last one',
              entry: at,
            })
            observe('2.14/cumulative', {
              ok: back === undefined,
              expected: 'counters that never go back',
              seen: back === undefined ? 'just that' : `${back} ${message[back]} after more`,
              entry: at,
            })
          }
        }
      },
      heard({ message, connection, call }) {
        // Not before: whether a request that nobody waits for falls into a short conversation is a
        // matter of chance, and so is whether a reply comes before the end of one that is being
        // given up.
        if (message.name === 'Outgoing-Call-Reply' && call?.phase === 'asked' && !call.clearing)
          plays(connection.number, 'PNS')
      },
      end() {
        for (const [connection, { ok, entry }] of capabilities)
          if (roles.get(connection)?.has('PAC'))
            observe('2.2/capabilities-some', {
              ok,
              expected: 'some framing and some bearer capability of a PAC that takes calls',
              seen: ok ? 'just that' : 'none',
              entry,
              otherwise: 'warn',
            })
        for (const [connection, { value, entry }] of channels) {
          const known = roles.get(connection)
          // One that also accepts calls, or only incoming ones, may well be both: it has channels
          // to announce.
          if (known === undefined || known.has('PAC')) continue
          observe('2.1/maximum-channels-sent', {
            ok: value === 0,
            expected: 'Maximum Channels 0 from a PNS',
            seen: `Maximum Channels ${value}`,
            entry,
          })
        }
      },
    }
  },
)
