import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { Implementation, Replica, StartOptions } from '../implementations/implementation.ts'
import { createSystemNetwork } from '../network/system.ts'
import { DIAL_TIMERS } from '../scenario/profile.ts'
import {
  casesOf,
  createScenarios,
  type Need,
  type Scenario,
  type ScenarioCase,
} from '../scenario/scenario.ts'
import { UNEXPLAINED } from './baseline.ts'
import { createDurations } from './durations.ts'
import { eventSchema, type RunEvent } from './events.ts'
import type { Growth } from './growth.ts'
import type { Job } from './job.ts'
import { type RunOptions, run } from './run.ts'
import { openStore } from './store.ts'
import { baselineOf, cause } from './testing/results.ts'

const scenario = createScenarios<'1/waits', 'none'>({
  '1/waits': { section: '1', page: 1, level: 'MUST', binds: ['receiver'], text: 'It waits.' },
})

/** ms of the implementation's time. */
const WAIT = 300

function waits(id: string, timed: boolean, needs: readonly Need[] = []): Scenario {
  return scenario(
    {
      id,
      purpose: 'It waits.',
      decides: ['1/waits'],
      provenBy: ['none'],
      iut: 'recipient',
      needs,
      ...(timed ? { timer: { wait: WAIT } } : {}),
    },
    async (t) => {
      const since = t.stopwatch()
      await t.clock.sleep(timed ? t.implementationTime(WAIT) : 1)
      t.decide('1/waits', { ok: true, expected: 'it', seen: t.durations(since.elapsed()) })
    },
  )
}

interface Started {
  readonly count: number
  readonly options: StartOptions | undefined
}

/**
 * An implementation that runs in real time and never sends anything; it records how it was started.
 */
function idleImplementation(acceleration?: number) {
  const starts: Started[] = []
  let running = 0
  const replica = (speed: number, state: { death?: string } = {}): Replica => ({
    address: '127.0.0.1',
    provenance: { implementation: 'idle', versions: {}, engine: 'none' },
    timers: { connect: 100, reply: 100, close: 100, call: 100, tunnel: 100, ...DIAL_TIMERS, speed },
    openNetwork: async () => createSystemNetwork(),
    play: (body) => body(),
    takeLog: () => [],
    death: () => state.death,
    async stop() {
      // Only the first call stops the replica.
      if (state.death === undefined) running -= 1
      state.death = 'stopped'
    },
  })
  const implementation: Implementation = {
    name: 'idle',
    title: 'Never sends anything',
    kind: 'container',
    pics: {
      roles: ['recipient'],
      outgoingCalls: true,
      incomingCalls: false,
      ppp: true,
      callsPerConnection: 1,
    },
    lighterWithoutCalls: true,
    ...(acceleration === undefined ? {} : { acceleration }),
    async start(count, _progress, options) {
      starts.push({ count, options })
      running += count
      return Array.from({ length: count }, () =>
        replica(options?.clock === 'accelerated' ? (acceleration ?? 1) : 1),
      )
    },
  }
  return { implementation, starts, running: () => running }
}

const SMOKE = casesOf(waits('smoke/smoke', false))[0] as ScenarioCase

interface RunSettings
  extends Partial<
    Pick<RunOptions, 'rounds' | 'monitors' | 'probes' | 'signal' | 'growth' | 'lanes' | 'durations'>
  > {
  readonly smoke?: ScenarioCase
}

async function play(
  implementation: Implementation,
  scenarios: readonly Scenario[],
  clock: RunOptions['clock'] = 'real',
  baseline?: Job['baseline'],
  { smoke = SMOKE, signal = new AbortController().signal, ...more }: RunSettings = {},
) {
  const directory = mkdtempSync(join(tmpdir(), 'pptpspec-run-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const cases = scenarios.flatMap(casesOf)
  const events: RunEvent[] = []
  const store = openStore(directory)
  const began = performance.now()
  const outcome = await run({
    jobs: [{ implementation, cases, baseline }],
    lanes: 2,
    clock,
    store,
    report: (event) => void events.push(event),
    knownCases: cases.map(({ id }) => id),
    monitors: [],
    smokes: [smoke],
    probes: [],
    ...more,
    header: { run: 'test', harness: '0', node: '0', seed: 0, clock: 'real', arguments: [] },
    signal,
  }).finally(() => store.close())
  for (const event of events) expect(eventSchema.parse(event)).toEqual(event)
  const finished = events.flatMap((event) => (event.kind === 'scenario-finished' ? [event] : []))
  const ofJob = outcome.outcomes.get(implementation.name)
  return { outcome, ofJob, events, finished, elapsed: performance.now() - began }
}

const timed = Array.from({ length: 6 }, (_, at) => waits(`timed/${at}`, true))
const ordinary = Array.from({ length: 4 }, (_, at) => waits(`ordinary/${at}`, false))

it('timed cases wait at the same time, each on a replica of its own without calls, beside the lanes', async () => {
  const { implementation, starts, running } = idleImplementation()
  const { outcome, finished, elapsed, events } = await play(implementation, [...ordinary, ...timed])
  expect(outcome.exitCode).toBe(0)
  expect(finished.map(({ result }) => result.verdict)).toEqual(Array(10).fill('pass'))
  // One after the other the six timed cases would take 1.8 s.
  expect(elapsed).toBeGreaterThanOrEqual(WAIT)
  expect(elapsed).toBeLessThan(3 * WAIT)
  expect(starts).toEqual([
    { count: 2, options: { calls: true, clock: 'real' } },
    { count: 6, options: { calls: false, clock: 'real' } },
  ])
  expect(running()).toBe(0)
  const lanes = finished.filter(({ result }) => result.scenario.startsWith('timed/')).map(({ lane }) => lane)
  expect([...lanes].sort()).toEqual([2, 3, 4, 5, 6, 7])
  expect(noticesOf(events)).toContain('6 timed cases side by side, real clock: at most 1 s each')
})

it('only timed cases get an accelerated clock, and each result names its clock', async () => {
  const { implementation, starts } = idleImplementation(60)
  const { finished } = await play(implementation, [...ordinary, ...timed], 'accelerated')
  expect(starts[1]?.options).toEqual({ calls: false, clock: 'accelerated' })
  for (const { result, clock, speed } of finished) {
    const isTimed = result.scenario.startsWith('timed/')
    expect({ clock, speed }).toEqual(
      isTimed ? { clock: 'accelerated', speed: 60 } : { clock: 'real', speed: 1 },
    )
    if (isTimed) expect(result.findings[0]?.seen).toMatch(/^\d.* s of its time \(0\.\d s at 60x\)$/)
  }
})

it('a clock that cannot be accelerated stays real', async () => {
  const { implementation, starts } = idleImplementation()
  const { finished } = await play(implementation, timed.slice(0, 2), 'accelerated')
  expect(starts).toEqual([
    { count: 1, options: { calls: false, clock: 'usual' } },
    { count: 2, options: { calls: false, clock: 'real' } },
  ])
  expect(finished.map(({ clock, speed }) => ({ clock, speed }))).toEqual(
    Array(2).fill({ clock: 'real', speed: 1 }),
  )
})

it('plays the longest cases of an earlier run first, and keeps the order of all others', async () => {
  const { implementation } = idleImplementation()
  const took = new Map([
    ['ordinary/1@recipient', 1_900],
    ['ordinary/2@recipient', 2_100],
    ['ordinary/3@recipient', 30_000],
  ])
  const durations = {
    ...createDurations(),
    of: (name: string, id: string) => (name === 'idle' ? took.get(id) : 0),
  }
  const { events } = await play(implementation, ordinary, 'real', undefined, { durations, lanes: 1 })
  expect(events.flatMap((event) => (event.kind === 'scenario-started' ? [event.scenario] : []))).toEqual([
    'ordinary/3@recipient',
    'ordinary/2@recipient',
    'ordinary/0@recipient',
    'ordinary/1@recipient',
  ])
})

it('timed cases with and without calls share replicas if replicas without calls are no lighter', async () => {
  const idle = idleImplementation()
  const cases = [waits('timed/with-call', true, ['outgoing-calls']), waits('timed/without', true)]
  const { lighterWithoutCalls: _, ...implementation } = idle.implementation
  await play(implementation, cases, 'real')
  expect(idle.starts.map(({ count, options }) => ({ count, calls: options?.calls }))).toEqual([
    { count: 1, calls: false },
    { count: 2, calls: true },
  ])
})

it('only timed cases that place calls get replicas that can carry calls', async () => {
  const { implementation, starts, running } = idleImplementation()
  const calling = waits('timed/calls', true, ['outgoing-calls'])
  const { finished } = await play(implementation, [...ordinary.slice(0, 1), calling, ...timed.slice(0, 2)])
  expect(starts.map(({ count, options }) => ({ count, calls: options?.calls }))).toEqual([
    { count: 1, calls: true },
    { count: 2, calls: false },
    { count: 1, calls: true },
  ])
  expect(finished.find(({ lane }) => lane === 3)?.result.scenario).toBe('timed/calls@recipient')
  expect(finished).toHaveLength(4)
  expect(running()).toBe(0)
})

it('all other replicas are stopped when those of timed cases cannot be started', async () => {
  const { implementation, running } = idleImplementation()
  const refusing: Implementation = {
    ...implementation,
    start(count, progress, options) {
      if (options?.clock !== undefined) throw new Error('no room')
      return implementation.start(count, progress, options)
    },
  }
  await expect(play(refusing, [...ordinary, ...timed])).rejects.toThrow('no room')
  expect(running()).toBe(0)
})

it('says how many causes of a baseline have no name or reason', async () => {
  const claims = (at: number) => [{ case: `ordinary/${at}`, warn: ['1/waits'] }]
  const baseline = baselineOf(cause('known', claims(0)), {
    ...cause('unknown', claims(1)),
    reason: `${UNEXPLAINED}: say what it is`,
  })
  const { events, outcome } = await play(idleImplementation().implementation, ordinary, 'real', baseline)
  expect(noticesOf(events)).toContain('idle: causes in its baseline without a name or reason: 1')
  expect(events).toContainEqual(
    expect.objectContaining({
      kind: 'implementation-started',
      causes: [
        { id: 'known', title: 'It does known', owner: 'some', effect: 'none', reason: 'source' },
        expect.objectContaining({ id: 'unknown' }),
      ],
    }),
  )
  // No result shows the causes of the baseline.
  expect(outcome.exitCode).toBe(1)
})

/**
 * Adds one lane as soon as a job can use one; from then on the machine is crowded or not, as asked.
 */
function oneMoreLane(crowded: boolean) {
  let grown = false
  const growth: Growth = {
    join(grower) {
      if (grower.waiting() > 0) void grower.grow().then(() => (grown = true))
      return () => {}
    },
    shouldEnd: () => grown && crowded,
    end: () => {},
  }
  return growth
}

const many = Array.from({ length: 40 }, (_, at) => waits(`ordinary/${at}`, false))

it('an added lane has a number of its own and plays a share of the cases', async () => {
  const { implementation, starts, running } = idleImplementation()
  const { outcome, finished } = await play(implementation, [...many, ...timed], 'real', undefined, {
    growth: oneMoreLane(false),
  })
  expect(outcome.exitCode).toBe(0)
  expect(finished).toHaveLength(46)
  expect(starts.at(-1)).toEqual({ count: 1, options: { calls: true, clock: 'real' } })
  // Two planned lanes, six of timed cases, and the added one.
  expect([...new Set(finished.map(({ lane }) => lane))].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
  expect(running()).toBe(0)
})

it('an added lane ends when the machine is crowded; this is not a death, and no case is left out', async () => {
  const { implementation, running } = idleImplementation()
  const { outcome, finished, events } = await play(implementation, many, 'real', undefined, {
    growth: oneMoreLane(true),
  })
  expect(outcome.exitCode).toBe(0)
  // The added lane plays one case before it learns that the machine is crowded.
  expect(finished.filter(({ lane }) => lane === 2)).toHaveLength(1)
  expect(finished).toHaveLength(40)
  expect(noticesOf(events).filter((text) => text.includes('died'))).toEqual([])
  expect(running()).toBe(0)
})

it('a replica that cannot be removed does not change a result', async () => {
  const { implementation } = idleImplementation()
  const stuck: Implementation = {
    ...implementation,
    start: async (...asked) =>
      (await implementation.start(...asked)).map((replica) => ({
        ...replica,
        stop: () => Promise.reject(new Error('network has active endpoints')),
      })),
  }
  const { outcome, events } = await play(stuck, ordinary)
  expect(outcome.exitCode).toBe(0)
  expect(noticesOf(events)).toContain(
    'idle: a replica was not removed completely: network has active endpoints',
  )
})

/** Cases that pass once they are connected. */
const connecting = Array.from({ length: 4 }, (_, at) =>
  scenario(
    {
      id: `connects/${at}`,
      purpose: 'It listens.',
      decides: ['1/waits'],
      provenBy: ['none'],
      iut: 'recipient',
    },
    async (t) => void (await t.expectConnection('1/waits')),
  ),
)

/**
 * An implementation that listens. Its first `deaths` replicas die at their first connection after
 * the smoke scenario's. With `late`, a death shows only after the next case could not connect.
 */
async function mortal({ deaths, late = false }: { readonly deaths: number; readonly late?: boolean }) {
  const { implementation, running } = idleImplementation()
  let started = 0
  const start: Implementation['start'] = async (...asked) =>
    Promise.all(
      (await implementation.start(...asked)).map(async (replica) => {
        started++
        const dies = started <= deaths
        const server = createServer((socket) => socket.on('error', () => {}).end()).listen(0, '127.0.0.1')
        await once(server, 'listening')
        let plays = 0
        return {
          ...replica,
          port: (server.address() as AddressInfo).port,
          play: async <T>(body: () => Promise<T>): Promise<T> => {
            plays++
            if (dies && late && plays === 2) server.close()
            return body()
          },
          death: () => (dies && plays > 1 ? 'exited with status 139' : undefined),
          stop: async () => {
            server.close()
            await replica.stop()
          },
        }
      }),
    )
  return { implementation: { ...implementation, start }, running, started: () => started }
}

function noticesOf(events: readonly RunEvent[]): readonly string[] {
  return events.flatMap((event) => (event.kind === 'notice' ? [event.text] : []))
}

function reasonsOf(events: readonly RunEvent[]): readonly string[] {
  return events.flatMap((event) => (event.kind === 'run-finished' ? event.reasons : []))
}

it('a death makes the run red, and another replica plays the remaining cases', async () => {
  const { implementation, running, started } = await mortal({ deaths: 1 })
  const { outcome, ofJob, finished, events } = await play(implementation, connecting)
  expect(outcome.exitCode).toBe(1)
  const died = finished.filter(({ result }) => result.verdict !== 'pass')
  expect(finished).toHaveLength(connecting.length)
  expect(died.map(({ lane, result: { verdict, reason } }) => ({ lane, verdict, reason }))).toEqual([
    { lane: 0, verdict: 'inconclusive', reason: 'the implementation died: exited with status 139' },
  ])
  const reason = `idle died in ${died[0]?.result.scenario}, or right after it: exited with status 139`
  expect(reasonsOf(events)).toContain(reason)
  expect(events).toContainEqual(expect.objectContaining({ kind: 'notice', text: reason }))
  expect(ofJob?.unfit).toBe('it died')
  expect({ started: started(), running: running() }).toEqual({ started: 3, running: 0 })
})

it('a case that could not connect because the replica was already dead is played again', async () => {
  const { implementation } = await mortal({ deaths: 1, late: true })
  const { outcome, finished, events } = await play(implementation, connecting)
  expect(finished.map(({ result }) => result.verdict)).toEqual(Array(connecting.length).fill('pass'))
  expect(outcome.exitCode).toBe(1)
  expect(reasonsOf(events)).toEqual(['idle died before its first case: exited with status 139'])
})

it('an implementation that dies in every case is not started for ever', async () => {
  const { implementation, running, started } = await mortal({ deaths: 1000 })
  const { outcome, finished } = await play(
    implementation,
    Array.from({ length: 40 }, (_, at) => ({ ...(connecting[0] as Scenario), id: `connects/${at}` })),
  )
  expect(outcome.exitCode).toBe(1)
  expect({ started: started(), running: running() }).toEqual({ started: 12, running: 0 })
  expect(finished).toHaveLength(40)
  // Each of the twelve replicas played two cases, one of them the smoke scenario.
  const left = finished.filter(({ result }) => result.reason === 'the implementation is dead')
  expect(left).toHaveLength(40 - (12 * 2 - 1))
})

it('a death is unexpected, even if the baseline expects the findings', async () => {
  const { implementation } = await mortal({ deaths: 1 })
  const known = baselineOf(cause('crashes', [{ case: 'connects/0', inconclusive: true }]))
  const { outcome, finished } = await play(implementation, connecting.slice(0, 1), 'real', known)
  expect(finished.map(({ comparison }) => comparison.kind)).toEqual(['as-expected'])
  expect(outcome.exitCode).toBe(1)
})

/** A case in which the implementation connects and sends nothing. */
const silent = casesOf(
  scenario(
    {
      id: 'smoke/silent',
      purpose: 'It answers.',
      decides: ['1/waits'],
      provenBy: ['none'],
      iut: 'recipient',
    },
    async (t) => {
      t.decide('1/waits', { ok: true, expected: 'a connection', seen: 'a connection' })
      t.decide('1/waits', { ok: false, expected: 'an answer', seen: 'nothing' })
    },
  ),
)[0] as ScenarioCase

it('an implementation that sends nothing fails the smoke scenario, and no baseline is made from its results', async () => {
  const { outcome, ofJob, finished, events } = await play(
    idleImplementation().implementation,
    ordinary,
    'real',
    undefined,
    { smoke: silent },
  )
  expect(outcome.exitCode).toBe(3)
  expect(finished.map(({ result }) => result.verdict)).toEqual(Array(4).fill('inconclusive'))
  const text = 'does not pass the smoke scenario smoke/silent@recipient: an answer expected, seen: nothing'
  expect(reasonsOf(events)[0]).toBe(`idle ${text}`)
  expect(events.filter(({ kind }) => kind === 'diagnosis')).toEqual([
    expect.objectContaining({
      implementation: 'idle',
      text,
      remedies: ['see whether it listens on port 1723 of 127.0.0.1'],
      log: [],
      cases: 4,
    }),
  ])
  expect(ofJob?.unfit).toBe('it does not pass the smoke scenario smoke/silent@recipient')
})

it('a run that is stopped in the smoke scenario reports that it was stopped, and nothing else', async () => {
  const stopper = new AbortController()
  const smoke = casesOf(
    scenario(
      { id: 'smoke/stops', purpose: 'It waits.', decides: ['1/waits'], provenBy: ['none'], iut: 'recipient' },
      async (t) => {
        stopper.abort('SIGINT')
        t.decide('1/waits', { ok: false, expected: 'an answer', seen: 'nothing' })
      },
    ),
  )[0] as ScenarioCase
  const { outcome, finished, events } = await play(
    idleImplementation().implementation,
    ordinary,
    'real',
    undefined,
    { smoke, signal: stopper.signal },
  )
  expect({ exitCode: outcome.exitCode, finished }).toEqual({ exitCode: 3, finished: [] })
  expect(events.at(-1)).toMatchObject({ kind: 'run-finished', reasons: ['interrupted: SIGINT'] })
})

it('a slow start does not delay stopping the run', async () => {
  const stopper = new AbortController()
  const { implementation } = idleImplementation()
  const slow: Implementation = {
    ...implementation,
    start: () => {
      stopper.abort('SIGINT')
      return new Promise(() => {})
    },
  }
  await expect(play(slow, ordinary, 'real', undefined, { signal: stopper.signal })).rejects.toThrow(
    'stopped: SIGINT',
  )
})

it('cases for a role that the implementation does not take are counted, but neither planned nor skipped', async () => {
  const dials = Array.from({ length: 2 }, (_, at) =>
    scenario(
      {
        id: `dials/${at}`,
        purpose: 'It dials.',
        decides: ['1/waits'],
        provenBy: ['none'],
        iut: 'originator',
        vary: { way: { one: 1, two: 2 } },
      },
      async () => {},
    ),
  )
  const { outcome, ofJob, events, finished } = await play(idleImplementation().implementation, [
    ...ordinary,
    ...dials,
  ])
  const ids = ordinary.map(({ id }) => `${id}@recipient`)
  expect(events.find(({ kind }) => kind === 'implementation-started')).toMatchObject({
    planned: ids,
    otherRole: 2,
  })
  expect(finished.map(({ result }) => result.scenario).sort()).toEqual(ids)
  expect(outcome.exitCode).toBe(0)
  // The baseline of an implementation cannot name cases of the role that it does not take.
  expect(ofJob).toMatchObject({ whole: true, roles: ['recipient'] })
})

it('a cause that no longer shows makes a complete run red, even if the implementation takes one role only', async () => {
  const known = baselineOf(cause('past', [{ case: 'ordinary/1', fail: ['1/waits'] }]))
  const other = { ...waits('other/role', false), iut: 'originator' as const }
  const { outcome, events } = await play(
    idleImplementation().implementation,
    [...ordinary, other],
    'real',
    known,
  )
  expect(outcome.exitCode).toBe(1)
  expect(events.find(({ kind }) => kind === 'implementation-finished')).toMatchObject({
    stale: [{ cause: 'past', detail: 'no result shows this cause any more' }],
  })
  expect(reasonsOf(events)).toEqual(['idle cause past: no result shows this cause any more'])
})

/** A case that passes and fails in turn. */
function flips(id: string): Scenario {
  let plays = 0
  return {
    ...waits(id, false),
    body: async (t) => t.decide('1/waits', { ok: plays++ % 2 === 0, expected: 'it', seen: 'so' }),
  }
}

it('several rounds find the one case that differs from round to round', async () => {
  const { outcome, ofJob, events, finished } = await play(
    idleImplementation().implementation,
    [...ordinary, flips('ordinary/flips')],
    'real',
    undefined,
    { rounds: 3 },
  )
  expect(finished).toHaveLength(15)
  expect(finished.map(({ round = 0 }) => round).sort()).toEqual([1, 2, 3].flatMap((at) => Array(5).fill(at)))
  expect(events[0]).toMatchObject({ kind: 'run-started', repeat: 3 })
  const unstable = { cases: ['ordinary/flips@recipient'], monitors: [], causes: [] }
  expect(events.find(({ kind }) => kind === 'implementation-finished')).toMatchObject({ unstable })
  expect(outcome.exitCode).toBe(1)
  expect(reasonsOf(events)).toContain('idle unstable from round to round: cases ordinary/flips@recipient')
  expect(ofJob?.results.map(({ result }) => result.scenario).sort()).toEqual(
    ordinary.map(({ id }) => `${id}@recipient`),
  )
  // Each round keeps its own files.
  const traces = finished.flatMap(({ files }) => files?.trace ?? [])
  // Cases that passed share a file.
  expect(new Set(traces).size).toBe(2)
})

it('a run of one round does not mention rounds', async () => {
  const { events } = await play(idleImplementation().implementation, ordinary, 'real', undefined, {
    rounds: 1,
  })
  for (const event of events)
    for (const key of ['round', 'repeat', 'unstable']) expect(event).not.toHaveProperty(key)
})
