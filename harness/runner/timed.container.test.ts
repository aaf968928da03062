import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { SCENARIOS } from '../../suites/index.ts'
import { containerImplementation } from '../implementations/container.ts'
import { loadImplementation } from '../implementations/manifest.ts'
import { engineForTests } from '../implementations/testing/engine.ts'
import { casesOf } from '../scenario/scenario.ts'
import type { RunEvent } from './events.ts'
import { run } from './run.ts'
import { openStore } from './store.ts'

const { available, engine } = await engineForTests()

describe.skipIf(!available)('pptpd under an accelerated clock', () => {
  it('passes timed cases in seconds instead of minutes', { timeout: 900_000 }, async () => {
    const directory = mkdtempSync(join(tmpdir(), 'pptpspec-timed-'))
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
    const known = SCENARIOS.flatMap(casesOf)
    const named = (...ids: readonly string[]) => known.filter(({ id }) => ids.includes(id))
    const events: RunEvent[] = []
    const store = openStore(directory)
    await run({
      jobs: [
        {
          implementation: containerImplementation(loadImplementation('pptpd-1.4.0'), engine(), {
            provision: true,
          }),
          cases: named('timers/no-start-request@recipient', 'timers/silence@recipient'),
        },
      ],
      lanes: 1,
      clock: 'accelerated',
      store,
      report: (event) => void events.push(event),
      knownCases: known.map(({ id }) => id),
      monitors: [],
      smokes: named('start/accepted@recipient'),
      probes: [],
      header: { run: 'test', harness: '0', node: '0', seed: 0, clock: 'accelerated', arguments: [] },
      signal: new AbortController().signal,
    })
    store.close()
    const finished = events.flatMap((event) => (event.kind === 'scenario-finished' ? [event] : []))
    const of = (id: string) => finished.find(({ result }) => result.scenario === id)
    expect(of('timers/no-start-request@recipient')).toMatchObject({
      clock: 'accelerated',
      speed: 20,
      result: {
        verdict: 'warn',
        findings: [
          { requirement: '3.1.4/request-awaited', verdict: 'pass' },
          {
            requirement: '3.1.4/request-awaited-long-enough',
            verdict: 'warn',
            seen: expect.stringMatching(/^the connection closed \(FIN\) after (9\.\d|1\d) s of its time/),
          },
        ],
      },
    })
    expect(of('timers/silence@recipient')?.result.findings).toMatchObject([
      {
        requirement: '3.1.4/keep-alive-sent',
        verdict: 'warn',
        seen: expect.stringMatching(/1[12]\d s of its time/),
      },
    ])
    for (const { result } of finished) expect(result.duration).toBeLessThan(30_000)
  })
})
