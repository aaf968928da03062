import { z } from 'zod'
import { EnvironmentError, UsageError } from '../../errors/errors.ts'
import type { ConnectCommand, GreCommand, ListenCommand } from './end.ts'
import { type Frame, frameOctets, jsonFrame, REPORTS, textOf } from './frames.ts'

/** The frames between the half of a tester that plays and the half that holds its sockets. */

/** Carries octets between both halves of a tester. */
export interface Pipe {
  write(octets: Uint8Array): void
  onOctets(listener: (octets: Uint8Array) => void): void
  /** The listener is called once, with the reason, when the pipe has ended. */
  onEnd(listener: (why: string) => void): void
}

/** Takes the reports about one number. Reports about a number without a holder are ignored. */
export type Holder = (frame: Frame) => void

/** The half that holds the sockets, as the half that plays knows it. */
export interface OtherHalf {
  readonly pipe: Pipe
  readonly holders: Map<number, Holder>
  /** Rejects the promises that wait for the other half; called when it is lost. */
  readonly waiting: Set<(error: EnvironmentError) => void>
  lastNumber: number
  /** Why this half is lost; undefined while it lives. */
  lost: string | undefined
}

/** Returns the next number. The half that plays gives even numbers, the other half odd ones. */
export function nextNumber(half: OtherHalf): number {
  half.lastNumber += 2
  return half.lastNumber
}

/** Sends a frame to the other half, unless that is lost. */
export function say(half: OtherHalf, kind: number, id: number, payload?: Uint8Array): void {
  if (half.lost === undefined) half.pipe.write(frameOctets(kind, id, payload))
}

/** Asks for a socket. Resolves with what `take` makes of the first report about it. */
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

/** Returns a promise that is rejected when the other half is lost. */
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

/** Marks the other half as lost, and rejects what waits for it. Only the first reason counts. */
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

/** Decodes the error in a report of a failure. */
export function errorIn(frame: Frame): Error {
  const { usage, message, remedy } = failed.parse(jsonOf(frame))
  return usage ? new UsageError(message, remedy) : new EnvironmentError(message, remedy)
}

/** Decodes a payload. @throws SyntaxError when it is not JSON. */
export function jsonOf({ payload }: Frame): unknown {
  return JSON.parse(textOf(payload))
}
