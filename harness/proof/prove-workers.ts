import { availableParallelism } from 'node:os'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import { HarnessError, messageOf } from '../errors/errors.ts'
import { compileLessEagerly } from '../implementations/play-flags.ts'
import { casesOf, scenarioName } from '../scenario/scenario.ts'
import { BUNDLE, scenariosIncluded } from './bundle.ts'
import { type CaseProver, inThisThread } from './prove.ts'
import type { CaseProof } from './prove-case.ts'
import type { WorkerTask } from './prove-worker.ts'

/**
 * A thread has to load and to warm up, which takes it about two seconds: it pays from about so many
 * cases on.
 */
const CASES_A_WORKER = 60

/**
 * Plays scenarios of the shipped suites in worker threads.
 * @param wanted how many threads; by default as many as save time.
 */
export function inThreads(wanted?: number): CaseProver {
  return (scenarios, plan) => {
    const cases = scenarios.flatMap(casesOf).length
    const count = wanted ?? Math.min(availableParallelism(), Math.floor(cases / CASES_A_WORKER))
    return (count < 1 ? inThisThread() : inWorkers(count))(scenarios, plan)
  }
}

/**
 * Shares scenarios of the shipped suites out among worker threads. Which thread plays which depends
 * on the moment; what comes out does not, for each play has a world and a clock of its own.
 */
function inWorkers(count: number): CaseProver {
  return async (scenarios, plan) => {
    compileLessEagerly()
    for (const flag of ENGINE_FLAGS) setFlagsFromString(flag)
    const task: WorkerTask = { ...plan, monitors: plan.monitors.map(({ id }) => id) }
    const proofs: (readonly CaseProof[])[] = []
    // Those with many cases first, lest one thread be left with them.
    const queue = [...scenarios.entries()]
      .sort(([, a], [, b]) => casesOf(b).length - casesOf(a).length)
      .values()
    const program = await programOf('prove-worker')
    const workers = Array.from({ length: Math.min(count, scenarios.length) }, () =>
      startWorker(program, task),
    )
    try {
      await Promise.all(
        workers.map(async (worker) => {
          for (const [at, one] of queue) proofs[at] = await worker.prove(scenarioName(one))
        }),
      )
    } finally {
      await Promise.all(workers.map((worker) => worker.stop()))
    }
    return proofs.flat()
  }
}

/**
 * Every core has a worker of its own, so that collecting is not shared out among more threads. Old
 * objects get room (in MB) before they are collected for the first time, for that is when compiled
 * code goes. An engine that knows no such flag says so and does without.
 */
const ENGINE_FLAGS = ['--no-parallel-scavenge', '--initial-old-space-size=1024']

interface ProvingWorker {
  /** @throws HarnessError when the thread died. */
  prove(scenario: string): Promise<readonly CaseProof[]>
  stop(): Promise<unknown>
}

function startWorker(program: URL, task: WorkerTask): ProvingWorker {
  const worker = new Worker(program, {
    workerData: task,
    execArgv: [],
    // A play leaves half a megabyte behind, all of it dead when it ends: the fewer collections the
    // less of it gets old.
    resourceLimits: { maxYoungGenerationSizeMb: 256 },
  })
  let waiting:
    | { readonly resolve: (proofs: readonly CaseProof[]) => void; readonly reject: (error: unknown) => void }
    | undefined
  let dead: HarnessError | undefined
  const fail = (why: string, cause?: unknown) => {
    dead ??= new HarnessError('WorkerError', 3, `a thread that proves scenarios ended: ${why}`, undefined, {
      cause,
    })
    waiting?.reject(dead)
  }
  worker.on('message', (proofs: readonly CaseProof[]) => waiting?.resolve(proofs))
  worker.on('error', (error) => fail(messageOf(error), error))
  worker.on('exit', (code) => fail(`exit code ${code}`))
  return {
    prove: (scenario) =>
      new Promise((resolve, reject) => {
        if (dead !== undefined) reject(dead)
        waiting = { resolve, reject }
        worker.postMessage(scenario)
      }),
    stop: () => worker.terminate(),
  }
}

/**
 * The URL to start a thread of this folder with. Beside a built program lies one of JavaScript.
 * Under tsx or vitest it is TypeScript, which a new thread cannot read: it gets a bundle, which
 * loads at once and is without what these two add to each function.
 */
async function programOf(name: string): Promise<URL> {
  const module = new URL(`./${name}${extname(import.meta.url)}`, import.meta.url)
  if (extname(module.pathname) !== '.ts') return module
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(module)],
    ...BUNDLE,
    mainFields: ['module', 'main'],
    plugins: [scenariosIncluded(new URL('../../', import.meta.url))],
    // Otherwise every line of a stack would be the whole URL.
    footer: { js: `//# sourceURL=${name}` },
    write: false,
  })
  return new URL(`data:text/javascript,${encodeURIComponent(outputFiles[0]?.text ?? '')}`)
}
