/** The run was stopped before what was waited for had come. */
export class Stopped extends Error {}

/**
 * What was being started, unless the run is stopped before: then nobody waits for it any more.
 * @throws Stopped in that case.
 */
export async function unless<T>(signal: AbortSignal, start: Promise<T>): Promise<T> {
  const started = await orStopped(signal, start)
  if (!(started instanceof Stopped)) return started
  start.catch(() => {})
  throw started
}

/**
 * What comes first: the end of some work, or that of the run. No `Promise.race` with one promise
 * for the whole run: that would keep whatever has come of every work, traces and all, until the run
 * is over.
 */
export function orStopped<T>(signal: AbortSignal, work: Promise<T>): Promise<T | Stopped> {
  return new Promise((resolve, reject) => {
    const stop = () => resolve(new Stopped(`stopped: ${signal.reason}`))
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
