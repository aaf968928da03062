import { parentPort, workerData } from 'node:worker_threads'
import { SCENARIOS } from '../../suites/index.ts'
import { MONITORS } from '../../suites/monitors/index.ts'
import type { Monitor } from '../scenario/monitor.ts'
import { casesOf, scenarioName } from '../scenario/scenario.ts'
import { type CaseProof, type ProofPlan, proveScenario } from './prove-case.ts'
import { proveStranger, type StrangerPlan, type StrangerProof } from './strangers.ts'
import { type TimingDifference, type TimingPlan, timeCase } from './timing.ts'

/** A plan as it is sent to a thread: monitors by id. */
type Sent<Plan extends { readonly monitors: readonly Monitor[] }> = Omit<Plan, 'monitors'> & {
  readonly monitors: readonly string[]
}

/**
 * What threads do: a plan that each is started with, items of work, and the result of one item.
 * Scenarios and monitors are code, which cannot be sent: they are sent by id, and each thread
 * imports them.
 */
export interface Jobs {
  /** An item is the name of a scenario. */
  readonly proof: {
    readonly plan: Sent<ProofPlan>
    readonly item: string
    readonly result: readonly CaseProof[]
  }
  /** An item is the id of a case. */
  readonly timing: {
    readonly plan: Sent<TimingPlan>
    readonly item: string
    readonly result: readonly TimingDifference[]
  }
  /** An item is a seed. */
  readonly strangers: {
    readonly plan: Omit<Sent<StrangerPlan>, 'cases'> & { readonly cases: readonly string[] }
    readonly item: number
    readonly result: StrangerProof
  }
}

/** The data that a worker thread is started with. */
export interface WorkerTask<K extends keyof Jobs = keyof Jobs> {
  readonly kind: K
  readonly plan: Jobs[K]['plan']
}

type Work<K extends keyof Jobs> = (item: Jobs[K]['item']) => Promise<Jobs[K]['result']>

const WORK: { readonly [K in keyof Jobs]: (plan: Jobs[K]['plan']) => Work<K> } = {
  proof(plan) {
    const scenarios = new Map(SCENARIOS.map((one) => [scenarioName(one), one]))
    const whole = withMonitors(plan)
    return (name) => proveScenario(casesOf(known(scenarios, 'scenario', name)), whole)
  },
  timing(plan) {
    const cases = new Map(SCENARIOS.flatMap(casesOf).map((one) => [one.id, one]))
    const whole = withMonitors(plan)
    return (id) => timeCase(known(cases, 'case', id), whole)
  },
  strangers(plan) {
    const all = SCENARIOS.flatMap(casesOf).filter(({ id }) => plan.cases.includes(id))
    const whole = { ...withMonitors(plan), cases: new Map(all.map((one) => [one.id, one])) }
    return (seed) => proveStranger(seed, whole)
  },
}

function withMonitors<T extends { readonly monitors: readonly string[] }>(
  plan: T,
): Omit<T, 'monitors'> & { readonly monitors: readonly Monitor[] } {
  return { ...plan, monitors: MONITORS.filter(({ id }) => plan.monitors.includes(id)) }
}

function known<T>(all: ReadonlyMap<string, T>, noun: string, name: string): T {
  const one = all.get(name)
  if (one === undefined) throw new Error(`the suites have no ${noun} ${name}`)
  return one
}

function start<K extends keyof Jobs>({ kind, plan }: WorkerTask<K>): Work<K> {
  return WORK[kind](plan)
}

const work = start(workerData as WorkerTask)
parentPort?.on('message', async (item: Jobs[keyof Jobs]['item']) => {
  parentPort?.postMessage(await work(item))
})
