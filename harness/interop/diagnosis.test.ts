import { describe, expect, it } from 'vitest'
import type { TraceEntry } from '../trace/trace.ts'
import { decryptionIn } from './decryption.ts'
import { diagnose } from './diagnosis.ts'
import { mainConversation } from './hop-facts.ts'
import { negotiationIn } from './negotiation.ts'
import { CLIENT, hopOf, SERVER, twoPeers } from './testing/two-peers.ts'

const sound = await twoPeers({ told: [['traffic', 'ping', '198.18.0.1', '1500', 'yes', '3']] })

/** Makes a hop that did not see all of a conversation. */
function without(leftOut: (entry: TraceEntry) => boolean, trace = sound.trace) {
  return { ...trace, entries: trace.entries.filter((entry) => !leftOut(entry)) }
}

/** In the trace recorded at the server, the server is `tester`. */
const greOf = (from: 'client' | 'server') => (entry: TraceEntry) =>
  entry.kind === 'gre' && entry.from === (from === 'client' ? 'iut' : 'tester')
const anyGre = (entry: TraceEntry) => entry.kind === 'gre'

function textOf(...hops: Parameters<typeof diagnose>[0]): string | undefined {
  return diagnose(hops)?.text
}

it('finds nothing wrong if a link came up, and reads what the ends agreed on', () => {
  expect(sound.answers).toEqual(['198.18.1.1 198.18.0.1', '3 3', '198.18.0.1 198.18.1.1'])
  const near = hopOf('client', sound.trace)
  expect(diagnose([near, hopOf('server', sound.trace)])).toBeUndefined()
  const conversation = mainConversation(near)
  expect(conversation).toMatchObject({ tester: CLIENT, iut: SERVER })
  const found = conversation && negotiationIn(conversation.reading)
  expect(found).toMatchObject({
    authentication: { iut: 'ms-chap-v2' },
    proof: 'taken',
    encryption: { tester: { bits: 128, stateless: true }, iut: { bits: 128, stateless: true } },
    addresses: { tester: '198.18.1.1', iut: '198.18.0.1' },
  })
})

it.each(['ms-chap-v2 128', 'ms-chap-v1 40', 'ms-chap-v2 128-stateful'])(
  'decrypts packets after %s, and only with the right secret',
  async (demand) => {
    const { trace } = await twoPeers({
      client: demand.split(' '),
      server: demand.split(' '),
      told: [['traffic', 'ping', '198.18.0.1', '500', 'yes', '4']],
    })
    const conversation = mainConversation(hopOf('client', trace))
    const read = (secret: string) => conversation && decryptionIn(conversation.reading, secret)
    expect(read('secret-of-tester')).toEqual({
      tester: { encrypted: 4, readable: 4 },
      iut: { encrypted: 4, readable: 4 },
    })
    expect(read('another')?.tester).toEqual({ encrypted: 4, readable: 0 })
  },
)

describe('says what stops a pair', () => {
  it('before there is a control connection', () => {
    const nothing = { ...sound.trace, entries: [] }
    expect(textOf(hopOf('client', nothing), hopOf('server', nothing))).toBe(
      'the client sends nothing to the server',
    )
    expect(
      textOf(
        hopOf(
          'client',
          without((entry) => entry.kind !== 'tcp-open'),
        ),
        hopOf('server', nothing),
      ),
    ).toBe('TCP is open, and the client sends no Start-Control-Connection-Request')
  })

  it('in the control connection', () => {
    const fromServer = (nth: number) => {
      const data = sound.trace.entries.filter((entry) => entry.kind === 'tcp-data' && entry.from === 'tester')
      return (entry: TraceEntry) => anyGre(entry) || (data.indexOf(entry) >= nth && entry.kind === 'tcp-data')
    }
    const seen = (nth: number) => hopOf('client', without(fromServer(nth)))
    expect(textOf(seen(0))).toBe('Start-Control-Connection-Request has no reply')
    expect(textOf(seen(1))).toBe('control connection up, Outgoing-Call-Request has no reply')
  })

  it('on the way of GRE, in either direction', () => {
    const all = hopOf('client', sound.trace)
    const nothing = hopOf('server', without(anyGre))
    const half = hopOf('inner', without(greOf('server')))
    expect(textOf(all, hopOf('inner', sound.trace), hopOf('server', without(greOf('client'))))).toBe(
      'control connection up, GRE to the server is lost after hop inner',
    )
    expect(textOf(half, hopOf('outer', sound.trace), hopOf('server', sound.trace))).toBe(
      'control connection up, GRE to the client is lost after hop outer',
    )
    expect(textOf(half, nothing)).toBe('control connection up, GRE to the server is lost after hop inner')
    expect(textOf(hopOf('client', without(anyGre)), nothing)).toBe(
      'control connection and call up, neither end sends GRE',
    )
  })

  it('when GRE has another Call ID or another address than the control connection', () => {
    const rewritten = sound.trace.entries.map((entry): TraceEntry => {
      if (entry.kind !== 'gre' || entry.from !== 'tester') return entry
      const octets = Uint8Array.from(entry.octets)
      octets.set([0x12, 0x34], 6)
      return { ...entry, octets }
    })
    expect(textOf(hopOf('client', { ...sound.trace, entries: rewritten }))).toBe(
      'the client assigned Call ID 16385, but GRE to the client carries 4660',
    )
    const elsewhere = sound.trace.entries.map(
      (entry): TraceEntry =>
        greOf('server')(entry) && entry.kind === 'gre' ? { ...entry, tester: '192.0.2.2' } : entry,
    )
    expect(textOf(hopOf('client', { ...sound.trace, entries: elsewhere }))).toBe(
      `GRE comes from 192.0.2.2, but the control connection is between ${CLIENT} and ${SERVER}`,
    )
  })

  it('in PPP', async () => {
    const met = async (options: Parameters<typeof twoPeers>[0]) =>
      diagnose([hopOf('client', (await twoPeers(options)).trace)])
    expect(await met({ secret: 'not-the-secret' })).toMatchObject({
      text: 'call up, PPP of the server refused the secret',
      hop: 'client',
      frame: expect.any(Number),
    })
    expect((await met({ client: ['any', 'none'] }))?.text).toBe(
      'call up, the client is let in, and the two do not agree on encryption',
    )
    const silent = without((entry) => greOf('server')(entry) && entry.index > 20)
    expect(textOf(hopOf('client', silent))).toMatch(/^call up, /)
  })
})
