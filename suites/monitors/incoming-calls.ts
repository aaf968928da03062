import { type CallView, isLiving } from '../../harness/scenario/conversation.ts'
import type { Watched } from '../../harness/scenario/monitor.ts'
import { monitor } from '../catalogue.ts'

/**
 * ms after which what is due and has not come counts as missing: section 3.2.1 gives a state a
 * minute.
 */
const STUCK = 60_000

/** Told that the call is wanted, the PAC connects it or says that it is over. */
const CONNECTS = ['2.10/result-connect', '3.2.3/reply-connects', '3.2.3.1/wait-reply-accepted'] as const
const CLEARED = ['2.12/incoming-too', '3.2.3.1/established-clear-request'] as const
const CLEARS = ['3.2.3/cleared-by-request', '3.2.3.2/established-clears'] as const
const REFUSED = { 2: '2.10/result-general-error', 3: '2.10/result-do-not-accept' } as const

export default monitor(
  {
    id: 'incoming-calls',
    purpose: 'An incoming call goes from state to state as sections 3.2.3.1 and 3.2.3.2 say.',
    decides: [
      ...CONNECTS,
      ...CLEARED,
      ...CLEARS,
      '2.10/peers-call-id-matched',
      '2.10/result-general-error',
      '2.10/result-do-not-accept',
      '3.2.3/accepted-with-window',
      '3.2.3.1/wait-reply-refused',
      '3.2.3.1/wait-reply-aborted',
      '3.2.3.1/established-data',
      '3.2.3.2/wait-disconnect',
    ],
    provenBy: ['incoming-reply-window-zero'],
  },
  ({ subject, observe }) => {
    type Requirement = Parameters<typeof observe>[0]
    /** Calls of the subject as PAC that the PNS does not want, by its Result Code. */
    const refused = new Map<CallView, 2 | 3>()
    /** Those that it wants, and those that it wants to end; since when. */
    const wanted = new Map<CallView, number>()
    const clearing = new Map<CallView, number>()
    let now = 0

    function each(
      requirements: readonly Requirement[],
      ok: boolean,
      expected: string,
      seen: string,
      entry?: number,
    ): void {
      for (const requirement of requirements)
        observe(requirement, { ok, expected, seen, ...(entry === undefined ? {} : { entry }) })
    }

    /** The subject says that a call is connected. */
    function connected({ entry, call, connection }: Watched, peersCallId: number): void {
      const mine = connection.calls.filter((one) => one.direction === 'incoming' && one.pac === subject)
      if (mine.length === 0) return
      each(
        ['2.10/peers-call-id-matched'],
        call !== undefined,
        'Incoming-Call-Connected for the call whose reply accepted it',
        call === undefined ? `one for Call ID ${peersCallId}, which no such reply assigned` : 'just that',
        entry.index,
      )
      if (call !== undefined) {
        each(CONNECTS, true, 'Incoming-Call-Connected or Call-Disconnect-Notify', 'connected', entry.index)
        return
      }
      const unwanted = mine.findLast(({ phase, pnsId }) => phase === 'refused' && pnsId === peersCallId)
      const code = unwanted === undefined ? undefined : refused.get(unwanted)
      if (unwanted === undefined || code === undefined) return
      refused.delete(unwanted)
      each(
        [REFUSED[code], '3.2.3.1/wait-reply-refused'],
        false,
        `no Incoming-Call-Connected after Result Code ${code}`,
        'Incoming-Call-Connected',
        entry.index,
      )
    }

    /** The subject says that a call is over. */
    function notified({ entry, call, connection }: Watched): void {
      const at = entry.index
      if (call === undefined) {
        // A PNS has no such message to end its call with (interpretation A-02).
        const { calls } = connection
        const own = calls.some((one) => one.direction === 'incoming' && one.pns === subject && isLiving(one))
        if (own && !calls.some(({ pac }) => pac === subject))
          each(CLEARS, false, 'Call-Clear-Request from a PNS', 'Call-Disconnect-Notify from it', at)
        return
      }
      if (call.direction !== 'incoming' || !isLiving(call)) return
      if (call.phase === 'accepted')
        each(CONNECTS, true, 'Incoming-Call-Connected or Call-Disconnect-Notify', 'notified', at)
      if (call.phase !== 'connected')
        each(
          ['3.2.3.1/wait-reply-aborted'],
          true,
          'Call-Disconnect-Notify for a call given up',
          'just that',
          at,
        )
      if (call.clearing)
        each(CLEARED, true, 'Call-Disconnect-Notify after Call-Clear-Request', 'just that', at)
    }

    /** The subject takes a call. */
    function accepts({ entry, call, connection }: Watched, callId: number, window: number): void {
      observe('3.2.3/accepted-with-window', {
        ok: window > 0,
        expected: 'a Packet Recv. Window Size in the reply that accepts a call',
        seen: `Packet Recv. Window Size ${window}`,
        entry: entry.index,
      })
      const waiting = connection.calls.some(
        (one) => one !== call && one.pns === subject && one.pnsId === callId && one.clearing && isLiving(one),
      )
      if (waiting)
        observe('3.2.3.2/wait-disconnect', {
          ok: false,
          expected: 'a Call ID in use until Call-Disconnect-Notify comes',
          seen: `Call ID ${callId} for another call before that`,
          entry: entry.index,
        })
    }

    return {
      sent(seen) {
        const { message, entry, connection, call } = seen
        now = entry.at
        if (!connection.wholesome) return
        if (message.name === 'Incoming-Call-Connected') connected(seen, message.peersCallId)
        else if (message.name === 'Call-Disconnect-Notify') notified(seen)
        else if (message.name === 'Incoming-Call-Reply' && message.resultCode === 1)
          accepts(seen, message.callId, message.packetRecvWindowSize)
        else if (message.name === 'Call-Clear-Request' && call?.direction === 'incoming' && isLiving(call))
          each(CLEARS, true, 'Call-Clear-Request from a PNS that ends a call', 'just that', entry.index)
      },
      heard({ message, entry, connection, call }) {
        now = entry.at
        if (!connection.wholesome || call?.direction !== 'incoming' || !isLiving(call)) return
        if (message.name === 'Call-Disconnect-Notify' && call.pns === subject && call.clearing)
          observe('3.2.3.2/wait-disconnect', {
            ok: true,
            expected: 'a Call ID in use until Call-Disconnect-Notify comes',
            seen: 'just that',
            entry: entry.index,
          })
        if (call.pac !== subject) return
        if (message.name === 'Call-Clear-Request' && call.phase === 'connected') clearing.set(call, entry.at)
        if (message.name !== 'Incoming-Call-Reply' || call.phase !== 'asked') return
        if (message.resultCode === 1) wanted.set(call, entry.at)
        else if (message.resultCode === 2 || message.resultCode === 3) refused.set(call, message.resultCode)
      },
      packetSent({ packet, entry, tunnel, call }) {
        now = entry.at
        if (!tunnel.known || packet.payload.length === 0 || call?.ended !== undefined) return
        if (call?.direction !== 'incoming' || call.pac !== subject) return
        observe('3.2.3.1/established-data', {
          ok: call.phase === 'connected',
          expected: 'data of a connected call only',
          seen: call.phase === 'connected' ? 'just that' : `data of a call that is ${call.phase}`,
          entry: entry.index,
        })
      },
      packetHeard({ entry }) {
        now = entry.at
      },
      end() {
        for (const code of refused.values())
          each(
            [REFUSED[code], '3.2.3.1/wait-reply-refused'],
            true,
            `no Incoming-Call-Connected after Result Code ${code}`,
            'just that',
          )
        const stuck = ({ connection }: CallView, since: number) =>
          connection.wholesome && connection.phase === 'established' && now - since > STUCK
        for (const [call, since] of wanted)
          if (call.phase === 'accepted' && !call.clearing && stuck(call, since))
            each(
              [...CONNECTS, '3.2.3.1/wait-reply-aborted'],
              false,
              'Incoming-Call-Connected or Call-Disconnect-Notify',
              'neither within a minute',
            )
        for (const [call, since] of clearing)
          if (isLiving(call) && stuck(call, since))
            each(CLEARED, false, 'Call-Disconnect-Notify after Call-Clear-Request', 'none within a minute')
      },
    }
  },
)
