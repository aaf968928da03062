import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { extname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { HarnessError } from '../errors/errors.ts'
import type { ScenarioCase } from '../scenario/scenario.ts'
import type { CaseProver } from './prove.ts'
import type { CaseProof } from './prove-case.ts'
import type { WorkerTask } from './prove-worker.ts'

/** As many as there are processors to use. */
export const PROVE_WORKERS = availableParallelism()

/**
 * Shares cases of the shipped suites out among worker threads. Which thread plays which case depends on the moment; what comes out does
 * not, for each play has a world and a clock of its own.
 */
export function inWorkers(count: number): CaseProver {
  return async (cases, monitors, mutants) => {
    const task: WorkerTask = { monitors: monitors.map(({ id }) => id), mutants }
    const proofs: CaseProof[] = []
    const queue = cases.entries()
    const workers = Array.from({ length: Math.min(count, cases.length) }, () => startWorker(task))
    try {
      await Promise.all(
        workers.map(async (worker) => {
          for (const [at, one] of queue) proofs[at] = await worker.prove(one)
        }),
      )
    } finally {
      await Promise.all(workers.map((worker) => worker.stop()))
    }
    return proofs
  }
}

interface ProvingWorker {
  /** @throws HarnessError when the thread died. */
  prove(one: ScenarioCase): Promise<CaseProof>
  stop(): Promise<unknown>
}

function startWorker(task: WorkerTask): ProvingWorker {
  const extension = extname(import.meta.url)
  const worker = new Worker(new URL(`./prove-worker${extension}`, import.meta.url), {
    workerData: task,
    // From a checkout the thread has to read TypeScript as this one does, whatever taught this one.
    ...(extension === '.ts' ? { execArgv: ['--import', typeScriptLoader()] } : {}),
  })
  let waiting:
    | { readonly resolve: (proof: CaseProof) => void; readonly reject: (error: unknown) => void }
    | undefined
  const fail = (why: string, cause?: unknown) => {
    waiting?.reject(
      new HarnessError('WorkerError', 3, `a thread that proves scenarios ended: ${why}`, undefined, {
        cause,
      }),
    )
  }
  worker.on('message', (proof: CaseProof) => waiting?.resolve(proof))
  worker.on('error', (error) => fail(error instanceof Error ? error.message : String(error), error))
  worker.on('exit', (code) => fail(`exit code ${code}`))
  return {
    prove: (one) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject }
        worker.postMessage(one.id)
      }),
    stop: () => worker.terminate(),
  }
}

function typeScriptLoader(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
}
