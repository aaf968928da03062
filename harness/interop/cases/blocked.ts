import { Inconclusive } from '../../scenario/judge.ts'
import { callAccepted } from '../hop-facts.ts'
import { interopCase } from '../interop-case.ts'
import { describeLink, diagnosisInWords } from '../wording.ts'

const blocked = interopCase(
  {
    id: 'path/blocks-gre',
    purpose:
      'GRE is blocked, or altered so that it no longer belongs to the call; neither end reports a link, and the captures show why.',
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
      throw new Inconclusive(`no call was accepted: ${diagnosis?.text ?? 'the captures do not show why'}`)
    t.note(diagnosis === undefined ? 'the captures do not show why' : diagnosisInWords(diagnosis))
    t.decide('interop/no-false-link', {
      ok: link === undefined,
      expected: 'no link, since GRE of the call cannot pass',
      seen: describeLink({ link, serverLink, diagnosis }),
    })
  },
)

export const BLOCKED = [...blocked]
