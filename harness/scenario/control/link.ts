import { controlMessage, decodeControl, encodeControl } from '../../protocol/control.ts'
import { createFramer, type Framed } from '../../protocol/framer.ts'
import type { MessageName } from '../../protocol/messages.ts'
import type { RecordedConnection } from '../../trace/recorder.ts'
import { createMailbox, type Mailbox } from '../mailbox.ts'
import { type Observation, receivedAs } from '../observation.ts'
import type { TesterContext } from '../tester-context.ts'

/**
 * How a message's octets are cut into writes. A number: that many octets in each write, without
 * delay; the IUT may read several writes at once. `first`: that many octets, then the rest after
 * `pause` ms, by which time the IUT has read the first ones.
 */
export type Delivery =
  | 'whole'
  | 'octet-by-octet'
  | number
  | { readonly first: number; readonly pause: number }

/** How a control connection is held. */
export interface ControlOptions {
  /** False: the IUT's Echo-Requests come to the scenario; true unless given. */
  readonly answerEchoes?: boolean
  /** Messages that wait until they are awaited by name. */
  readonly setAside?: readonly MessageName[]
  /** The tester's address that it was opened from, where that is known. */
  readonly from?: string
}

/** What a link needs of its tester. */
type LinkContext = Pick<TesterContext<never>, 'clock' | 'timers' | 'note' | 'unique'>

/** A control connection between the tester and the IUT: what waits on it, and how it stands. */
export interface ControlLink {
  readonly connection: RecordedConnection
  readonly context: LinkContext
  readonly answerEchoes: boolean
  /** What came and was not seen yet. */
  readonly mailbox: Mailbox<Observation>
  /** The same of messages that wait until they are awaited by name. */
  readonly aside: ReadonlyMap<string, Mailbox<Observation>>
  /** How the IUT closed it; undefined while it has not. */
  over: Observation | undefined
  finished: boolean
  /** By us; that the descriptor is gone comes later. */
  wasReset: boolean
  wakeFinished: (() => void) | undefined
  /** What waits until the message that was begun is complete. */
  held: (() => void)[] | undefined
  /** The scenario wants nothing read now. */
  stopped: boolean
  /** The scenario wanted nothing read at some time: what piled up is not the IUT's doing. */
  hasStopped: boolean
  /** How many times the scenario waits for a message now. */
  waiting: number
  paused: boolean
  /**
   * Messages that no scenario is to see: Echo-Requests that the tester answered by itself, and too
   * many that were set aside.
   */
  surplus: number
  disposing: boolean
  /** Identifiers of Echo-Requests that were sent twice: a late reply to one says nothing. */
  readonly askedTwice: Set<number>
}

/**
 * Messages that may wait to be seen before the connection is no longer read: TCP then holds back a
 * peer that floods us. `awaited`: while the scenario waits for a message that may come behind them.
 * Of messages set aside, more than `usual` are in the trace only.
 */
const UNSEEN = { usual: 256, awaited: 16_384 } as const

/**
 * ms that a peer gets to close after our FIN before we reset; one that floods us gets none. Not a
 * judgement: keeps one scenario's connection out of the next.
 */
const DISPOSE_WINDOW = 500

/** Messages that are passed over before what is waited for, at most. */
export const PASSED_OVER = 64

/** Takes over an open TCP connection: what came on it by now is taken within this call. */
export function openLink(
  connection: RecordedConnection,
  context: LinkContext,
  { answerEchoes = true, setAside = [] }: ControlOptions,
): ControlLink {
  const { clock } = context
  const link: ControlLink = {
    connection,
    context,
    answerEchoes,
    mailbox: createMailbox(clock),
    aside: new Map(setAside.map((name) => [name as string, createMailbox<Observation>(clock)])),
    over: undefined,
    finished: false,
    wasReset: false,
    askedTwice: new Set(),
    wakeFinished: undefined,
    held: undefined,
    stopped: false,
    hasStopped: false,
    waiting: 0,
    paused: false,
    surplus: 0,
    disposing: false,
  }
  const framer = createFramer()
  connection.onEvent((event, entry) => {
    if (event.kind === 'data') {
      for (const framed of framer.push(event.octets)) takeFramed(link, framed, entry)
      if (link.disposing && isFlooded(link)) cutOff(link)
      else adjustReading(link)
    } else if (event.kind === 'end') {
      takeClose(link, 'FIN', entry)
      connection.end()
    } else if (event.kind === 'reset') takeClose(link, 'RST', entry)
    else {
      link.finished = true
      link.wakeFinished?.()
    }
  })
  return link
}

function takeFramed(link: ControlLink, framed: Framed, entry: number): void {
  if (framed.kind === 'out-of-step') {
    link.mailbox.put({ kind: 'out-of-step', detail: framed.detail, entry })
    return
  }
  const message = decodeControl(framed.octets)
  if (message.name === 'Echo-Request' && link.answerEchoes) {
    link.surplus++
    const { identifier } = message
    write(link, encodeControl(controlMessage('Echo-Reply', { identifier, resultCode: 1 })))
    return
  }
  const box = link.aside.get(message.name)
  if (box === undefined) link.mailbox.put({ kind: 'message', message, entry })
  else if (box.size() < UNSEEN.usual) box.put({ kind: 'message', message, entry })
  else link.surplus++
}

function takeClose(link: ControlLink, how: 'FIN' | 'RST', entry: number): void {
  if (link.over !== undefined) return
  link.over = { kind: 'closed', how, entry }
  for (const box of [link.mailbox, ...link.aside.values()]) box.put(link.over)
}

/** Whether the IUT sends far more than anybody asked for. */
function isFlooded({ hasStopped, mailbox, surplus }: ControlLink): boolean {
  return !hasStopped && (mailbox.size() > UNSEEN.usual || surplus > UNSEEN.usual)
}

/** Reads the connection while that is wanted; what comes otherwise is left to TCP. */
function adjustReading(link: ControlLink): void {
  const most = link.waiting > 0 ? UNSEEN.awaited : UNSEEN.usual
  const paused = link.stopped || (!link.disposing && link.mailbox.size() > most)
  if (paused === link.paused) return
  link.paused = paused
  link.connection.pause(paused)
}

/** Reads nothing more; what this returns reads on. */
export function stopReading(link: ControlLink): () => void {
  link.stopped = true
  link.hasStopped = true
  adjustReading(link)
  return () => {
    link.stopped = false
    adjustReading(link)
  }
}

/** Writes octets, cut as `delivery` says; after a message that was begun, once it is complete. */
export function write(link: ControlLink, octets: Uint8Array, delivery: Delivery = 'whole'): void {
  const { connection, context, held } = link
  if (held !== undefined) {
    held.push(() => write(link, octets, delivery))
    return
  }
  if (typeof delivery === 'object') {
    connection.send(octets.slice(0, delivery.first))
    context.clock.after(delivery.pause, () => connection.send(octets.slice(delivery.first)))
    return
  }
  const step = delivery === 'whole' ? octets.length : delivery === 'octet-by-octet' ? 1 : delivery
  for (let at = 0; at < octets.length; at += Math.max(1, step))
    connection.send(octets.slice(at, at + Math.max(1, step)))
}

/** Writes the first `count` octets of a message; what this returns writes the rest. */
export function beginWriting(link: ControlLink, message: Uint8Array, count: number): () => void {
  write(link, message.slice(0, count))
  const waiting: (() => void)[] = []
  link.held = waiting
  return () => {
    if (link.held !== waiting) return
    link.held = undefined
    write(link, message.slice(count))
    for (const next of waiting) next()
  }
}

/** What comes next, `window` ms at most. A close is seen again by every later call. */
export function next(link: ControlLink, window?: number): Promise<Observation> {
  return nextIn(link, link.mailbox, window)
}

/** Like `next`, but where messages of that name wait: apart, if they are set aside. */
export function nextNamed(link: ControlLink, name: MessageName, window?: number): Promise<Observation> {
  return nextIn(link, link.aside.get(name) ?? link.mailbox, window)
}

async function nextIn(
  link: ControlLink,
  box: Mailbox<Observation>,
  window: number = link.context.timers.reply,
): Promise<Observation> {
  const observation = await taken(link, box, window)
  if (observation === undefined) return { kind: 'silence', waited: window }
  if (observation === link.over) box.unread(observation)
  return observation
}

async function taken(
  link: ControlLink,
  box: Mailbox<Observation>,
  window: number,
): Promise<Observation | undefined> {
  if (box.size() === 0) {
    link.waiting++
    adjustReading(link)
    try {
      return await box.take(window)
    } finally {
      link.waiting--
      adjustReading(link)
    }
  }
  const observation = await box.take(window)
  adjustReading(link)
  return observation
}

/** Waits for what comes next after messages by these names, and leaves it to be seen. */
export async function passOver(link: ControlLink, names: readonly MessageName[]): Promise<void> {
  const passes = (one: Observation) => names.some((name) => receivedAs(one, name) !== undefined)
  let observation = await next(link)
  for (let passed = 0; passes(observation) && passed < PASSED_OVER; passed++) observation = await next(link)
  // A close waits there anyhow.
  if (observation.kind !== 'silence' && observation !== link.over) link.mailbox.unread(observation)
}

/** What came before the Echo-Reply to an Echo-Request of ours, and whether that came. */
export interface Fenced {
  readonly before: readonly Observation[]
  readonly alive: boolean
  /** The trace entry of the Echo-Reply. */
  readonly entry?: number
}

/** Sends an Echo-Request and waits for its Echo-Reply, a close or silence. */
export async function fence(link: ControlLink): Promise<Fenced> {
  const identifier = link.context.unique()
  ask(link, identifier)
  const before: Observation[] = []
  while (before.length < PASSED_OVER) {
    const observation = await nextOrAskAgain(link, identifier)
    const reply = receivedAs(observation, 'Echo-Reply')
    if (reply?.message.identifier === identifier) return { before, alive: true, entry: reply.entry }
    before.push(observation)
    if (observation.kind === 'closed' || observation.kind === 'silence') break
  }
  return { before, alive: false }
}

/**
 * What comes next where an Echo-Request has been sent as a fence. After silence it is asked once
 * more, in a segment of its own: an IUT that takes one message of each read loses what it has read
 * with another, which is no answer to what the fence is behind.
 */
export async function nextOrAskAgain(
  link: ControlLink,
  identifier: number,
  window?: number,
): Promise<Observation> {
  const isStray = (one: Observation) => {
    const reply = receivedAs(one, 'Echo-Reply')?.message.identifier
    return reply !== undefined && reply !== identifier && link.askedTwice.has(reply)
  }
  let observation = await next(link, window)
  for (let strays = 0; isStray(observation) && strays < PASSED_OVER; strays++)
    observation = await next(link, window)
  if (observation.kind !== 'silence' || link.askedTwice.has(identifier)) return observation
  link.askedTwice.add(identifier)
  link.context.note('the Echo-Request drew no reply: it is sent once more, alone')
  ask(link, identifier)
  return next(link, window)
}

function ask(link: ControlLink, identifier: number): void {
  write(link, encodeControl(controlMessage('Echo-Request', { identifier })))
}

/** Sends RST. */
export function resetLink(link: ControlLink): void {
  link.wasReset = true
  link.connection.reset()
}

/** Ends our side and waits, shortly, for the IUT's. */
export async function disposeLink(link: ControlLink): Promise<void> {
  const { connection, context } = link
  connection.end()
  if (isFlooded(link)) {
    cutOff(link)
    return
  }
  link.disposing = true
  link.stopped = false
  adjustReading(link)
  if (!link.finished)
    await new Promise<void>((resolve) => {
      const timer = context.clock.after(DISPOSE_WINDOW, resolve)
      link.wakeFinished = () => {
        timer.cancel()
        resolve()
      }
    })
  giveUp(link)
}

/** Waits no longer for the IUT to close. */
function giveUp(link: ControlLink): void {
  if (link.finished || link.wasReset) return
  resetLink(link)
  link.wakeFinished?.()
}

/** Ends the connection of an IUT that floods us. */
function cutOff(link: ControlLink): void {
  link.context.note('it sends far more than the scenario looks at: its connection is reset')
  giveUp(link)
}
