import { availableParallelism } from 'node:os'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import { HarnessError, messageOf } from '../errors/errors.ts'
import { compileLessEagerly } from '../implementations/play-flags.ts'
import type { Monitor } from '../scenario/monitor.ts'
import { casesOf, scenarioName } from '../scenario/scenario.ts'
import { BUNDLE, scenariosIncluded } from './bundle.ts'
import { type CaseProver, inThisThread } from './prove.ts'
import type { Jobs, WorkerTask } from './prove-worker.ts'
import type { StrangerPlan, StrangerProof } from './strangers.ts'
import { type CaseTimer, timeCases } from './timing.ts'

/**
 * The fewest cases for which a thread is worth the two seconds that it takes to load and warm up.
 */
const CASES_A_WORKER = 60

/**
 * Returns a prover that plays scenarios of the shipped suites in worker threads.
 * @param wanted how many threads; by default as many as save time, which may be none.
 */
export function inThreads(wanted?: number): CaseProver {
  return async (scenarios, plan) => {
    const count = threadsFor(scenarios.flatMap(casesOf).length, wanted)
    if (count < 1) return inThisThread()(scenarios, plan)
    // Scenarios with many cases first: otherwise one thread may still play them when all others are
    // done.
    const order = [...scenarios].sort((a, b) => casesOf(b).length - casesOf(a).length)
    const task: WorkerTask<'proof'> = { kind: 'proof', plan: sent(plan) }
    const proofs = new Map(
      (await inWorkers(task, order.map(scenarioName), count)).map((proof, at) => [order[at], proof]),
    )
    return scenarios.flatMap((one) => proofs.get(one) ?? [])
  }
}

/** Returns what times cases of the shipped suites in worker threads, as many as `inThreads`. */
export function timeInThreads(wanted?: number): CaseTimer {
  return async (cases, plan) => {
    const count = threadsFor(cases.length * (plan.seeds.length + 1), wanted)
    if (count < 1) return timeCases(cases, plan)
    const task: WorkerTask<'timing'> = { kind: 'timing', plan: sent(plan) }
    return (
      await inWorkers(
        task,
        cases.map(({ id }) => id),
        count,
      )
    ).flat()
  }
}

/**
 * Plays the strangers of these seeds in worker threads.
 * @param wanted how many threads; one for each core unless given.
 */
export function strangersInThreads(
  seeds: readonly number[],
  plan: StrangerPlan,
  wanted = availableParallelism(),
): Promise<readonly StrangerProof[]> {
  const task: WorkerTask<'strangers'> = {
    kind: 'strangers',
    plan: { ...sent(plan), cases: [...plan.cases.keys()] },
  }
  return inWorkers(task, seeds, Math.max(1, wanted))
}

function threadsFor(cases: number, wanted: number | undefined): number {
  return wanted ?? Math.min(availableParallelism(), Math.floor(cases / CASES_A_WORKER))
}

function sent<T extends { readonly monitors: readonly Monitor[] }>(
  plan: T,
): Omit<T, 'monitors'> & { readonly monitors: readonly string[] } {
  return { ...plan, monitors: plan.monitors.map(({ id }) => id) }
}

/**
 * Distributes items of work among worker threads, and returns their results in the order of items.
 * Which thread takes an item varies, but the result does not: each play has a network and a clock
 * of its own.
 */
async function inWorkers<K extends keyof Jobs>(
  task: WorkerTask<K>,
  items: readonly Jobs[K]['item'][],
  count: number,
): Promise<readonly Jobs[K]['result'][]> {
  compileLessEagerly()
  for (const flag of ENGINE_FLAGS) setFlagsFromString(flag)
  const results: Jobs[K]['result'][] = []
  const queue = items.entries()
  const program = await programOf('prove-worker')
  const workers = Array.from({ length: Math.min(count, items.length) }, () => startWorker(program, task))
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

interface WorkingThread<K extends keyof Jobs> {
  /** Does one item of work. @throws HarnessError when the thread died. */
  work(item: Jobs[K]['item']): Promise<Jobs[K]['result']>
  stop(): Promise<unknown>
}

function startWorker<K extends keyof Jobs>(program: URL, task: WorkerTask<K>): WorkingThread<K> {
  const worker = new Worker(program, {
    workerData: task,
    execArgv: [],
    // Each play makes half a megabyte of garbage that no later play needs: with a large young
    // generation, most of it is collected there.
    resourceLimits: { maxYoungGenerationSizeMb: 256 },
  })
  let waiting:
    | { readonly resolve: (result: Jobs[K]['result']) => void; readonly reject: (error: unknown) => void }
    | undefined
  let dead: HarnessError | undefined
  const fail = (why: string, cause?: unknown) => {
    dead ??= new HarnessError('WorkerError', 3, `a thread that proves scenarios ended: ${why}`, undefined, {
      cause,
    })
    waiting?.reject(dead)
  }
  worker.on('message', (result: Jobs[K]['result']) => waiting?.resolve(result))
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
