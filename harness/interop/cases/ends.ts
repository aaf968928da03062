import { interopCase } from '../interop-case.ts'

/** s in which the other end must have noticed. */
const NOTICED = 8

const clientHangsUp = interopCase(
  {
    id: 'end/client-hangs-up',
    purpose: 'The client hangs up; the server has no link any more.',
    decides: ['interop/end'],
    paths: ['direct', 'nat'],
    inapplicable: ({ client }) =>
      client.manifest.dial?.hangUp === undefined
        ? `${client.name} cannot be told to hang up (dial.hangUp)`
        : undefined,
  },
  async (t) => {
    const { dial } = await t.placed()
    await dial.hangUp?.()
    const gone = await t.server.noLink(NOTICED)
    t.decide('interop/end', {
      ok: gone,
      expected: `no link at the server within ${NOTICED} s`,
      seen: gone ? 'none' : 'it still has one',
    })
  },
)

const serverEnds = interopCase(
  {
    id: 'end/server-ends',
    purpose:
      'The server ends the call, properly or because its PPP crashed; the client has no link any more, and its program ends.',
    decides: ['interop/end'],
    paths: ['direct'],
    vary: { 'how=properly': 'properly', 'how=crash': 'crash' } as const,
    inapplicable: ({ server }) =>
      server.endCalls === undefined
        ? `${server.name} cannot be told to end calls (interop.endCalls)`
        : undefined,
  },
  async (t) => {
    const { client } = await t.placed()
    await t.server.endCalls?.(t.vary)
    const gone = await client.noLink(NOTICED)
    t.decide('interop/end', {
      ok: gone,
      expected: `no link at the client within ${NOTICED} s`,
      seen: gone ? 'none' : 'it still has one',
    })
  },
)

const clientCrashes = interopCase(
  {
    id: 'end/client-crashes',
    purpose: 'PPP of the client crashes; the server has no link any more.',
    decides: ['interop/end'],
    paths: ['direct'],
    inapplicable: ({ client }) =>
      client.endCalls === undefined
        ? `${client.name} cannot be told to end calls (interop.endCalls)`
        : undefined,
  },
  async (t) => {
    await t.placed()
    await t.client.endCalls?.('crash')
    const gone = await t.server.noLink(NOTICED)
    t.decide('interop/end', {
      ok: gone,
      expected: `no link at the server within ${NOTICED} s`,
      seen: gone ? 'none' : 'it still has one',
    })
  },
)

/**
 * s of an end's own time: a minute without a word, another one without an answer (RFC 2637, 3.1.4),
 * and as much again for ends that ask less often.
 */
const MISSED = 240

const powerCut = interopCase<'client' | 'server'>(
  {
    id: 'end/power-cut',
    purpose:
      'One end vanishes without a word, as by a power cut; the other end finds out by its keep-alive, and has no link any more.',
    decides: ['interop/end'],
    paths: ['direct'],
    accelerated: true,
    vary: { 'of=client': 'client', 'of=server': 'server' },
    inapplicable(pair, gone) {
      const left = gone === 'client' ? pair.server : pair.client
      return left.manifest.clock?.accelerated === undefined
        ? `the clock of ${left.name} runs as ours (clock.accelerated): it would take minutes`
        : undefined
    },
  },
  async (t) => {
    const { client } = await t.placed()
    const [gone, left] = t.vary === 'client' ? [client, t.server] : [t.server, client]
    const speed = left.manifest.clock?.accelerated ?? 1
    const limit = Math.ceil(MISSED / speed) + 1
    await gone.freeze(true)
    const noticed = await left.noLink(limit).finally(() => gone.freeze(false))
    t.decide('interop/end', {
      ok: noticed,
      expected: `no link at the ${t.vary === 'client' ? 'server' : 'client'} within ${MISSED} s of its time`,
      seen: noticed ? 'none' : 'it still has one',
    })
  },
)

export const ENDS = [...clientHangsUp, ...serverEnds, ...clientCrashes, ...powerCut]
