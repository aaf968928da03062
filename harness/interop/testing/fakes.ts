import type { Watcher } from '../watcher.ts'

/** What a watcher was told, in order, with its hop: `mark client`. */
export type WatcherCalls = string[]

/** A watcher that has seen what it is given, and no more. */
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
