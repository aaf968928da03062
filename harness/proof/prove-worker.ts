import { parentPort, workerData } from 'node:worker_threads'
import { SCENARIOS } from '../../suites/index.ts'
import { MONITORS } from '../../suites/monitors/index.ts'
import { casesOf, scenarioName } from '../scenario/scenario.ts'
import { type ProofPlan, proveScenario } from './prove-case.ts'

/**
 * The data that a worker thread is started with. Scenarios and monitors are code, which cannot be
 * sent between threads: they are sent by id, and each thread imports them.
 */
export interface WorkerTask extends Omit<ProofPlan, 'monitors'> {
  readonly monitors: readonly string[]
}

const { monitors, ...task } = workerData as WorkerTask
const scenarios = new Map(SCENARIOS.map((one) => [scenarioName(one), one]))
const plan: ProofPlan = { ...task, monitors: MONITORS.filter(({ id }) => monitors.includes(id)) }

parentPort?.on('message', async (name: string) => {
  const one = scenarios.get(name)
  if (one === undefined) throw new Error(`the suites have no scenario ${name}`)
  parentPort?.postMessage(await proveScenario(casesOf(one), plan))
})
