import type { CallView } from '../../harness/scenario/conversation.ts'
import { isLiving } from '../../harness/scenario/conversation.ts'
import type { Watched } from '../../harness/scenario/monitor.ts'
import { monitor } from '../catalogue.ts'

export default monitor(
  {
    id: 'replies',
    purpose: 'Every reply answers a request, just once, and says which.',
    decides: [
      '2.2/one-reply',
      '2.4/one-reply',
      '2.6/one-reply',
      '2.6/identifier',
      '2.8/one-reply',
      '2.8/peers-call-id',
      '3.2.4/two-messages',
      '2.10/one-reply',
      '2.10/peers-call-id',
      '2.9/first-of-three',
      '2.11/third-of-three',
      '3.2.3/not-answered-first',
      '2.11/peers-call-id',
      '2.13/one-notify',
      '2.13/result-request-only',
    ],
    provenBy: [
      'start-reply-twice',
      'stop-reply-twice',
      'echo-reply-twice',
      'echo-wrong-identifier',
      'set-link-info-answers',
      'call-reply-twice',
      'call-reply-wrong-peer-id',
      'incoming-reply-wrong-peer-id',
      'clear-notify-twice',
      'incoming-refusal-twice',
      'analog-call-three-messages',
    ],
  },
  ({ subject, peer, observe }) => {
    type Requirement = Parameters<typeof observe>[0]

    function once(requirement: Requirement, { message, entry }: Watched, request: string, ok: boolean): void {
      observe(requirement, {
        ok,
        expected: `each ${message.name} in answer to one ${request}`,
        seen: ok ? 'just that' : `${message.name} without ${request} to answer`,
        entry: entry.index,
      })
    }

    /** A reply about a call: `waiting` is what it could have answered. */
    function aboutCall(
      requirements: { readonly once: Requirement; readonly which: Requirement },
      seen: Watched,
      request: string,
      waiting: (call: CallView) => boolean,
    ): void {
      const { message, entry, call, connection } = seen
      const others = call === undefined && connection.calls.some(waiting)
      if (!others) once(requirements.once, seen, request, call !== undefined)
      if (call === undefined && !others) return
      observe(requirements.which, {
        ok: call !== undefined,
        expected: `${message.name} with the Peer's Call ID of an unanswered ${request}`,
        seen: `Peer's Call ID ${'peersCallId' in message ? message.peersCallId : 'absent'}`,
        entry: entry.index,
      })
    }

    /** The third message of an incoming call. */
    function connected({ entry, call, connection }: Watched, peersCallId: number): void {
      const mine = connection.calls.filter((one) => one.pac === subject && one.direction === 'incoming')
      const begun = mine.length > 0
      const due = mine.some(({ phase }) => phase === 'accepted')
      const third = {
        ok: due,
        expected: 'Incoming-Call-Connected once after each accepting Incoming-Call-Reply',
        seen: due ? 'just that' : 'one without that',
        entry: entry.index,
      }
      observe('2.11/third-of-three', third)
      observe('3.2.3/not-answered-first', third)
      observe('2.9/first-of-three', {
        ok: begun,
        expected: 'Incoming-Call-Connected after Incoming-Call-Request',
        seen: begun ? 'just that' : 'one without that',
        entry: entry.index,
      })
      const outgoing = connection.calls.some(
        (one) => one.direction === 'outgoing' && one.pac === subject && one.pnsId === peersCallId,
      )
      if (call === undefined && outgoing)
        observe('3.2.4/two-messages', {
          ok: false,
          expected: 'an outgoing call that is set up with two messages',
          seen: 'Incoming-Call-Connected as a third',
          entry: entry.index,
        })
      observe('2.11/peers-call-id', {
        ok: call !== undefined,
        expected: "Incoming-Call-Connected with the Peer's Call ID of an accepting Incoming-Call-Reply",
        seen: `Peer's Call ID ${peersCallId}`,
        entry: entry.index,
      })
    }

    return {
      sent(seen) {
        const { message, entry, connection, call } = seen
        if (!connection.wholesome) return
        switch (message.name) {
          case 'Start-Control-Connection-Reply':
            once('2.2/one-reply', seen, 'Start-Control-Connection-Request', connection.openStarts[peer] > 0)
            return
          case 'Stop-Control-Connection-Reply':
            once('2.4/one-reply', seen, 'Stop-Control-Connection-Request', connection.openStops[peer] > 0)
            return
          case 'Echo-Reply': {
            const open = connection.openEchoes[peer]
            const ok = open.has(message.identifier)
            if (ok || open.size === 0) once('2.6/one-reply', seen, 'Echo-Request', ok)
            if (ok || open.size > 0)
              observe('2.6/identifier', {
                ok,
                expected: 'Echo-Reply with the Identifier of an unanswered Echo-Request',
                seen: `Identifier ${message.identifier}`,
                entry: entry.index,
              })
            return
          }
          case 'Outgoing-Call-Reply':
            if (call?.direction === 'outgoing' && message.resultCode === 1)
              observe('3.2.4/two-messages', {
                ok: true,
                expected: 'an outgoing call that is set up with two messages',
                seen: 'just that',
                entry: entry.index,
              })
            aboutCall(
              { once: '2.8/one-reply', which: '2.8/peers-call-id' },
              seen,
              'Outgoing-Call-Request',
              (one) => one.direction === 'outgoing' && one.pac === subject && one.phase === 'asked',
            )
            return
          case 'Incoming-Call-Reply':
            aboutCall(
              { once: '2.10/one-reply', which: '2.10/peers-call-id' },
              seen,
              'Incoming-Call-Request',
              (one) => one.direction === 'incoming' && one.pns === subject && one.phase === 'asked',
            )
            return
          case 'Incoming-Call-Connected':
            connected(seen, message.peersCallId)
            return
          case 'Call-Disconnect-Notify': {
            // A clear request for a call that is gone may be answered with Bad-Call ID
            // (interpretation A-05).
            if (call === undefined || message.resultCode === 2 || connection.phase !== 'established') return
            const ok = isLiving(call) || call.phase === 'refused'
            if (ok && message.resultCode === 4)
              observe('2.13/result-request-only', {
                ok: call.clearing,
                expected: 'Result Code 4 in answer to a Call-Clear-Request',
                seen: call.clearing ? 'just that' : 'Result Code 4 without one',
                entry: entry.index,
              })
            observe('2.13/one-notify', {
              ok,
              expected: 'one Call-Disconnect-Notify for each call',
              seen: ok ? 'just that' : `another one for Call ID ${message.callId}`,
              entry: entry.index,
            })
            return
          }
        }
      },
    }
  },
)
