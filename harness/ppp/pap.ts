import { concat } from '../protocol/octets.ts'
import { type Account, octetsOf, textOf } from './authentication.ts'
import { PppProtocolNumber } from './frame.ts'
import { decodePacket, encodePacket } from './packet.ts'
import type { PppAction, PppProtocol } from './protocol.ts'

/** PAP (RFC 1334 section 2), a name and its secret in the clear: both ends, each a pure machine. */

/** Codes of RFC 1334 section 2.2. */
export const PapCode = { request: 1, ack: 2, nak: 3 } as const

export interface PapTimers {
  /** How long the authenticated end waits before it repeats its request, in ms. */
  readonly retry: number
  /** How often the authenticated end sends its request at most. */
  readonly tries: number
  /** How long the authenticator waits for the first request, in ms (section 2). */
  readonly login: number
}
const PAP_TIMERS: PapTimers = { retry: 3000, tries: 10, login: 30_000 }

/** Makes the end that proves its identity. It repeats its request until an answer comes. */
export function createPapClient({ name, secret }: Account, timers: PapTimers = PAP_TIMERS): PppProtocol {
  let identifier = 0
  let tries = 0
  let waiting = false

  function request(): readonly PppAction[] {
    if (tries-- <= 0) {
      waiting = false
      return [{ kind: 'notice', notice: failed('us', name, 'no answer to our Authenticate-Requests') }]
    }
    identifier = (identifier + 1) & 0xff
    const data = concat(field(octetsOf(name)), field(octetsOf(secret)))
    return [
      { kind: 'send', octets: encodePacket({ code: PapCode.request, identifier, data }) },
      { kind: 'set-timer', ms: timers.retry },
    ]
  }

  function answered(octets: Uint8Array): readonly PppAction[] {
    const packet = decodePacket(octets)
    if (packet === undefined || !waiting || packet.identifier !== identifier) return []
    if (packet.code !== PapCode.ack && packet.code !== PapCode.nak) return []
    waiting = false
    const message = textOf(packet.data.subarray(1, 1 + (packet.data[0] ?? 0)))
    if (packet.code === PapCode.nak)
      return [{ kind: 'cancel-timer' }, { kind: 'notice', notice: failed('us', name, message) }]
    return [
      { kind: 'cancel-timer' },
      { kind: 'notice', notice: { kind: 'authenticated', side: 'us', name, message } },
      { kind: 'opened' },
    ]
  }

  return {
    protocol: PppProtocolNumber.pap,
    handle(event) {
      switch (event.kind) {
        case 'up':
          waiting = true
          tries = timers.tries
          return request()
        case 'down':
        case 'close':
          waiting = false
          return [{ kind: 'cancel-timer' }]
        case 'timer':
          return waiting ? request() : []
        case 'packet':
          return answered(event.octets)
      }
    },
  }
}

/**
 * Makes the authenticator. It answers every request; repeated ones get the same verdict (section
 * 2.2.1).
 */
export function createPapAuthenticator(
  secretOf: (name: string) => string | undefined,
  timers: PapTimers = PAP_TIMERS,
): PppProtocol {
  let state: 'down' | 'waiting' | 'accepted' | 'refused' = 'down'

  function judge(octets: Uint8Array): readonly PppAction[] {
    const packet = decodePacket(octets)
    if (packet === undefined || packet.code !== PapCode.request || state === 'down') return []
    const read = readRequest(packet.data)
    if (read === undefined) return []
    const first = state === 'waiting'
    if (first) state = secretOf(read.name) === read.secret ? 'accepted' : 'refused'
    const accepted = state === 'accepted'
    const message = accepted ? 'Welcome' : 'Name or secret is wrong'
    const { identifier } = packet
    const answer = { code: accepted ? PapCode.ack : PapCode.nak, identifier, data: field(octetsOf(message)) }
    const sent: PppAction = { kind: 'send', octets: encodePacket(answer) }
    if (!first) return [sent]
    if (!accepted)
      return [sent, { kind: 'cancel-timer' }, { kind: 'notice', notice: failed('peer', read.name, message) }]
    return [
      sent,
      { kind: 'cancel-timer' },
      { kind: 'notice', notice: { kind: 'authenticated', side: 'peer', name: read.name, message } },
      { kind: 'opened' },
    ]
  }

  return {
    protocol: PppProtocolNumber.pap,
    handle(event) {
      switch (event.kind) {
        case 'up':
          state = 'waiting'
          return [{ kind: 'set-timer', ms: timers.login }]
        case 'down':
        case 'close':
          state = 'down'
          return [{ kind: 'cancel-timer' }]
        case 'timer':
          if (state !== 'waiting') return []
          state = 'refused'
          return [{ kind: 'notice', notice: failed('peer', '', 'no Authenticate-Request came') }]
        case 'packet':
          return judge(event.octets)
      }
    },
  }
}

function failed(side: 'peer' | 'us', name: string, message: string) {
  return { kind: 'authentication-failed', side, name, message } as const
}

/** Makes a field: one octet of length, then at most 255 octets. */
function field(octets: Uint8Array): Uint8Array {
  const cut = octets.subarray(0, 255)
  return concat(Uint8Array.of(cut.length), cut)
}

function readRequest(data: Uint8Array): Account | undefined {
  const nameSize = data[0] ?? 0
  const secretSize = data[1 + nameSize]
  if (secretSize === undefined || data.length < 2 + nameSize + secretSize) return undefined
  return {
    name: textOf(data.subarray(1, 1 + nameSize)),
    secret: textOf(data.subarray(2 + nameSize, 2 + nameSize + secretSize)),
  }
}
