import { parentPort, workerData } from 'node:worker_threads'
import { SCENARIOS } from '../../suites/index.ts'
import { MONITORS } from '../../suites/monitors/index.ts'
import { casesOf, scenarioName } from '../scenario/scenario.ts'
import { type ProofPlan, proveScenario } from './prove-case.ts'
import { proveStranger, type StrangerPlan } from './strangers.ts'

/**
 * The data that a worker thread is started with: its job. Scenarios and monitors are code, which
 * cannot be sent between threads: they are sent by id, and each thread imports them.
 */
export type WorkerTask = { readonly monitors: readonly string[] } & (
  | ({ readonly job: 'scenarios' } & Omit<ProofPlan, 'monitors'>)
  | ({ readonly job: 'strangers'; readonly cases: readonly string[] } & Omit<
      StrangerPlan,
      'monitors' | 'cases'
    >)
)

const task = workerData as WorkerTask
const monitors = MONITORS.filter(({ id }) => task.monitors.includes(id))
const work = workFor(task)

/** What a thread does with each item that it is sent: the name of a scenario, or a seed. */
function workFor(its: WorkerTask): (item: string | number) => Promise<unknown> {
  switch (its.job) {
    case 'scenarios': {
      const scenarios = new Map(SCENARIOS.map((one) => [scenarioName(one), one]))
      return async (name) => {
        const one = scenarios.get(String(name))
        if (one === undefined) throw new Error(`the suites have no scenario ${name}`)
        return proveScenario(casesOf(one), { ...its, monitors })
      }
    }
    case 'strangers': {
      const all = SCENARIOS.flatMap(casesOf).filter(({ id }) => its.cases.includes(id))
      const cases = new Map(all.map((one) => [one.id, one]))
      return (seed) => proveStranger(Number(seed), { ...its, cases, monitors })
    }
  }
}

parentPort?.on('message', async (item: string | number) => parentPort?.postMessage(await work(item)))
