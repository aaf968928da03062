import { expect, it } from 'vitest'
import { listImplementations, loadImplementation } from '../implementations/manifest.ts'
import type { Baseline } from '../runner/baseline.ts'
import { joinBaselines, pairsOf } from './pair.ts'

const of = (...names: readonly string[]) => names.map((name) => loadImplementation(name))

it('pairs every client with every server', () => {
  expect(pairsOf(of('pptpd-1.5.0', 'pptp-linux-1.10.0', 'reference')).map(({ name }) => name)).toEqual([
    'pptp-linux-1.10.0-with-pptpd-1.5.0',
    'pptp-linux-1.10.0-with-reference',
    'reference-with-pptpd-1.5.0',
    'reference-with-reference',
  ])
  expect(
    pairsOf(listImplementations().filter(({ manifest }) => manifest.interop !== undefined)),
  ).toHaveLength(9)
})

it('says whether a client or a server is missing', () => {
  expect(() => pairsOf(of('pptpd-1.5.0', 'pptpd-1.4.0'))).toThrow(
    'there is no client among pptpd-1.5.0, pptpd-1.4.0',
  )
  expect(() => pairsOf(of('pptp-linux-1.10.0'))).toThrow('there is no server among pptp-linux-1.10.0')
  const [pptpd] = of('pptpd-1.5.0')
  if (pptpd === undefined) throw new Error('there is no pptpd')
  const { interop: _, ...manifest } = pptpd.manifest
  expect(() => pairsOf([{ ...pptpd, manifest }])).toThrow(
    'pptpd-1.5.0 takes no part in interoperability runs: its manifest has no interop',
  )
})

it('takes the causes that monitors show from the baseline of each end; they may be absent', () => {
  const [pair] = pairsOf(of('pptp-linux-1.10.0', 'pptpd-1.5.0'))
  if (pair === undefined) throw new Error('there is no pair')
  const cause = (id: string, monitors: Baseline['causes'][number]['monitors']) => ({
    id,
    title: id,
    owner: 'somebody',
    effect: 'something',
    reason: 'because',
    cases: [{ case: 'echo/*', fail: ['2.6/identifier'] }],
    monitors,
  })
  const baseline = (...causes: Baseline['causes']): Baseline => ({ format: 2, implementation: 'any', causes })
  const own = baseline(cause('together', []))
  const watched = cause('window', [{ monitor: ['tunnel-window'], fail: ['4.2.1/maximum-window'] }])
  const joined = joinBaselines(pair, {
    own,
    client: baseline(watched, cause('cases', [])),
    server: baseline(watched),
  })
  expect(
    joined.baseline?.causes.map(({ id, monitors, cases }) => [id, cases.length, monitors[0]?.monitor]),
  ).toEqual([
    ['together', 1, undefined],
    ['pptp-linux-1.10.0/window', 0, ['client:tunnel-window']],
    ['pptpd-1.5.0/window', 0, ['server:tunnel-window']],
  ])
  expect(['together', 'pptpd-1.5.0/window'].map(joined.mayBeAbsent)).toEqual([false, true])
  expect(joinBaselines(pair, { own: undefined, client: own, server: own }).baseline).toBeUndefined()
})
