import type { LinkAction, PppLink } from '../link.ts'

/**
 * Returns the delays in ms after which a frame arrives: an empty list loses it, two delays
 * duplicate it.
 */
export type Delays = (frame: Uint8Array) => readonly number[]

type End = 0 | 1

/** Two links connected to each other, with a simulated clock. */
export interface LinkPair {
  /** Performs the actions that a link function of one end returned. */
  act(end: End, actions: readonly LinkAction[]): void
  /** Lets `ms` pass: delivers frames and fires timers in their order. */
  run(ms: number): void
  now(): number
  /** Everything an end did so far. */
  readonly done: readonly [LinkAction[], LinkAction[]]
}

/**
 * Connects two links and opens both.
 * @param delays is called for every frame; each takes 1 ms unless given.
 */
export function createLinkPair(ends: readonly [PppLink, PppLink], delays: Delays = () => [1]): LinkPair {
  const done: [LinkAction[], LinkAction[]] = [[], []]
  const timers: [Map<string, object>, Map<string, object>] = [new Map(), new Map()]
  let events: { readonly at: number; readonly order: number; readonly fire: () => void }[] = []
  let order = 0
  let now = 0

  function later(ms: number, fire: () => void): void {
    events.push({ at: now + ms, order: order++, fire })
  }

  function act(end: End, actions: readonly LinkAction[]): void {
    done[end].push(...actions)
    const other: End = end === 0 ? 1 : 0
    for (const action of actions)
      if (action.kind === 'send')
        for (const delay of delays(action.frame))
          later(delay, () => act(other, ends[other].receive(action.frame)))
      else if (action.kind === 'cancel-timer') timers[end].delete(action.timer)
      else if (action.kind === 'set-timer') {
        const token = {}
        timers[end].set(action.timer, token)
        later(action.ms, () => {
          if (timers[end].get(action.timer) !== token) return
          timers[end].delete(action.timer)
          act(end, ends[end].timer(action.timer))
        })
      }
  }

  act(0, ends[0].open())
  act(1, ends[1].open())
  return {
    act,
    done,
    now: () => now,
    run(ms) {
      const deadline = now + ms
      for (;;) {
        const [next] = events.sort((a, b) => a.at - b.at || a.order - b.order)
        if (next === undefined || next.at > deadline) break
        events = events.slice(1)
        now = next.at
        next.fire()
      }
      now = deadline
    },
  }
}
