import { interopCase } from '../interop-case.ts'

/** s after the end of a call within which the other end must have no link any more. */
const NOTICED = 8

const clientHangsUp = interopCase(
  {
    id: 'end/client-hangs-up',
    purpose: 'The client hangs up; the server has no link any more.',
    decides: ['interop/end'],
    paths: ['direct', 'nat'],
    inapplicable: ({ client }) =>
      client.manifest.dial?.hangUp === undefined
        ? `${client.name} cannot be told to hang up: its manifest has no dial.hangUp`
        : undefined,
  },
  async (t) => {
    const { dial } = await t.placed()
    await dial.hangUp?.()
    const gone = await t.server.noLink(NOTICED)
    t.decide('interop/end', {
      ok: gone,
      expected: `no link at the server within ${NOTICED} s after the client hung up`,
      seen: gone ? 'no link at the server' : 'a link at the server still',
    })
  },
)

const serverEnds = interopCase(
  {
    id: 'end/server-ends',
    purpose:
      'The server ends the call, properly or because its PPP program crashes; the client has no link any more.',
    decides: ['interop/end'],
    paths: ['direct'],
    vary: { 'how=properly': 'properly', 'how=crash': 'crash' } as const,
    inapplicable: ({ server }) =>
      server.endCalls === undefined
        ? `${server.name} cannot be told to end calls: its manifest has no interop.endCalls`
        : undefined,
  },
  async (t) => {
    const { client } = await t.placed()
    await t.server.endCalls?.(t.vary)
    const gone = await client.noLink(NOTICED)
    t.decide('interop/end', {
      ok: gone,
      expected: `no link at the client within ${NOTICED} s after the server ended the call`,
      seen: gone ? 'no link at the client' : 'a link at the client still',
    })
  },
)

const clientCrashes = interopCase(
  {
    id: 'end/client-crashes',
    purpose: 'The PPP program of the client crashes; the server has no link any more.',
    decides: ['interop/end'],
    paths: ['direct'],
    inapplicable: ({ client }) =>
      client.endCalls === undefined
        ? `${client.name} cannot be told to end calls: its manifest has no interop.endCalls`
        : undefined,
  },
  async (t) => {
    await t.placed()
    await t.client.endCalls?.('crash')
    const gone = await t.server.noLink(NOTICED)
    t.decide('interop/end', {
      ok: gone,
      expected: `no link at the server within ${NOTICED} s after PPP of the client crashed`,
      seen: gone ? 'no link at the server' : 'a link at the server still',
    })
  },
)

/**
 * s by the clock of the end that is left. It may take 60 s of silence and 60 s without Echo-Reply
 * (RFC 2637, 3.1.4); twice that leaves room for ends that send Echo-Requests less often.
 */
const MISSED = 240

const powerCut = interopCase<'client' | 'server'>(
  {
    id: 'end/power-cut',
    purpose:
      'One end falls silent, as after a power cut; the other end finds out by its keep-alive, and has no link any more.',
    decides: ['interop/end'],
    paths: ['direct'],
    accelerated: true,
    vary: { 'of=client': 'client', 'of=server': 'server' },
    inapplicable(pair, gone) {
      const left = gone === 'client' ? pair.server : pair.client
      return left.manifest.clock?.accelerated === undefined
        ? `the clock of ${left.name} cannot be accelerated (clock.accelerated): the case would take minutes`
        : undefined
    },
  },
  async (t) => {
    const { client } = await t.placed()
    const [gone, left] = t.vary === 'client' ? [client, t.server] : [t.server, client]
    const speed = left.manifest.clock?.accelerated ?? 1
    const limit = Math.ceil(MISSED / speed) + 1
    await gone.freeze(true)
    const end = t.vary === 'client' ? 'server' : 'client'
    const noticed = await left.noLink(limit).finally(() => gone.freeze(false))
    t.decide('interop/end', {
      ok: noticed,
      expected: `no link at the ${end} within ${MISSED} s, by its own clock, after the ${t.vary} fell silent`,
      seen: noticed ? `no link at the ${end}` : `a link at the ${end} still`,
    })
  },
)

export const ENDS = [...clientHangsUp, ...serverEnds, ...clientCrashes, ...powerCut]
