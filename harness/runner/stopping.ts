/** Thrown when the run is stopped before the awaited work has ended. */
export class Stopped extends Error {}

/**
 * Waits for a start, unless the run is stopped before the start has ended.
 * @throws Stopped when the run is stopped first.
 */
export async function unless<T>(signal: AbortSignal, start: Promise<T>): Promise<T> {
  const started = await orStopped(signal, start)
  if (!(started instanceof Stopped)) return started
  start.catch(() => {})
  throw started
}

/**
 * Waits for the end of some work or of the run, whichever is first. `Promise.race` with one promise
 * for the whole run would keep the results of all work, traces included, until the run is over.
 */
export function orStopped<T>(signal: AbortSignal, work: Promise<T>): Promise<T | Stopped> {
  return new Promise((resolve, reject) => {
    const stop = () => resolve(new Stopped(`stopped: ${signal.reason}`))
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
