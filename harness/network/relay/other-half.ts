import { z } from 'zod'
import { EnvironmentError, UsageError } from '../../errors/errors.ts'
import type { ConnectCommand, GreCommand, ListenCommand } from './end.ts'
import { type Frame, frameOctets, jsonFrame, REPORTS, textOf } from './frames.ts'

/** What passes between the half of a tester that plays and the one that holds its sockets. */

/** What carries the octets of both halves of a tester to each other. */
export interface Pipe {
  write(octets: Uint8Array): void
  onOctets(listener: (octets: Uint8Array) => void): void
  /** Called once, with the reason, when nothing comes any more. */
  onEnd(listener: (why: string) => void): void
}

/**
 * Takes the reports about one number. Reports about numbers without a holder are passed over.
 */
export type Holder = (frame: Frame) => void

/** The half that holds the sockets, as the half that plays knows it. */
export interface OtherHalf {
  readonly pipe: Pipe
  readonly holders: Map<number, Holder>
  /** What waits for the other half: told when that is lost. */
  readonly waiting: Set<(error: EnvironmentError) => void>
  lastNumber: number
  /** Why nothing comes from it any more; undefined while it lives. */
  lost: string | undefined
}

/** Numbers that this half gives are even, those of the other half odd. */
export function nextNumber(half: OtherHalf): number {
  half.lastNumber += 2
  return half.lastNumber
}

/** Says something to the other half, as long as it lives. */
export function say(half: OtherHalf, kind: number, id: number, payload?: Uint8Array): void {
  if (half.lost === undefined) half.pipe.write(frameOctets(kind, id, payload))
}

/** Asks for a socket, and hands over the first report about it. */
export function ask<T>(
  half: OtherHalf,
  kind: number,
  command: ConnectCommand | ListenCommand | GreCommand,
  take: (frame: Frame, id: number) => T,
): Promise<T> {
  return unlessLost(half, (resolve, reject) => {
    const id = nextNumber(half)
    half.holders.set(id, (frame) => {
      half.holders.delete(id)
      try {
        if (frame.kind === REPORTS.failed) throw errorIn(frame)
        resolve(take(frame, id))
      } catch (error) {
        reject(error)
      }
    })
    half.pipe.write(jsonFrame(kind, id, command))
  })
}

/** A promise that the loss of the other half rejects. */
export function unlessLost<T>(
  half: OtherHalf,
  start: (resolve: (value: T) => void, reject: (error: unknown) => void) => void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    if (half.lost !== undefined) {
      reject(lostError(half.lost))
      return
    }
    const done =
      <V>(then: (value: V) => void) =>
      (value: V): void => {
        half.waiting.delete(reject)
        then(value)
      }
    half.waiting.add(reject)
    start(done(resolve), done(reject))
  })
}

/** The other half is lost: tells what waits for it. Only the first reason counts. */
export function lose(half: OtherHalf, why: string): void {
  if (half.lost !== undefined) return
  half.lost = why
  for (const tell of [...half.waiting]) tell(lostError(why))
  half.waiting.clear()
  half.holders.clear()
}

function lostError(why: string): EnvironmentError {
  return new EnvironmentError(
    `the tester's other half, which holds its sockets, is lost: ${why}`,
    'Play the rest again; if it happens again, see what the engine says of containers named pptpspec-...-tester',
  )
}

const failed = z.object({ usage: z.boolean(), message: z.string(), remedy: z.string().optional() })

/** The error that a report of a failure tells. */
export function errorIn(frame: Frame): Error {
  const { usage, message, remedy } = failed.parse(jsonOf(frame))
  return usage ? new UsageError(message, remedy) : new EnvironmentError(message, remedy)
}

/** @throws SyntaxError when the frame does not hold JSON. */
export function jsonOf({ payload }: Frame): unknown {
  return JSON.parse(textOf(payload))
}
