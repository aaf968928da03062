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
import type { StrangerPlan, StrangerProof } from './strangers.ts'

/**
 * The fewest cases for which a thread is worth the two seconds that it takes to load and warm up.
 */
const CASES_A_WORKER = 60

/**
 * Returns a prover that plays scenarios of the shipped suites in worker threads.
 * @param wanted how many threads; by default as many as save time, which may be none.
 */
export function inThreads(wanted?: number): CaseProver {
  return (scenarios, plan) => {
    const cases = scenarios.flatMap(casesOf).length
    const count = wanted ?? Math.min(availableParallelism(), Math.floor(cases / CASES_A_WORKER))
    return (count < 1 ? inThisThread() : inWorkers(count))(scenarios, plan)
  }
}

/**
 * Distributes scenarios of the shipped suites among worker threads. Which thread plays a scenario
 * varies, but the result does not: each play has a network and a clock of its own.
 */
function inWorkers(count: number): CaseProver {
  return async (scenarios, plan) => {
    // Scenarios with many cases first: otherwise one thread may still play them when all others are
    // done.
    const order = [...scenarios.entries()].sort(([, a], [, b]) => casesOf(b).length - casesOf(a).length)
    const task: WorkerTask = { job: 'scenarios', ...plan, monitors: plan.monitors.map(({ id }) => id) }
    const names = order.map(([, one]) => scenarioName(one))
    const proofs = await workedOff<readonly CaseProof[]>(count, task, names)
    const inOrder: (readonly CaseProof[])[] = []
    for (const [place, [at]] of order.entries()) inOrder[at] = proofs[place] ?? []
    return inOrder.flat()
  }
}

/**
 * Plays the strangers of these seeds in worker threads.
 * @param wanted how many threads; one for each core unless given.
 */
export function strangersInThreads(
  seeds: readonly number[],
  { cases, monitors, ...plan }: StrangerPlan,
  wanted = availableParallelism(),
): Promise<readonly StrangerProof[]> {
  const ids = { cases: [...cases.keys()], monitors: monitors.map(({ id }) => id) }
  return workedOff<StrangerProof>(Math.max(1, wanted), { job: 'strangers', ...plan, ...ids }, seeds)
}

/** Distributes items among worker threads with one job; the results are in the items' order. */
async function workedOff<T>(
  count: number,
  task: WorkerTask,
  items: readonly (string | number)[],
): Promise<readonly T[]> {
  compileLessEagerly()
  for (const flag of ENGINE_FLAGS) setFlagsFromString(flag)
  const results: T[] = []
  const queue = items.entries()
  const program = await programOf('prove-worker')
  const workers = Array.from({ length: Math.min(count, items.length) }, () => startWorker<T>(program, task))
  try {
    await Promise.all(
      workers.map(async (worker) => {
        for (const [at, item] of queue) results[at] = await worker.work(item)
      }),
    )
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()))
  }
  return results
}

/**
 * Flags of V8. Each core already has a worker, so garbage collection uses no further threads. The
 * first full collection, which discards compiled code, comes after 1024 MB of old objects. V8
 * prints a warning about a flag that it does not know, and goes on.
 */
const ENGINE_FLAGS = ['--no-parallel-scavenge', '--initial-old-space-size=1024']

interface ProvingWorker<T> {
  /** Proves the scenario of that name, or the stranger of that seed. @throws HarnessError when the thread died. */
  work(item: string | number): Promise<T>
  stop(): Promise<unknown>
}

function startWorker<T>(program: URL, task: WorkerTask): ProvingWorker<T> {
  const worker = new Worker(program, {
    workerData: task,
    execArgv: [],
    // Each play makes half a megabyte of garbage that no later play needs: with a large young
    // generation, most of it is collected there.
    resourceLimits: { maxYoungGenerationSizeMb: 256 },
  })
  let waiting:
    | { readonly resolve: (result: T) => void; readonly reject: (error: unknown) => void }
    | undefined
  let dead: HarnessError | undefined
  const fail = (why: string, cause?: unknown) => {
    dead ??= new HarnessError('WorkerError', 3, `a thread that proves scenarios ended: ${why}`, undefined, {
      cause,
    })
    waiting?.reject(dead)
  }
  worker.on('message', (result: T) => waiting?.resolve(result))
  worker.on('error', (error) => fail(messageOf(error), error))
  worker.on('exit', (code) => fail(`exit code ${code}`))
  return {
    work: (item) =>
      new Promise((resolve, reject) => {
        if (dead !== undefined) reject(dead)
        waiting = { resolve, reject }
        worker.postMessage(item)
      }),
    stop: () => worker.terminate(),
  }
}

/**
 * Returns the URL of a module of this folder that a thread can run: in the built package its
 * JavaScript. Under tsx or vitest it is TypeScript, which a new thread cannot read: then the URL
 * holds a bundle of it, which also lacks the code that tsx and vitest add to each function.
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
    // Without a name, every line of a stack trace would show the whole URL.
    footer: { js: `//# sourceURL=${name}` },
    write: false,
  })
  return new URL(`data:text/javascript,${encodeURIComponent(outputFiles[0]?.text ?? '')}`)
}
