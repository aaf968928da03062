import type { Watcher } from '../watcher.ts'

/** The calls of watchers, in order, each with its hop: `mark client`. */
export type WatcherCalls = string[]

/** Creates a watcher whose capture and number of missed frames are given. */
export function fakeWatcher(
  hop: string,
  told: WatcherCalls,
  {
    capture = new Uint8Array(),
    missed = 0,
  }: { readonly capture?: Uint8Array; readonly missed?: number } = {},
): Watcher {
  return {
    hop,
    async mark() {
      told.push(`mark ${hop}`)
    },
    capture: () => capture,
    async missed() {
      told.push(`missed ${hop}`)
      return missed
    },
    reset() {
      told.push(`reset ${hop}`)
    },
    async stop() {},
  }
}
