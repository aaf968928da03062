import { concat, sameOctets, toHex } from '../protocol/octets.ts'
import { type Account, type AuthenticationKeys, type ChapMethod, octetsOf, textOf } from './authentication.ts'
import { PppProtocolNumber } from './frame.ts'
import { authenticatorResponse, chapMd5, msChapV1Response, ntResponse } from './ms-chap.ts'
import { decodePacket, encodePacket, type Packet } from './packet.ts'
import type { AuthenticatedSide, PppAction, PppProtocol } from './protocol.ts'
import type { RandomOctets } from './random.ts'

/**
 * CHAP (RFC 1994) with MD5, MS-CHAP (RFC 2433) and MS-CHAPv2 (RFC 2759): both ends, each a pure
 * machine.
 */

/** Codes of RFC 1994 section 4. */
export const ChapCode = { challenge: 1, response: 2, success: 3, failure: 4 } as const

export interface ChapTimers {
  /** How long either end waits before it repeats its packet, in ms. */
  readonly retry: number
  /** How often either end sends its packet at most. */
  readonly tries: number
}
const CHAP_TIMERS: ChapTimers = { retry: 3000, tries: 10 }

/** One end of CHAP. */
export interface Chap extends PppProtocol {
  /** The secrets for MPPE's keys; undefined before success, and with MD5. */
  keys(): AuthenticationKeys | undefined
}

/** How one method makes and checks the Values and Messages of CHAP packets. */
interface Algorithm {
  readonly challengeSize: number
  /** Makes the Value of a Response; `random` draws the authenticated end's own challenge. */
  respond(challenge: Challenge, account: Account, random: RandomOctets): Uint8Array
  /** Whether a Response proves that its sender knows the secret. */
  verify(challenge: Challenge, account: Account, value: Uint8Array): boolean
  /** Makes the Message of a Success, and of a Failure. */
  success(challenge: Challenge, account: Account, value: Uint8Array): string
  failure(challenge: Challenge): string
  /** Whether the Message of a Success proves that the authenticator knows the secret, too. */
  trusts(challenge: Challenge, account: Account, value: Uint8Array, message: string): boolean
  keys(challenge: Challenge, account: Account, value: Uint8Array): AuthenticationKeys | undefined
}

interface Challenge {
  readonly identifier: number
  readonly value: Uint8Array
}

/**
 * Octets of an MS-CHAP Response's Value: 24 for LAN Manager (obsolete, sent as zeros) or for the
 * peer challenge, 24 for the NT response, and one for flags.
 */
const MS_RESPONSE = 49
const USE_NT_RESPONSE = 1

const ALGORITHMS: Readonly<Record<ChapMethod, Algorithm>> = {
  'chap-md5': {
    challengeSize: 16,
    respond: ({ identifier, value }, { secret }) => chapMd5(identifier, octetsOf(secret), value),
    verify: (challenge, account, value) =>
      sameOctets(value, chapMd5(challenge.identifier, octetsOf(account.secret), challenge.value)),
    success: () => 'Welcome',
    failure: () => 'Name or secret is wrong',
    trusts: () => true,
    keys: () => undefined,
  },
  'ms-chap-v1': {
    challengeSize: 8,
    respond: ({ value }, { secret }) =>
      concat(
        new Uint8Array(24),
        msChapV1Response(value.subarray(0, 8), secret),
        Uint8Array.of(USE_NT_RESPONSE),
      ),
    verify: (challenge, { secret }, value) =>
      value.length === MS_RESPONSE &&
      value[48] === USE_NT_RESPONSE &&
      sameOctets(value.subarray(24, 48), msChapV1Response(challenge.value, secret)),
    success: () => 'Welcome',
    failure: ({ value }) => `E=691 R=0 C=${toHex(value).toUpperCase()} V=2`,
    trusts: () => true,
    keys: ({ value }, { secret }) => ({
      method: 'ms-chap-v1',
      password: secret,
      challenge: value.slice(0, 8),
    }),
  },
  'ms-chap-v2': {
    challengeSize: 16,
    respond(challenge, account, random) {
      const peerChallenge = random(16)
      const response = ntResponse(exchange(challenge, account, peerChallenge))
      return concat(peerChallenge, new Uint8Array(8), response, Uint8Array.of(0))
    },
    verify: (challenge, account, value) =>
      value.length === MS_RESPONSE &&
      sameOctets(value.subarray(24, 48), ntResponse(exchange(challenge, account, value))),
    success: (challenge, account, value) => `${proofOf(challenge, account, value)} M=Welcome`,
    failure: ({ value }) => `E=691 R=0 C=${toHex(value).toUpperCase()} V=3 M=Name or secret is wrong`,
    trusts: (challenge, account, value, message) =>
      message.slice(0, 42).toUpperCase() === proofOf(challenge, account, value),
    keys: (_, { secret }, value) => ({
      method: 'ms-chap-v2',
      password: secret,
      ntResponse: value.slice(24, 48),
    }),
  },
}

function exchange(challenge: Challenge, { name, secret }: Account, peerChallenge: Uint8Array) {
  return {
    authenticatorChallenge: challenge.value,
    peerChallenge: peerChallenge.subarray(0, 16),
    userName: name,
    password: secret,
  }
}

function proofOf(challenge: Challenge, account: Account, value: Uint8Array): string {
  return authenticatorResponse({
    ntResponse: value.subarray(24, 48),
    ...exchange(challenge, account, value),
  })
}

export interface ChapAuthenticatorOptions {
  readonly method: ChapMethod
  /** Our name in Challenges. */
  readonly name: string
  readonly secretOf: (name: string) => string | undefined
  readonly random: RandomOctets
  readonly timers?: ChapTimers | undefined
}

/**
 * Makes the authenticator. It repeats its Challenge until a Response comes; a repeated Response
 * gets the same verdict again.
 */
export function createChapAuthenticator(options: ChapAuthenticatorOptions): Chap {
  const { method, random, timers = CHAP_TIMERS } = options
  const algorithm = ALGORITHMS[method]
  let challenge: Challenge | undefined
  let tries = 0
  let verdict: Uint8Array | undefined
  let keys: AuthenticationKeys | undefined
  let identifier = 0

  function ask(): readonly PppAction[] {
    if (challenge === undefined || verdict !== undefined) return []
    if (tries-- <= 0) {
      challenge = undefined
      return [noticed('authentication-failed', 'peer', '', 'no Response to our Challenges')]
    }
    return [
      sending(ChapCode.challenge, challenge.identifier, withName(challenge.value, options.name)),
      { kind: 'set-timer', ms: timers.retry },
    ]
  }

  function judge({ code, identifier: id, data }: Packet): readonly PppAction[] {
    if (code !== ChapCode.response || challenge === undefined || id !== challenge.identifier) return []
    if (verdict !== undefined) return [{ kind: 'send', octets: verdict }]
    const read = readValue(data)
    if (read === undefined) return []
    const { name, value } = read
    const secret = options.secretOf(name)
    const account = { name, secret: secret ?? '' }
    const ok = secret !== undefined && algorithm.verify(challenge, account, value)
    const message = ok ? algorithm.success(challenge, account, value) : algorithm.failure(challenge)
    verdict = encodePacket({
      code: ok ? ChapCode.success : ChapCode.failure,
      identifier: id,
      data: octetsOf(message),
    })
    const told: readonly PppAction[] = [{ kind: 'send', octets: verdict }, { kind: 'cancel-timer' }]
    if (!ok) return [...told, noticed('authentication-failed', 'peer', name, message)]
    keys = algorithm.keys(challenge, account, value)
    return [...told, noticed('authenticated', 'peer', name, message), { kind: 'opened' }]
  }

  return {
    protocol: PppProtocolNumber.chap,
    keys: () => keys,
    handle(event) {
      switch (event.kind) {
        case 'up':
          identifier = (identifier + 1) & 0xff
          challenge = { identifier, value: random(algorithm.challengeSize) }
          tries = timers.tries
          verdict = undefined
          keys = undefined
          return ask()
        case 'down':
        case 'close':
          challenge = undefined
          return [{ kind: 'cancel-timer' }]
        case 'timer':
          return ask()
        case 'packet': {
          const packet = decodePacket(event.octets)
          return packet === undefined ? [] : judge(packet)
        }
      }
    },
  }
}

export interface ChapClientOptions {
  readonly method: ChapMethod
  readonly account: Account
  readonly random: RandomOctets
  readonly timers?: ChapTimers | undefined
}

/**
 * Makes the end that proves its identity. It answers every Challenge and accepts one verdict. It
 * repeats its Response until the verdict comes, because a Success may be lost: the authenticator
 * answers a repeated Response again (RFC 1994 section 4.2).
 */
export function createChapClient({ method, account, random, timers = CHAP_TIMERS }: ChapClientOptions): Chap {
  const algorithm = ALGORITHMS[method]
  let up = false
  let challenge: Challenge | undefined
  let response: Uint8Array = new Uint8Array(0)
  let tries = 0
  let done = false
  let keys: AuthenticationKeys | undefined

  function respond({ identifier, data }: Packet): readonly PppAction[] {
    const read = readValue(data)
    if (read === undefined || !fits(read.value)) return []
    // The same Challenge again: our Response or its verdict was lost. Our Response stays the same,
    // because MPPE's keys depend on the peer challenge in it.
    const again = challenge?.identifier === identifier && sameOctets(challenge.value, read.value)
    if (!again) {
      challenge = { identifier, value: read.value }
      response = algorithm.respond(challenge, account, random)
    }
    return send(challenge)
  }

  function send(to: Challenge | undefined): readonly PppAction[] {
    if (to === undefined) return []
    return [sending(ChapCode.response, to.identifier, withName(response, account.name))]
  }

  function wait(): readonly PppAction[] {
    if (!up || done) return []
    if (tries-- > 0) return [...send(challenge), { kind: 'set-timer', ms: timers.retry }]
    done = true
    const what = challenge === undefined ? 'no Challenge came' : 'no verdict on our Response came'
    return [noticed('authentication-failed', 'us', account.name, what)]
  }

  function fits(value: Uint8Array): boolean {
    return method === 'chap-md5' ? value.length > 0 : value.length === algorithm.challengeSize
  }

  function concluded({ code, identifier, data }: Packet): readonly PppAction[] {
    if (challenge === undefined || identifier !== challenge.identifier || done) return []
    const message = textOf(data)
    done = true
    const stop: PppAction = { kind: 'cancel-timer' }
    if (code === ChapCode.failure)
      return [stop, noticed('authentication-failed', 'us', account.name, message)]
    if (!algorithm.trusts(challenge, account, response, message))
      return [
        stop,
        noticed(
          'authentication-failed',
          'us',
          account.name,
          "the authenticator's Success does not prove that it knows the secret",
        ),
      ]
    keys = algorithm.keys(challenge, account, response)
    return [stop, noticed('authenticated', 'us', account.name, message), { kind: 'opened' }]
  }

  return {
    protocol: PppProtocolNumber.chap,
    keys: () => keys,
    handle(event) {
      switch (event.kind) {
        case 'up':
          up = true
          done = false
          challenge = undefined
          keys = undefined
          tries = timers.tries
          return [{ kind: 'set-timer', ms: timers.retry }]
        case 'down':
        case 'close':
          up = false
          return [{ kind: 'cancel-timer' }]
        case 'timer':
          return wait()
        case 'packet': {
          const packet = up ? decodePacket(event.octets) : undefined
          if (packet?.code === ChapCode.challenge) return respond(packet)
          if (packet?.code === ChapCode.success || packet?.code === ChapCode.failure) return concluded(packet)
          return []
        }
      }
    },
  }
}

function sending(code: number, identifier: number, data: Uint8Array): PppAction {
  return { kind: 'send', octets: encodePacket({ code, identifier, data }) }
}

function noticed(
  kind: 'authenticated' | 'authentication-failed',
  side: AuthenticatedSide,
  name: string,
  message: string,
): PppAction {
  return { kind: 'notice', notice: { kind, side, name, message } }
}

/** Makes the data of a Challenge or Response: Value-Size, Value, Name (RFC 1994 section 4.1). */
function withName(value: Uint8Array, name: string): Uint8Array {
  return concat(Uint8Array.of(value.length), value, octetsOf(name))
}

function readValue(data: Uint8Array): { readonly value: Uint8Array; readonly name: string } | undefined {
  const size = data[0]
  if (size === undefined || data.length < 1 + size) return undefined
  return { value: data.slice(1, 1 + size), name: textOf(data.subarray(1 + size)) }
}
