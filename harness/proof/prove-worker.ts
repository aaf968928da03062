import { parentPort, workerData } from 'node:worker_threads'
import { SCENARIOS } from '../../suites/index.ts'
import { MONITORS } from '../../suites/monitors/index.ts'
import type { MutantName } from '../reference/mutants.ts'
import { casesOf } from '../scenario/scenario.ts'
import { proveCase } from './prove-case.ts'

/** What a worker thread is started with. Scenarios and monitors are code: both threads import them and speak of them by id. */
export interface WorkerTask {
  readonly monitors: readonly string[]
  readonly mutants: readonly MutantName[]
}

const { monitors, mutants } = workerData as WorkerTask
const cases = new Map(SCENARIOS.flatMap(casesOf).map((one) => [one.id, one]))
const watching = MONITORS.filter(({ id }) => monitors.includes(id))

parentPort?.on('message', async (id: string) => {
  const one = cases.get(id)
  if (one === undefined) throw new Error(`no case of the suites is ${id}`)
  parentPort?.postMessage(await proveCase(one, watching, mutants))
})
