import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { SCENARIOS } from '../../suites/index.ts'
import { MONITORS } from '../../suites/monitors/index.ts'
import { referenceImplementation } from '../implementations/embedded.ts'
import type { Implementation } from '../implementations/implementation.ts'
import { isConnection, type Network, type TcpConnection, type TcpEvent } from '../network/network.ts'
import { casesOf } from '../scenario/scenario.ts'
import type { RunEvent } from './events.ts'
import { run } from './run.ts'
import { selectCases } from './select.ts'
import { openStore } from './store.ts'

const KNOWN = SCENARIOS.flatMap(casesOf)
const named = (...ids: readonly string[]) =>
  ids.flatMap((wanted) => KNOWN.find(({ id }) => id === wanted) ?? [])

/** Cases of both roles; some need a call and some do not. */
const CASES = selectCases(SCENARIOS, {
  scenarios: ['start/accepted', 'echo/reply', 'outgoing-call/accepted', 'call-clear/*', 'tunnel/link-opens'],
})

async function play(implementation: Implementation) {
  const directory = mkdtempSync(join(tmpdir(), 'pptpspec-probe-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const store = openStore(directory)
  const events: RunEvent[] = []
  const { exitCode, outcomes } = await run({
    jobs: [{ implementation, cases: CASES }],
    lanes: 1,
    clock: 'real',
    store,
    report: (event) => void events.push(event),
    knownCases: KNOWN.map(({ id }) => id),
    monitors: MONITORS,
    smokes: named('start/accepted@recipient', 'start/connects@originator'),
    probes: named('tunnel/link-opens@recipient', 'tunnel/link-opens@originator'),
    header: { run: 'test', harness: '0', node: '0', seed: 0, clock: 'virtual', arguments: [] },
    signal: new AbortController().signal,
  }).finally(() => store.close())
  const results = events.flatMap((event) => (event.kind === 'scenario-finished' ? [event.result] : []))
  const diagnoses = events.flatMap((event) => (event.kind === 'diagnosis' ? [event] : []))
  const reasons = events.flatMap((event) => (event.kind === 'run-finished' ? event.reasons : []))
  return { exitCode, results, diagnoses, reasons, outcome: outcomes.get(implementation.name) }
}

/** An implementation that the tester sees through another network. */
function seenThrough(change: (network: Network) => Network, implementation: Implementation): Implementation {
  return {
    ...implementation,
    async start(...asked) {
      const replicas = await implementation.start(...asked)
      return replicas.map((replica) => ({
        ...replica,
        openNetwork: async () => change(await replica.openNetwork()),
      }))
    },
  }
}

const OUTGOING_CALL_REQUEST = 7

/** A network that ends a connection at its first Outgoing-Call-Request. */
function closingOnCalls(network: Network): Network {
  const closing = (inner: TcpConnection): TcpConnection => {
    let listener: (event: TcpEvent) => void = () => {}
    let isOver = false
    return {
      ...inner,
      onEvent(hear) {
        listener = hear
        inner.onEvent((event) => {
          if (!isOver || event.kind === 'closed') hear(event)
        })
      },
      send(octets) {
        if (isOver) return
        if (octets[9] !== OUTGOING_CALL_REQUEST) return inner.send(octets)
        isOver = true
        network.clock.after(1, () => listener({ kind: 'end' }))
      },
    }
  }
  return {
    ...network,
    connect: async (...to) => {
      const result = await network.connect(...to)
      return isConnection(result) ? closing(result) : result
    },
  }
}

/** A network on which no GRE packet of the implementation arrives. */
function withoutGre(network: Network): Network {
  return {
    ...network,
    openGre: async (...to) => ({ ...(await network.openGre(...to)), onPacket: () => {} }),
  }
}

const inRole = (role: string, results: readonly { readonly scenario: string; readonly verdict: string }[]) =>
  results.filter(({ scenario }) => scenario.endsWith(`@${role}`))

const needsCall = new Set(
  CASES.filter(({ needs }) => needs.some((need) => need === 'outgoing-calls' || need === 'ppp')).map(
    ({ id }) => id,
  ),
)

test('an implementation whose calls work has no diagnosis', async () => {
  const { exitCode, diagnoses, results } = await play(referenceImplementation())
  expect({ exitCode, diagnoses }).toEqual({ exitCode: 0, diagnoses: [] })
  expect(new Set(results.map(({ verdict }) => verdict))).toEqual(new Set(['pass']))
})

describe('a call that does not work is reported once, and no case fails because of it', () => {
  test.each<[string, Implementation, RegExp]>([
    [
      'every call is closed',
      seenThrough(closingOnCalls, referenceImplementation()),
      /^closes the control connection upon every Outgoing-Call-Request$/,
    ],
    [
      'no call is answered',
      referenceImplementation({ fault: 'call-reply-missing' }),
      /^never answers an Outgoing-Call-Request$/,
    ],
    [
      'every call is refused',
      referenceImplementation({ configuration: { dialOutcome: 'busy' } }),
      /^refuses every call \(Outgoing-Call-Reply with Result Code 4, Error Code 0\)$/,
    ],
  ])('when %s', async (_, implementation, text) => {
    const { exitCode, diagnoses, results, reasons, outcome } = await play(implementation)
    expect(diagnoses).toHaveLength(1)
    const [diagnosis] = diagnoses
    expect(diagnosis).toMatchObject({ implementation: 'reference', text: expect.stringMatching(text) })
    const recipients = inRole('recipient', results)
    const inconclusive = recipients.filter(({ verdict }) => verdict === 'inconclusive')
    expect(inconclusive.map(({ scenario }) => scenario).sort()).toEqual(
      recipients
        .map(({ scenario }) => scenario)
        .filter((id) => needsCall.has(id))
        .sort(),
    )
    expect(diagnosis?.cases).toBe(inconclusive.length)
    expect(results.map(({ verdict }) => verdict)).not.toContain('fail')
    // Cases without a call are played, and so are the calls that the implementation places itself.
    expect(recipients.filter(({ verdict }) => verdict === 'pass').length).toBeGreaterThan(3)
    expect(new Set(inRole('originator', results).map(({ verdict }) => verdict))).toEqual(new Set(['pass']))
    expect(exitCode).toBe(1)
    expect(reasons).toContain(`reference ${diagnosis?.text}`)
    expect(outcome?.unfit).toBe(`it ${diagnosis?.text}`)
  })
})

test('when no GRE arrives, in either role, only cases with PPP are left out', async () => {
  const { diagnoses, results } = await play(seenThrough(withoutGre, referenceImplementation()))
  expect(diagnoses.map(({ text }) => text)).toEqual(
    Array(2).fill('connects calls, but not one GRE packet arrives from it'),
  )
  const of = (id: string) => results.find(({ scenario }) => scenario === id)?.verdict
  expect(of('tunnel/link-opens@recipient')).toBe('inconclusive')
  expect(of('tunnel/link-opens@originator')).toBe('inconclusive')
  expect(of('outgoing-call/accepted#speed=wide@recipient')).toBe('pass')
})
