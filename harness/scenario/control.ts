import type { Clock } from '../network/network.ts'
import type { PppAccounts } from '../ppp/profile.ts'
import { controlMessage, decodeControl, encodeControl } from '../protocol/control.ts'
import { createFramer } from '../protocol/framer.ts'
import {
  type BodyValues,
  type ControlMessage,
  fieldsOf,
  type HeaderValues,
  type MessageName,
} from '../protocol/messages.ts'
import { concat } from '../protocol/octets.ts'
import type { RecordedConnection } from '../trace/recorder.ts'
import { Decided, Inconclusive, type Judge, type OneOrMore } from './judge.ts'
import { createMailbox, type Mailbox } from './mailbox.ts'
import {
  describeMessage,
  describeObservation,
  entryOf,
  type Observation,
  type Received,
  receivedAs,
} from './observation.ts'
import type { TimerProfile } from './profile.ts'

/**
 * How a message's octets are cut into writes. A number: that many octets a write, without delay, so
 * that the IUT may well read several at once. `first`: so many octets, and the rest `pause` ms
 * later, when the IUT has read the first for sure.
 */
export type Delivery =
  | 'whole'
  | 'octet-by-octet'
  | number
  | { readonly first: number; readonly pause: number }

/**
 * What makes a valid message a malformed one, applied in this order. Without a name: one that fits
 * any message.
 */
export interface Malformation<N extends MessageName | 'any' = 'any'> {
  /**
   * Fields to overwrite after the message was made, header fields included; numbers as they are put
   * on the wire.
   */
  readonly patch?: Partial<HeaderValues & (N extends MessageName ? BodyValues<N> : unknown)>
  /** Keeps only so many octets. */
  readonly truncate?: number
  /** Octets to add at the end. */
  readonly append?: Uint8Array
  readonly delivery?: Delivery
}

/** One allowed (or forbidden) reaction, with its own wording. */
export interface Alternative {
  readonly wording: string
  readonly matches: (observation: Observation) => boolean
  /** What it is worth; pass when absent. */
  readonly verdict?: 'pass' | 'warn' | 'fail'
}

/**
 * One control connection, as the tester holds it. Where it decides a requirement it decides several
 * just as well.
 */
export interface Control<R extends string> {
  /** The tester's address that it was opened from; undefined where the system chose. */
  readonly from: string | undefined
  /** Sends a valid message, or a malformed one made from it. */
  send<N extends MessageName>(name: N, values?: Partial<BodyValues<N>>, malformation?: Malformation<N>): void
  /**
   * Sends so many octets of a message; what it returns sends the rest. All else that is sent
   * meanwhile, Echo-Replies too, waits until then: what the IUT has is half a message.
   */
  begin<N extends MessageName>(name: N, octets: number, values?: Partial<BodyValues<N>>): () => void
  /**
   * Stops reading, so that TCP in time stops the IUT's writing; what it returns reads on. What was
   * sent by then is not lost.
   */
  stopReading(): () => void
  /** Sends several messages in one write. */
  sendTogether(...messages: readonly ControlMessage[]): void
  /**
   * Waits for what comes next, `window` ms at most (default: the timer profile's `reply`). A close
   * is seen again by every later call.
   */
  next(window?: number): Promise<Observation>
  /**
   * Waits for what comes next, and leaves it to be seen; messages by these names that come before
   * it are passed over (at most 64).
   */
  passOver(...names: readonly MessageName[]): Promise<void>
  /**
   * Preamble: waits for that message; one that was set aside is taken from there. @throws
   * Inconclusive when something else comes.
   */
  await<N extends MessageName>(name: N, window?: number): Promise<Received<N>>
  /** Decides a requirement by the next message's being `name`. @throws Decided when it is not. */
  expect<N extends MessageName>(requirement: OneOrMore<R>, name: N, window?: number): Promise<Received<N>>
  /**
   * Decides a requirement by the first alternative that the next observation matches; none is a
   * violation. Gives the observation.
   */
  expectOneOf(
    requirement: OneOrMore<R>,
    alternatives: readonly [Alternative, ...Alternative[]],
    window?: number,
  ): Promise<Observation>
  /**
   * Decides a requirement by the IUT's closing the connection. Messages before it are passed over
   * (at most 64), unless `first` says that the close must be the first thing seen. Messages that
   * `besides` names may come before it in any case.
   */
  expectClose(
    requirement: OneOrMore<R>,
    options?: {
      readonly first?: boolean
      readonly besides?: readonly MessageName[]
      readonly window?: number
    },
  ): Promise<Observation>
  /**
   * Decides a requirement by nothing being answered: sends an Echo-Request as a fence and expects
   * its Echo-Reply next (no waiting).
   * @throws Decided when something else comes.
   */
  expectNothing(requirement: OneOrMore<R>, expected: string): Promise<void>
  /**
   * Decides a requirement by the connection still answering an Echo-Request; other messages are
   * passed over.
   */
  expectAlive(requirement: OneOrMore<R>, expected: string): Promise<void>
  /**
   * Preamble: whether the connection still answers an Echo-Request. Other messages are passed over.
   */
  isAlive(): Promise<boolean>
  /** Sends FIN. */
  end(): void
  /** Sends RST. */
  reset(): void
  /** Whether both sides have finished, or one has reset. */
  isOver(): boolean
  /** Ends our side and waits, shortly, for the IUT's. */
  dispose(): Promise<void>
}

/** What the pieces of a tester share. */
export interface TesterContext<R extends string> {
  readonly clock: Clock
  readonly timers: TimerProfile
  /** PPP accounts of the IUT; absent where none is known. */
  readonly accounts?: PppAccounts | undefined
  readonly judge: Judge<R>
  readonly note: (text: string) => void
  /** A number not used before in this scenario: identifiers of fences. */
  readonly unique: () => number
}

const PASSED_OVER = 64

/**
 * Messages that may wait to be seen before the connection is no longer read: TCP then holds back a
 * peer that floods us. `awaited`: while the scenario waits for a message that may come behind them.
 * Of messages set aside, more than `usual` are in the trace only.
 */
const UNSEEN = { usual: 256, awaited: 16_384 } as const

/**
 * Wraps an open TCP connection as a control connection. The tester answers the IUT's Echo-Requests
 * by itself.
 */
export function createControl<R extends string>(
  connection: RecordedConnection,
  context: TesterContext<R>,
  options: {
    readonly answerEchoes?: boolean
    /** Messages that wait until they are awaited by name. */
    readonly setAside?: readonly MessageName[]
    readonly from?: string
  } = {},
): Control<R> {
  const { clock, timers, judge } = context
  const mailbox = createMailbox<Observation>(clock)
  const aside = new Map(
    (options.setAside ?? []).map((name) => [name as string, createMailbox<Observation>(clock)]),
  )
  const framer = createFramer()
  let over: Observation | undefined
  let finished = false
  /** By us; that the descriptor is gone comes later. */
  let wasReset = false
  let wakeFinished: (() => void) | undefined
  /** What waits until the message that was begun is complete. */
  let held: (() => void)[] | undefined
  /** The scenario wants nothing read now. */
  let stopped = false
  /** The scenario wanted nothing read at some time: what piled up is not the IUT's doing. */
  let hasStopped = false
  /** How many times the scenario waits for a message now. */
  let waiting = 0
  let paused = false
  /**
   * Messages that no scenario is to see: Echo-Requests that the tester answered by itself, and too
   * many that were set aside.
   */
  let surplus = 0
  let disposing = false

  connection.onEvent((event, entry) => {
    if (event.kind === 'data') {
      for (const framed of framer.push(event.octets)) receive(framed, entry)
      if (disposing && isFlooded()) cutOff()
      else flow()
    } else if (event.kind === 'end') {
      close('FIN', entry)
      connection.end()
    } else if (event.kind === 'reset') close('RST', entry)
    else {
      finished = true
      wakeFinished?.()
    }
  })

  function receive(framed: ReturnType<typeof framer.push>[number], entry: number): void {
    if (framed.kind === 'out-of-step') {
      mailbox.put({ kind: 'out-of-step', detail: framed.detail, entry })
      return
    }
    const message = decodeControl(framed.octets)
    if (message.name === 'Echo-Request' && options.answerEchoes !== false) {
      surplus++
      write(encodeControl(controlMessage('Echo-Reply', { identifier: message.identifier, resultCode: 1 })))
      return
    }
    const box = aside.get(message.name)
    if (box === undefined) mailbox.put({ kind: 'message', message, entry })
    else if (box.size() < UNSEEN.usual) box.put({ kind: 'message', message, entry })
    else surplus++
  }

  /** Whether the IUT sends far more than anybody asked for. */
  function isFlooded(): boolean {
    return !hasStopped && (mailbox.size() > UNSEEN.usual || surplus > UNSEEN.usual)
  }

  /** Reads the connection while that is wanted; what comes otherwise is left to TCP. */
  function flow(): void {
    const most = waiting > 0 ? UNSEEN.awaited : UNSEEN.usual
    const next = stopped || (!disposing && mailbox.size() > most)
    if (next === paused) return
    paused = next
    connection.pause(paused)
  }

  /** Waits no longer for the IUT to close. */
  function giveUp(): void {
    if (finished || wasReset) return
    wasReset = true
    connection.reset()
    wakeFinished?.()
  }

  /** Ends the connection of an IUT that floods us. */
  function cutOff(): void {
    context.note('it sends far more than the scenario looks at: its connection is reset')
    giveUp()
  }

  function close(how: 'FIN' | 'RST', entry: number): void {
    if (over !== undefined) return
    over = { kind: 'closed', how, entry }
    for (const box of [mailbox, ...aside.values()]) box.put(over)
  }

  function write(octets: Uint8Array, delivery: Delivery = 'whole'): void {
    if (held !== undefined) {
      held.push(() => write(octets, delivery))
      return
    }
    if (typeof delivery === 'object') {
      connection.send(octets.slice(0, delivery.first))
      clock.after(delivery.pause, () => connection.send(octets.slice(delivery.first)))
      return
    }
    const step = delivery === 'whole' ? octets.length : delivery === 'octet-by-octet' ? 1 : delivery
    for (let at = 0; at < octets.length; at += Math.max(1, step))
      connection.send(octets.slice(at, at + Math.max(1, step)))
  }

  async function nextIn(box: Mailbox<Observation>, window: number = timers.reply): Promise<Observation> {
    const observation = await taken(box, window)
    if (observation === undefined) return { kind: 'silence', waited: window }
    if (observation === over) box.unread(observation)
    return observation
  }

  async function taken(box: Mailbox<Observation>, window: number): Promise<Observation | undefined> {
    if (box.size() === 0) {
      waiting++
      flow()
      try {
        return await box.take(window)
      } finally {
        waiting--
        flow()
      }
    }
    const observation = await box.take(window)
    flow()
    return observation
  }

  const next = (window?: number) => nextIn(mailbox, window)

  async function fence(): Promise<{
    readonly before: readonly Observation[]
    readonly alive: boolean
    readonly entry?: number
  }> {
    const identifier = context.unique()
    write(encodeControl(controlMessage('Echo-Request', { identifier })))
    const before: Observation[] = []
    while (before.length < PASSED_OVER) {
      const observation = await next()
      const reply = receivedAs(observation, 'Echo-Reply')
      if (reply !== undefined && reply.message.identifier === identifier)
        return { before, alive: true, entry: reply.entry }
      before.push(observation)
      if (observation.kind === 'closed' || observation.kind === 'silence') break
    }
    return { before, alive: false }
  }

  return {
    from: options.from,
    next,
    send(name, values = {}, malformation = {}) {
      write(
        malformed(controlMessage(name, values) as unknown as ControlMessage, malformation),
        malformation.delivery,
      )
    },
    begin(name, octets, values = {}) {
      const whole = encodeControl(controlMessage(name, values) as unknown as ControlMessage)
      write(whole.slice(0, octets))
      const waiting: (() => void)[] = []
      held = waiting
      return () => {
        if (held !== waiting) return
        held = undefined
        write(whole.slice(octets))
        for (const next of waiting) next()
      }
    },
    stopReading() {
      stopped = true
      hasStopped = true
      flow()
      return () => {
        stopped = false
        flow()
      }
    },
    sendTogether(...messages) {
      write(concat(...messages.map(encodeControl)))
    },
    async passOver(...names) {
      const passes = (one: Observation) => names.some((name) => receivedAs(one, name) !== undefined)
      let observation = await next()
      for (let passed = 0; passes(observation) && passed < PASSED_OVER; passed++) observation = await next()
      // A close waits there anyhow.
      if (observation.kind !== 'silence' && observation !== over) mailbox.unread(observation)
    },
    async await(name, window) {
      const observation = await nextIn(aside.get(name) ?? mailbox, window)
      const received = receivedAs(observation, name)
      if (received === undefined)
        throw new Inconclusive(`waited for ${name}, but saw ${describeObservation(observation)}`)
      return received
    },
    async expect(requirement, name, window) {
      const observation = await next(window)
      const received = receivedAs(observation, name)
      judge.decide(requirement, {
        ok: received !== undefined,
        expected: name,
        seen: describeObservation(observation),
        entry: entryOf(observation),
      })
      if (received === undefined) throw new Decided()
      return received
    },
    async expectOneOf(requirement, alternatives, window) {
      const observation = await next(window)
      decideByAlternatives(judge, requirement, alternatives, observation)
      return observation
    },
    async expectClose(requirement, { first = false, besides = [], window = timers.close } = {}) {
      const deadline = clock.now() + window
      const before: Observation[] = []
      let observation = await next(window)
      while (observation.kind !== 'closed' && observation.kind !== 'silence' && before.length < PASSED_OVER) {
        before.push(observation)
        observation = await next(Math.max(0, deadline - clock.now()))
      }
      const isEarly = (one: Observation) => besides.every((name) => receivedAs(one, name) === undefined)
      const early = first ? before.find(isEarly) : undefined
      judge.decide(requirement, {
        ok: observation.kind === 'closed' && early === undefined,
        expected: first ? 'the connection closes, and nothing is sent before' : 'the connection closes',
        seen: [
          ...before.slice(0, 4),
          observation.kind === 'silence' ? { ...observation, waited: window } : observation,
        ]
          .map(describeObservation)
          .join(', then '),
        entry:
          entryOf(early ?? observation) ??
          (before.length > 0 ? entryOf(before[before.length - 1] ?? observation) : undefined),
      })
      return observation
    },
    async expectNothing(requirement, expected) {
      const { before, alive, entry } = await fence()
      const surprise = before[0]
      judge.decide(requirement, {
        ok: alive && surprise === undefined,
        expected,
        seen:
          surprise === undefined
            ? 'nothing before the Echo-Reply that answers the next Echo-Request'
            : describeObservation(surprise),
        entry: surprise === undefined ? entry : entryOf(surprise),
      })
      if (!alive || surprise !== undefined) throw new Decided()
    },
    async expectAlive(requirement, expected) {
      const { before, alive, entry } = await fence()
      const last = before[before.length - 1]
      judge.decide(requirement, {
        ok: alive,
        expected,
        seen: alive
          ? 'Echo-Reply to the next Echo-Request'
          : last === undefined
            ? 'nothing'
            : describeObservation(last),
        entry: alive ? entry : last === undefined ? undefined : entryOf(last),
      })
      if (!alive) throw new Decided()
    },
    async isAlive() {
      return (await fence()).alive
    },
    end: () => connection.end(),
    reset() {
      wasReset = true
      connection.reset()
    },
    isOver: () => finished || wasReset,
    async dispose() {
      connection.end()
      if (isFlooded()) {
        cutOff()
        return
      }
      disposing = true
      stopped = false
      flow()
      if (!finished)
        await new Promise<void>((resolve) => {
          const timer = clock.after(DISPOSE_WINDOW, resolve)
          wakeFinished = () => {
            timer.cancel()
            resolve()
          }
        })
      giveUp()
    },
  }
}

/**
 * ms that a peer gets to close after our FIN before we reset; one that floods us gets none. Not a
 * judgement: keeps one scenario's connection out of the next.
 */
const DISPOSE_WINDOW = 500

/**
 * Decides a requirement by the first alternative that matches; also for observations that were not
 * just received.
 */
function decideByAlternatives<R extends string>(
  judge: Judge<R>,
  requirement: OneOrMore<R>,
  alternatives: readonly Alternative[],
  observation: Observation,
): void {
  const match = alternatives.find((alternative) => alternative.matches(observation))
  const allowed = alternatives.filter((alternative) => (alternative.verdict ?? 'pass') === 'pass')
  judge.decide(requirement, {
    ok: match !== undefined && (match.verdict ?? 'pass') === 'pass',
    expected: allowed.map((alternative) => alternative.wording).join(', or '),
    seen:
      match === undefined || (match.verdict ?? 'pass') === 'pass'
        ? describeObservation(observation)
        : `${match.wording}: ${describeObservation(observation)}`,
    entry: entryOf(observation),
    ...(match?.verdict === 'warn' || match?.verdict === 'fail' ? { otherwise: match.verdict } : {}),
  })
}

function malformed(message: ControlMessage, malformation: Malformation): Uint8Array {
  for (const wanted of Object.keys(malformation.patch ?? {}))
    if (!fieldsOf(message.name).some((field) => field.name === wanted))
      throw new Error(`${message.name} has no field ${wanted} to patch`)
  const patched = { ...message, ...malformation.patch } as ControlMessage & HeaderValues
  const octets = encodeControl(patched).slice(0, malformation.truncate)
  return malformation.append === undefined ? octets : concat(octets, malformation.append)
}

/** Ready-made alternatives. */
export const reaction = {
  closes: (verdict?: Alternative['verdict']): Alternative => ({
    wording: 'it closes the connection',
    matches: (observation) => observation.kind === 'closed',
    ...(verdict === undefined ? {} : { verdict }),
  }),
  stops: (verdict?: Alternative['verdict']): Alternative => ({
    wording: 'it sends Stop-Control-Connection-Request',
    matches: (observation) => receivedAs(observation, 'Stop-Control-Connection-Request') !== undefined,
    ...(verdict === undefined ? {} : { verdict }),
  }),
  /** A message whose values fit `where`. */
  answers: <N extends MessageName>(
    name: N,
    where: (message: ControlMessage<N>) => boolean,
    wording: string,
    verdict?: Alternative['verdict'],
  ): Alternative => ({
    wording,
    matches: (observation) => {
      const received = receivedAs(observation, name)
      return received !== undefined && where(received.message)
    },
    ...(verdict === undefined ? {} : { verdict }),
  }),
  silence: (verdict?: Alternative['verdict']): Alternative => ({
    wording: 'it stays silent',
    matches: (observation) => observation.kind === 'silence',
    ...(verdict === undefined ? {} : { verdict }),
  }),
  /**
   * The Echo-Reply to the fence `identifier`, sent behind the stimulus: it was ignored, and the
   * stream is in step.
   */
  ignores: (identifier: number, verdict?: Alternative['verdict']): Alternative => ({
    wording: 'it ignores the message and stays in step',
    matches: (observation) => receivedAs(observation, 'Echo-Reply')?.message.identifier === identifier,
    ...(verdict === undefined ? {} : { verdict }),
  }),
}

export { describeMessage }
