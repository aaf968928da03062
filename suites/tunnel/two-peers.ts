import { Inconclusive, scenario } from '../kit.ts'
import { NARROW, useSecondSession } from '../steps/two-sessions.ts'

export default scenario(
  {
    id: 'tunnel/two-peers',
    purpose:
      'Sessions with two peers have their own sequence numbers and time-outs: a session that stalls does not slow the other.',
    decides: ['4.1/numbers-per-session', '4.4/per-session'],
    provenBy: ['gre-ignores-separate-acknowledgment', 'gre-numbers-shared'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp', 'second-address'],
  },
  async (t) => {
    const [here, there] = t.addresses
    if (here === undefined || there === undefined) throw new Inconclusive('there is no second address')
    const begin = async (from: string) => {
      const control = await t.establish({}, { from })
      return (await t.placeCall(control, NARROW)).tunnel
    }
    await useSecondSession(t, await begin(here), () => begin(there))
  },
)
