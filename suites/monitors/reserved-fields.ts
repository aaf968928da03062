import { validateControl } from '../../harness/protocol/control.ts'
import {
  type Field,
  fieldsOf,
  MESSAGE_NAMES,
  MESSAGES,
  type MessageName,
} from '../../harness/protocol/messages.ts'
import { monitor, type RequirementId } from '../catalogue.ts'

type ReservedField = Extract<RequirementId, `${string}/reserved${number}`>

function isReserved(field: Field): boolean {
  return field.kind === 'number' && field.legal.kind === 'reserved'
}

function requirementOf(name: MessageName, field: string): ReservedField {
  // The catalogue has a requirement for each reserved field of each message; its tests check that.
  return `${MESSAGES[name].section}/${field}` as ReservedField
}

const EACH = MESSAGE_NAMES.flatMap((name) =>
  fieldsOf(name)
    .filter(isReserved)
    .map((field) => requirementOf(name, field.name)),
)

export default monitor(
  {
    id: 'reserved-fields',
    purpose: 'Every reserved field of every control message is 0.',
    decides: ['2/reserved-sent-zero', ...EACH],
    provenBy: [
      'reserved0-nonzero-sent',
      'echo-reply-reserved-nonzero',
      'stop-reply-reserved-nonzero',
      'clear-reserved-nonzero',
      'incoming-reply-reserved-nonzero',
      'start-request-reserved-nonzero',
      'call-request-reserved-nonzero',
      'clear-request-reserved-nonzero',
      'stop-request-reserved-nonzero',
      'link-info-reserved-nonzero',
    ],
  },
  ({ observe }) => ({
    sent({ message, entry }) {
      if (message.name === 'unrecognized') return
      const violations = validateControl(message)
      for (const field of fieldsOf(message.name).filter(isReserved)) {
        const broken = violations.find((one) => one.field === field.name)
        const judgement = {
          ok: broken === undefined,
          expected: `${message.name} with ${field.label} 0`,
          seen: `${field.label} ${broken?.value ?? 0}`,
          entry: entry.index,
        }
        observe('2/reserved-sent-zero', judgement)
        observe(requirementOf(message.name, field.name), judgement)
      }
    },
  }),
)
