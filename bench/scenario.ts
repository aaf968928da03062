import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { EnvironmentError, messageOf } from '../harness/errors/errors.ts'
import { containerImplementation } from '../harness/implementations/container.ts'
import { findEngine } from '../harness/implementations/engine.ts'
import type { Replica } from '../harness/implementations/implementation.ts'
import { loadImplementation } from '../harness/implementations/manifest.ts'
import { packageRoot } from '../harness/implementations/package-root.ts'
import { createSystemNetwork } from '../harness/network/system.ts'
import { PPTP_PORT } from '../harness/protocol/messages.ts'
import { firstUniqueOf, playCase } from '../harness/runner/play-case.ts'
import { selectCases } from '../harness/runner/select.ts'
import { DIAL_TIMERS } from '../harness/scenario/profile.ts'
import { SCENARIOS } from '../suites/index.ts'
import { MONITORS } from '../suites/monitors/index.ts'
import { bareExchange } from './bare-exchange.ts'
import type { Bench } from './bench.ts'
import { measurePairs } from './pair.ts'
import type { Left, Row } from './record.ts'

const CASE = 'echo/reply#identifier=1@recipient'
const CONTAINER = 'pptpd-1.5.0'
/** How many times as many rounds as requested: a case takes only some ms. */
const ROUNDS_MORE = 40
/** Plays that do not count, in which the code is compiled. */
const WARM = 100
/** The largest acceptable ratio, against a real server. */
const WANTED = 1.2
const SERVER = join(packageRoot(), 'bench', 'plain-server.ts')

/**
 * Measures a case from the start of its play to its verdict, monitors included. Both sides wait for
 * the server's log if there is one.
 */
export const scenario: Bench = {
  name: 'scenario',
  about: `${CASE} as a run plays it, against a bare socket that sends the same octets to the same server`,
  async measure({ rounds, progress }) {
    const rows: Row[] = []
    const left: Left[] = []
    for (const start of [startPlain, startContainer]) {
      const name = `scenario/${start === startPlain ? 'plain' : CONTAINER}`
      try {
        const { replica, stop } = await start(progress)
        try {
          rows.push(...(await against(replica, name, rounds)))
        } finally {
          await stop()
        }
      } catch (error) {
        if (!(error instanceof EnvironmentError)) throw error
        left.push({ name, why: messageOf(error) })
      }
    }
    return { rows, left }
  },
}

function against(replica: Replica, name: string, rounds: number): Promise<readonly Row[]> {
  const [one] = selectCases(SCENARIOS, { scenarios: [CASE] })
  if (one === undefined) throw new Error(`there is no case ${CASE}`)
  const conditions = { monitors: MONITORS, seed: 0 }
  let played = 0
  const pair = {
    name,
    subject: 'echo/reply, played and judged',
    yardstick: 'bare socket',
    unit: 'ms',
    ...(replica.provenance.implementation === CONTAINER ? { wanted: WANTED } : {}),
    async ours() {
      const start = performance.now()
      const { result } = await playCase(one, replica, firstUniqueOf(0, played++ % 1_000), conditions)
      if (result.verdict !== 'pass')
        throw new EnvironmentError(`${CASE} comes to ${result.verdict}: ${result.reason ?? 'see a run'}`)
      return performance.now() - start
    },
    async theirs() {
      replica.takeLog()
      const start = performance.now()
      await bareExchange(replica.address, replica.port ?? PPTP_PORT)
      await replica.settled?.(1)
      return performance.now() - start
    },
  }
  return measurePairs([pair], { rounds: rounds * ROUNDS_MORE, warm: WARM })
}

interface Started {
  readonly replica: Replica
  stop(): Promise<unknown>
}

/**
 * Starts the plain server. It does almost nothing, so the harness's share of the time is largest.
 */
async function startPlain(): Promise<Started> {
  const child = spawn(process.execPath, ['--import', 'tsx', SERVER], { stdio: ['pipe', 'pipe', 'inherit'] })
  const over = once(child, 'exit')
  const [line] = await Promise.race([once(child.stdout, 'data'), over])
  const port = Number(line)
  if (!(port > 1)) throw new EnvironmentError(`the plain server does not start: ${line}`)
  const replica: Replica = {
    address: '127.0.0.1',
    port,
    provenance: { implementation: 'plain', versions: {}, engine: 'child process' },
    timers: {
      connect: 2_000,
      reply: 2_000,
      close: 2_000,
      call: 2_000,
      tunnel: 2_000,
      ...DIAL_TIMERS,
      speed: 1,
    },
    openNetwork: async () => createSystemNetwork(),
    play: (body) => body(),
    takeLog: () => [],
    death: () => undefined,
    stop: async () => {},
  }
  return {
    replica,
    stop() {
      child.stdin.end()
      return over
    },
  }
}

/**
 * Starts a real server in a container. No call is placed, so it needs no kernel of its own, which
 * would answer more slowly.
 */
async function startContainer(progress: (text: string) => void): Promise<Started> {
  const found = await findEngine({})
  if ('failure' in found) throw found.failure
  const implementation = containerImplementation(loadImplementation(CONTAINER), found.engine)
  const [replica] = await implementation.start(1, progress, { calls: false })
  if (replica === undefined) throw new EnvironmentError(`${CONTAINER} has not started`)
  return { replica, stop: () => replica.stop() }
}
