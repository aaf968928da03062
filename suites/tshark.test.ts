import { expect, test } from 'vitest'
import { createFaults } from '../harness/reference/faults.ts'
import { playOnReference } from '../harness/runner/prove-case.ts'
import { casesOf } from '../harness/scenario/scenario.ts'
import { writePcapng } from '../harness/trace/pcapng.ts'
import { greAgreement } from '../harness/trace/testing/agreement.ts'
import { haveTshark, readWithTshark, withMergedCaptures } from '../harness/trace/testing/tshark.ts'
import { SCENARIOS } from './index.ts'

test.skipIf(!haveTshark())(
  'tshark reads every GRE packet of every case on the reference as we do',
  {
    timeout: 120_000,
  },
  async () => {
    const plays = []
    for (const one of SCENARIOS.flatMap(casesOf)) {
      const { trace } = await playOnReference(one, createFaults())
      if (trace.entries.some(({ kind }) => kind === 'gre'))
        plays.push({ id: one.id, trace, capture: writePcapng(trace) })
    }
    const { frames } = await withMergedCaptures(
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
    expect([...ppp.keys()]).toContain('lcp')
  },
)
