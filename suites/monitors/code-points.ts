import { describeControl, validateControl } from '../../harness/protocol/control.ts'
import { type MessageName, PROTOCOL_VERSION } from '../../harness/protocol/messages.ts'
import { hexNumber } from '../../harness/protocol/octets.ts'
import { monitor } from '../catalogue.ts'

/** The requirement about the defined values of each field. */
const FIELDS = {
  'Start-Control-Connection-Request': {
    framingCapabilities: '2.1/framing-capabilities',
    bearerCapabilities: '2.1/bearer-capabilities',
  },
  'Start-Control-Connection-Reply': {
    resultCode: '2.2/result-code-defined',
    errorCode: '2.16/error-code-defined',
    framingCapabilities: '2.2/framing-capabilities',
    bearerCapabilities: '2.2/bearer-capabilities',
  },
  'Stop-Control-Connection-Request': { reason: '2.3/reason' },
  'Stop-Control-Connection-Reply': {
    resultCode: '2.4/result-code-defined',
    errorCode: '2.16/error-code-defined',
  },
  'Echo-Reply': { resultCode: '2.6/result-code-defined', errorCode: '2.16/error-code-defined' },
  'Outgoing-Call-Request': { bearerType: '2.7/bearer-type-sent', framingType: '2.7/framing-type-sent' },
  'Outgoing-Call-Reply': { resultCode: '2.8/result-code-defined', errorCode: '2.16/error-code-defined' },
  'Incoming-Call-Request': { callBearerType: '2.9/bearer-type-sent' },
  'Incoming-Call-Reply': { resultCode: '2.10/result-code-defined', errorCode: '2.16/error-code-defined' },
  'Incoming-Call-Connected': { framingType: '2.11/framing-type-sent' },
  'Call-Disconnect-Notify': { resultCode: '2.13/result-code-defined', errorCode: '2.16/error-code-defined' },
} as const satisfies Partial<Record<MessageName, Readonly<Record<string, string>>>>

type Tables = typeof FIELDS
type Decided = { [N in keyof Tables]: Tables[N][keyof Tables[N]] }[keyof Tables]

export default monitor(
  {
    id: 'code-points',
    purpose:
      'Every Result Code, Error Code, Reason, capability and type that is sent has a value that RFC 2637 defines.',
    decides: [
      '2.1/framing-capabilities',
      '2.1/bearer-capabilities',
      '2.2/result-code-defined',
      '2.2/framing-capabilities',
      '2.2/bearer-capabilities',
      '2.3/reason',
      '2.4/result-code-defined',
      '2.6/result-code-defined',
      '2.7/bearer-type-sent',
      '2.7/framing-type-sent',
      '2.8/result-code-defined',
      '2.9/bearer-type-sent',
      '2.10/result-code-defined',
      '2.11/framing-type-sent',
      '2.13/result-code-defined',
      '2.16/error-code-defined',
      '1.4/version-current',
      '1.4/version-octets',
      '2.1/protocol-version',
      '2.2/protocol-version',
    ],
    provenBy: [
      'start-request-undefined-framing-bits',
      'start-request-undefined-bearer-bits',
      'start-reply-result-0',
      'start-reply-undefined-framing-bits',
      'start-reply-undefined-bearer-bits',
      'stop-request-undefined-reason',
      'stop-reply-result-0',
      'echo-reply-result-0',
      'call-request-undefined-bearer',
      'call-request-undefined-framing',
      'call-reply-result-0',
      'call-refusal-undefined-error',
      'call-refusal-undefined-result',
      'incoming-reply-result-0',
      'clear-result-0',
      'start-request-version-0',
      'start-request-version-swapped',
      'start-reply-version-0',
    ],
  },
  ({ observe }) => {
    function version(
      requirement: '2.1/protocol-version' | '2.2/protocol-version',
      value: number,
      at: number,
    ): void {
      const judgement = {
        ok: value === PROTOCOL_VERSION,
        expected: 'Protocol Version 0x0100',
        seen: `Protocol Version ${hexNumber(value, 4)}`,
        entry: at,
      }
      observe(requirement, judgement)
      observe('1.4/version-current', judgement)
      observe('1.4/version-octets', {
        ...judgement,
        ok: value >= PROTOCOL_VERSION,
        expected: 'Protocol Version of at least 0x0100, with the version in its high octet',
      })
    }
    return {
      sent({ message, entry }) {
        if (message.name === 'unrecognized' || !(message.name in FIELDS)) return
        if (message.name === 'Start-Control-Connection-Request')
          version('2.1/protocol-version', message.protocolVersion, entry.index)
        // A reply that refuses the version may carry any version (interpretation A-20).
        else if (message.name === 'Start-Control-Connection-Reply' && message.resultCode !== 5)
          version('2.2/protocol-version', message.protocolVersion, entry.index)
        const table: Readonly<Record<string, Decided>> = FIELDS[message.name as keyof Tables]
        const violations = validateControl(message)
        const fields = describeControl(message)
        for (const [name, requirement] of Object.entries(table)) {
          const broken = violations.find(({ field }) => field === name)
          const field = fields.find((one) => one.name === name)
          const judgement = {
            ok: broken === undefined,
            expected: `${message.name} with ${field?.label ?? name} ${broken?.expected ?? 'of a defined value'}`,
            seen: `${field?.label ?? name} ${field?.shown ?? 'absent'}`,
            entry: entry.index,
          }
          observe(requirement, judgement)
          if (name === 'errorCode') observe('2.16/error-code-defined', judgement)
        }
      },
    }
  },
)
