import { Inconclusive } from '../../scenario/judge.ts'
import { callAccepted } from '../hop-facts.ts'
import { interopCase } from '../interop-case.ts'
import { describeLink, diagnosisInWords } from '../wording.ts'

const blocked = interopCase(
  {
    id: 'path/blocks-gre',
    purpose:
      'GRE does not pass, or is not that of the call any more; no end says that there is a link, and what passes each hop shows why.',
    decides: ['interop/no-false-link'],
    paths: [
      'gre-blocked',
      'gre-blocked-to-client',
      'gre-blocked-to-server',
      'gre-refused',
      'gre-from-elsewhere',
      'call-id-rewritten',
    ],
  },
  async (t) => {
    const { link, serverLink } = await t.place()
    const { diagnosis, hops } = await t.seen()
    // If no call was accepted, the missing link says nothing about GRE.
    if (!hops.some(callAccepted))
      throw new Inconclusive(`no call was accepted: ${diagnosis?.text ?? 'nothing shows why'}`)
    t.note(diagnosis === undefined ? 'nothing shows why' : diagnosisInWords(diagnosis))
    t.decide('interop/no-false-link', {
      ok: link === undefined,
      expected: 'no link',
      seen: describeLink({ link, serverLink, diagnosis }),
    })
  },
)

export const BLOCKED = [...blocked]
