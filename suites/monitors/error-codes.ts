import type { MessageName } from '../../harness/protocol/messages.ts'
import { monitor } from '../catalogue.ts'

const REQUIREMENTS = {
  'Start-Control-Connection-Reply': '2.2/error-code',
  'Stop-Control-Connection-Reply': '2.4/error-code',
  'Echo-Reply': '2.6/error-code',
  'Outgoing-Call-Reply': '2.8/error-code',
  'Incoming-Call-Reply': '2.10/error-code',
  'Call-Disconnect-Notify': '2.13/error-code',
} as const satisfies Partial<Record<MessageName, string>>

const GENERAL_ERROR = 2
const PAC_ERROR = 6

export default monitor(
  {
    id: 'error-codes',
    purpose: 'Error Code is not 0 with a general error (Result Code 2), and 0 with any other Result Code.',
    decides: [
      '2.2/error-code',
      '2.4/error-code',
      '2.6/error-code',
      '2.8/error-code',
      '2.10/error-code',
      '2.13/error-code',
      '2.16/error-code-given',
      '2.16/none',
      '2.16/pac-error-by-pac',
    ],
    provenBy: [
      'start-reply-error-with-success',
      'version-refusal-error-set',
      'stop-reply-error-set',
      'echo-reply-error-set',
      'call-reply-error-with-success',
      'call-refusal-without-error',
      'incoming-reply-error-with-success',
      'clear-error-set',
    ],
    readings: ['A-16'],
  },
  ({ observe }) => ({
    sent({ message, entry }) {
      if (message.name === 'unrecognized' || !(message.name in REQUIREMENTS)) return
      if (!('resultCode' in message) || !('errorCode' in message)) return
      const { resultCode, errorCode } = message
      const seen = `Result Code ${resultCode}, Error Code ${errorCode}`
      // Incoming-Call-Reply is the one reply that only a PNS sends.
      if (message.name === 'Incoming-Call-Reply')
        observe('2.16/pac-error-by-pac', {
          ok: errorCode !== PAC_ERROR,
          expected: 'no Error Code 6 (PAC-Error) from a PNS',
          seen,
          entry: entry.index,
        })
      if (errorCode === 0)
        observe('2.16/none', {
          ok: resultCode !== GENERAL_ERROR,
          expected: `${message.name} with Error Code 0 only if Result Code is not 2 (general error)`,
          seen,
          entry: entry.index,
          // No sentence of the RFC forbids it (interpretation A-16).
          otherwise: 'warn',
        })
      if (resultCode === GENERAL_ERROR) {
        const judgement = {
          ok: errorCode !== 0,
          expected: `${message.name} with Result Code 2 (general error) and an Error Code that is not 0`,
          seen,
          entry: entry.index,
          // No sentence of the RFC forbids it (interpretation A-16).
          otherwise: 'warn' as const,
        }
        observe('2.16/error-code-given', judgement)
        return
      }
      // Section 3.2.4.1 asks for an Error Code for a failed call, and section 2.8 forbids it
      // (interpretation A-15).
      const disputed = message.name === 'Outgoing-Call-Reply' && resultCode !== 1
      observe(REQUIREMENTS[message.name as keyof typeof REQUIREMENTS], {
        ok: errorCode === 0,
        expected: `${message.name} with Result Code ${resultCode} and Error Code 0`,
        seen,
        entry: entry.index,
        ...(disputed ? { otherwise: 'warn' as const } : {}),
      })
    },
  }),
)
