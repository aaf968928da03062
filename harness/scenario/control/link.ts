import { controlMessage, decodeControl, encodeControl } from '../../protocol/control.ts'
import { createFramer, type Framed } from '../../protocol/framer.ts'
import type { MessageName } from '../../protocol/messages.ts'
import type { RecordedConnection } from '../../trace/recorder.ts'
import { createMailbox, type Mailbox } from '../mailbox.ts'
import { describeObservation, type Observation, receivedAs } from '../observation.ts'
import type { TesterContext } from '../tester-context.ts'

/**
 * How the octets of a message are divided into writes. A number: that many octets in each write,
 * without delay, so that the IUT may read several writes at once. An object: the `first` octets,
 * and after `pause` ms the rest, so that the IUT reads the two parts separately.
 */
export type Delivery =
  | 'whole'
  | 'octet-by-octet'
  | number
  | { readonly first: number; readonly pause: number }

/** Options of a control connection. */
export interface ControlOptions {
  /**
   * Whether the tester answers Echo-Requests itself; true unless given. False: the scenario sees
   * them.
   */
  readonly answerEchoes?: boolean
  /** Names of messages that the scenario sees only when it awaits them by name. */
  readonly setAside?: readonly MessageName[]
  /** The tester's address of the connection, where it is known. */
  readonly from?: string
}

/** What a link needs from its tester. */
type LinkContext = Pick<TesterContext<never>, 'clock' | 'timers' | 'note' | 'unique'>

/** The state of a control connection between the tester and the IUT. */
export interface ControlLink {
  readonly connection: RecordedConnection
  readonly context: LinkContext
  readonly answerEchoes: boolean
  /** What came and the scenario has not seen yet. */
  readonly mailbox: Mailbox<Observation>
  /** Messages set aside, by name (`ControlOptions.setAside`). */
  readonly aside: ReadonlyMap<string, Mailbox<Observation>>
  /** How the IUT closed it; undefined while it has not. */
  over: Observation | undefined
  /** Whether the TCP connection is over: both ends have closed it, or one has reset it. */
  finished: boolean
  /** Whether the tester has reset the connection; `finished` follows later. */
  wasReset: boolean
  /** Called when `finished` becomes true, or the tester gives up waiting for that. */
  wakeFinished: (() => void) | undefined
  /** Writes that wait until the message of `beginWriting` is complete. */
  held: (() => void)[] | undefined
  /** Whether the scenario has stopped reading. */
  stopped: boolean
  /** Whether the scenario ever stopped reading: then many unseen messages are not a flood. */
  hasStopped: boolean
  /** How many calls of the scenario are waiting for a message. */
  waiting: number
  /** Whether reading from the socket is paused. */
  paused: boolean
  /**
   * How many messages the scenario will never see: Echo-Requests that the tester answered itself,
   * and messages that were to be set aside when too many were.
   */
  surplus: number
  /** Whether the scenario has ended, and the tester waits for the IUT to close. */
  disposing: boolean
  /** We have given the IUT a reason to end a call or the connection. */
  hasCause: boolean
  /** Identifiers of Echo-Requests that were sent twice: a second reply to them is ignored. */
  readonly askedTwice: Set<number>
}

/**
 * How many unseen messages may wait before reading is paused; TCP flow control then holds back an
 * IUT that floods the tester. `awaited`: the limit while the scenario waits for a message, which
 * may come after many others. Of each kind of message set aside, at most `usual` are kept.
 */
const UNSEEN = { usual: 256, awaited: 16_384 } as const

/**
 * ms that the IUT has to close after the tester's FIN, before the tester resets the connection, so
 * that it does not last into the next scenario. No verdict depends on it.
 */
const DISPOSE_WINDOW = 500

/** How many messages are ignored at most while waiting for a certain one. */
export const PASSED_OVER = 64

/** Makes a link of an open TCP connection; octets that have arrived are handled in this call. */
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
    hasCause: false,
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

/** Whether the IUT floods the tester: far more messages came than the scenario looks at. */
function isFlooded({ hasStopped, mailbox, surplus }: ControlLink): boolean {
  return !hasStopped && (mailbox.size() > UNSEEN.usual || surplus > UNSEEN.usual)
}

/** Pauses or resumes reading from the socket, depending on the state of the link. */
function adjustReading(link: ControlLink): void {
  const most = link.waiting > 0 ? UNSEEN.awaited : UNSEEN.usual
  const paused = link.stopped || (!link.disposing && link.mailbox.size() > most)
  if (paused === link.paused) return
  link.paused = paused
  link.connection.pause(paused)
}

/** Stops reading, and returns a function that resumes it. */
export function stopReading(link: ControlLink): () => void {
  link.stopped = true
  link.hasStopped = true
  adjustReading(link)
  return () => {
    link.stopped = false
    adjustReading(link)
  }
}

/** Writes octets as `delivery` says. Waits for the end of a message begun by `beginWriting`. */
export function write(link: ControlLink, octets: Uint8Array, delivery: Delivery = 'whole'): void {
  const { connection, context, held } = link
  if (held !== undefined) {
    held.push(() => write(link, octets, delivery))
    return
  }
  if (typeof delivery === 'object') {
    // An Echo-Reply of ours must not come between the two halves.
    context.clock.after(delivery.pause, beginWriting(link, octets, delivery.first))
    return
  }
  const step = delivery === 'whole' ? octets.length : delivery === 'octet-by-octet' ? 1 : delivery
  for (let at = 0; at < octets.length; at += Math.max(1, step))
    connection.send(octets.slice(at, at + Math.max(1, step)))
}

/** Writes the first `count` octets of a message, and returns a function that writes the rest. */
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

/**
 * Returns what comes next, or silence after `window` ms. After a close, every later call returns
 * that close again.
 */
export function next(link: ControlLink, window?: number): Promise<Observation> {
  return nextIn(link, link.mailbox, window)
}

/** Like `next`, but if messages of that name are set aside, returns the next of those. */
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

/** Drops messages of these names until something else comes, which remains for the next call. */
export async function passOver(link: ControlLink, names: readonly MessageName[]): Promise<void> {
  const passes = (one: Observation) => names.some((name) => receivedAs(one, name) !== undefined)
  let observation = await next(link)
  for (let passed = 0; passes(observation) && passed < PASSED_OVER; passed++) observation = await next(link)
  // `next` has put a close back itself.
  if (observation.kind !== 'silence' && observation !== link.over) link.mailbox.unread(observation)
}

/** The result of a fence: what came before its Echo-Reply, and whether that came (`alive`). */
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
 * Returns what comes next after an Echo-Request that was sent as a fence. After silence it sends
 * the Echo-Request once more, in a segment of its own, and waits again: an IUT that handles only
 * the first message of each read has lost the fence, which says nothing about the message before
 * it.
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
  link.context.note('no reply to the Echo-Request: it is sent once more, in a segment of its own')
  ask(link, identifier)
  return next(link, window)
}

function ask(link: ControlLink, identifier: number): void {
  write(link, encodeControl(controlMessage('Echo-Request', { identifier })))
}

/**
 * How the IUT has ended a call of its own accord, as far as no scenario has looked at it: a silent
 * tunnel then says nothing.
 * @param callId the Call ID that the IUT assigned.
 */
export function unaskedEnd(
  { hasCause, wasReset, over, mailbox }: ControlLink,
  callId: number,
): string | undefined {
  if (hasCause || wasReset) return undefined
  const found = mailbox.waiting().find((one) => {
    if (one.kind !== 'message') return false
    const { message } = one
    if (message.name === 'Stop-Control-Connection-Request') return true
    const ends = message.name === 'Call-Disconnect-Notify' || message.name === 'Call-Clear-Request'
    return ends && message.callId === callId
  })
  const end = found ?? over
  return end && describeObservation(end)
}

/** Sends RST. */
export function resetLink(link: ControlLink): void {
  link.wasReset = true
  link.connection.reset()
}

/** Sends FIN and waits a short time for the IUT to close; then resets the connection. */
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

/** Resets the connection instead of waiting any longer for the IUT to close. */
function giveUp(link: ControlLink): void {
  if (link.finished || link.wasReset) return
  resetLink(link)
  link.wakeFinished?.()
}

/** Resets the connection of an IUT that floods the tester. */
function cutOff(link: ControlLink): void {
  link.context.note('the implementation sends far more than the scenario looks at: the connection is reset')
  giveUp(link)
}
