import { expect, test } from 'vitest'
import { referenceOriginator } from '../implementations/testing/reference-originator.ts'
import type { Network } from '../network/network.ts'
import { canOpenRawGre } from '../network/raw-gre.ts'
import { createSystemNetwork } from '../network/system.ts'
import { loopbackAddresses } from '../network/testing/loopback.ts'
import { play } from './play.ts'
import { DIAL_TIMERS } from './profile.ts'
import { casesOf, createScenarios } from './scenario.ts'

const [TESTER, ...IUTS] = loopbackAddresses()
const LANES = 4

const [one] = casesOf(
  createScenarios<'3/it', 'none'>({
    '3/it': { section: '3', page: 1, level: 'implied', binds: ['originator'], text: 'It dials.' },
  })(
    {
      id: 'server/lanes',
      purpose: 'It dials again and again.',
      decides: ['3/it'],
      provenBy: ['none'],
      iut: 'originator',
    },
    async (t) => {
      for (let dialled = 0; dialled < 5; dialled++) {
        const { dial, control, call } = await t.acceptCall()
        const data = await call.tunnel.nextData(t.timers.tunnel)
        t.decide('3/it', {
          ok: data?.packet.callId === call.reply.callId,
          expected: 'data of the call',
          seen: data === undefined ? 'none' : `data of ${data.packet.callId}`,
        })
        control.reset()
        await dial.ended(1_000)
      }
    },
  ),
)

test.skipIf(!canOpenRawGre().ok)(
  'originators dial the same address and port at the same time, and each scenario gets its own connection',
  async () => {
    if (one === undefined) throw new Error('a scenario has at least one case')
    const networks: Network[] = []
    const open = () => {
      const network = createSystemNetwork()
      networks.push(network)
      return network
    }
    const timers = { connect: 2_000, reply: 2_000, close: 2_000, call: 2_000, tunnel: 2_000, ...DIAL_TIMERS }
    const played = await Promise.all(
      IUTS.slice(0, LANES).map(async (address) =>
        play(one, {
          network: open(),
          address,
          testerAddresses: [TESTER],
          timers: { ...timers, speed: 1 },
          dial: await referenceOriginator(open(), address, TESTER),
          startedAt: 0,
          firstUnique: 1,
        }),
      ),
    )
    await Promise.all(networks.map((network) => network.close()))
    for (const { result, trace } of played) {
      expect(result).toMatchObject({ verdict: 'pass' })
      const callers = trace.entries.flatMap((entry) =>
        entry.kind === 'tcp-open' ? [`${entry.opener} ${entry.iut.address}`] : [],
      )
      expect(callers).toHaveLength(5)
      expect(new Set(callers).size).toBe(1)
    }
  },
)
