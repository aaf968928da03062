import { expect, test } from 'vitest'
import { playOnReference } from '../harness/proof/prove-case.ts'
import { createFaults } from '../harness/reference/faults.ts'
import { casesOf } from '../harness/scenario/scenario.ts'
import { readTrace } from '../harness/trace/messages.ts'
import { writePcapng } from '../harness/trace/pcapng.ts'
import { greAgreement } from '../harness/trace/testing/agreement.ts'
import { haveTshark, readWithTshark, withMergedCaptures } from '../harness/trace/testing/tshark.ts'
import { scenario } from './catalogue.ts'
import { SCENARIOS } from './index.ts'

/** Sessions without encryption, so that tshark can look inside. */
const PLAIN = scenario(
  {
    id: 'tshark/plain',
    purpose: 'A session without encryption.',
    decides: ['4/carries-ppp'],
    provenBy: ['ppp-drops-datagrams'],
    iut: 'recipient',
    profile: 'open',
    vary: { method: { pap: 'pap', 'chap-md5': 'chap-md5' } },
  },
  async (t) => {
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control)
    const session = t.session(tunnel, { proves: [t.vary.method], encryption: 'none' })
    await session.open()
    const { answered } = await session.ping({ count: 5 })
    await session.echo()
    session.sendDatagram({ sourcePort: 40_000, destinationPort: 40_001, data: Uint8Array.of(1, 2, 3) })
    await session.terminate()
    t.decide('4/carries-ppp', { ok: answered === 5, expected: '5 answers', seen: `${answered}` })
  },
)

test.skipIf(!haveTshark())(
  'tshark reads every GRE packet of every case on the reference as we do',
  {
    timeout: 120_000,
  },
  async () => {
    const plays = []
    for (const one of [...SCENARIOS, PLAIN].flatMap(casesOf)) {
      const { trace } = await playOnReference(one, createFaults())
      if (trace.entries.some(({ kind }) => kind === 'gre'))
        plays.push({ id: one.id, trace, capture: writePcapng(readTrace(trace)) })
    }
    const { frames, counts } = await withMergedCaptures(
      plays.map(({ capture }) => capture.octets),
      readWithTshark,
    )
    const ppp = new Map<string, number>()
    let at = 0
    for (const { id, trace, capture } of plays) {
      const own = frames.slice(at, at + capture.counts.frames)
      at += capture.counts.frames
      const agreement = greAgreement(trace, capture, own)
      expect({ id, ...agreement }).toMatchObject({ id, packets: capture.counts.gre, differences: [] })
      for (const [layer, count] of agreement.ppp) ppp.set(layer, (ppp.get(layer) ?? 0) + count)
    }
    expect(at).toBe(frames.length)
    expect(counts).toMatchObject({ malformed: 0, badChecksums: 0 })
    expect([...ppp.keys()].sort()).toEqual(
      ['ccp', 'chap', 'comp_data', 'icmp', 'ipcp', 'lcp', 'pap', 'udp'].sort(),
    )
  },
)
