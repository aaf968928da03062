import { type Datagram, encodeIcmpEcho, IcmpType, icmpEchoOf } from '../../ppp/datagram.ts'
import { sameOctets } from '../../protocol/octets.ts'

export interface PingOptions {
  /** Requests to be answered; 1 unless given. */
  readonly count?: number
  /** Octets of data in each; 56 unless given. */
  readonly size?: number
  /** Requests that may await their answer at once; 4 unless given. */
  readonly window?: number
  /**
   * ms that each may take; 2000 unless given. A lost one holds up one place in the window, not the
   * others.
   */
  readonly timeout?: number
  /** How often one that was not answered is sent again; 0 unless given. */
  readonly retries?: number
  /** Whom to ping; the IUT's end of the link unless given. */
  readonly destination?: string
}

export interface PingResult {
  /** Different requests, and all packets that carried them. */
  readonly requests: number
  readonly sent: number
  /** Different requests that were answered with their own data. */
  readonly answered: number
  /** Sequence numbers of those that were not. */
  readonly lost: readonly number[]
  /** Answers to requests already answered. */
  readonly duplicates: number
  /** Answers with other data than was sent. */
  readonly spoilt: number
  /** The latest answer. */
  readonly entry: number | undefined
}

/** Pings of one session, told apart by identifier. */
export interface Pings {
  /** A run of requests with an identifier of its own. */
  begin(options: Required<Omit<PingOptions, 'destination'>>): PingRun
  /** Whether a datagram is the answer to one of them. */
  take(datagram: Datagram, entry: number): boolean
}

/** The first run has the identifier after that one. */
export function createPings(firstIdentifier: number): Pings {
  const runs = new Map<number, PingRun>()
  let identifier = firstIdentifier
  return {
    begin(options) {
      identifier = (identifier + 1) & 0xffff
      const run = createPingRun(identifier, options)
      runs.set(identifier, run)
      return run
    },
    take(datagram, entry) {
      const echo = icmpEchoOf(datagram)
      const run = echo?.type === IcmpType.echoReply ? runs.get(echo.identifier) : undefined
      if (echo !== undefined) run?.take(echo.sequence, echo.data, entry)
      return run !== undefined
    },
  }
}

/** Requests of one identifier and what came of them. */
export interface PingRun {
  take(sequence: number, data: Uint8Array, entry: number): void
  /** Requests to send now. */
  due(now: number): readonly Uint8Array[]
  /** When one of those under way is given up or sent again; undefined when none is. */
  nextDeadline(): number | undefined
  /** How many are answered or given up: grows. */
  settled(): number
  result(): PingResult
}

function createPingRun(
  identifier: number,
  { count, size, window, timeout, retries }: Required<Omit<PingOptions, 'destination'>>,
): PingRun {
  const underWay = new Map<number, { readonly deadline: number; readonly tries: number }>()
  const answered = new Set<number>()
  let next = 0
  let sent = 0
  let givenUp = 0
  let duplicates = 0
  let spoilt = 0
  let entry: number | undefined

  // Made once; each request's data is the same pattern, begun elsewhere.
  const pattern = new Uint8Array(size + 256)
  for (let at = 0; at < pattern.length; at++) pattern[at] = at
  const dataOf = (sequence: number) => pattern.subarray(sequence & 0xff, (sequence & 0xff) + size)

  function request(sequence: number, now: number, tries: number): Uint8Array {
    sent++
    underWay.set(sequence, { deadline: now + timeout, tries })
    return encodeIcmpEcho({ type: IcmpType.echoRequest, identifier, sequence, data: dataOf(sequence) })
  }

  return {
    take(sequence, data, at) {
      if (!sameOctets(data, dataOf(sequence))) {
        spoilt++
        return
      }
      if (answered.has(sequence)) duplicates++
      answered.add(sequence)
      underWay.delete(sequence)
      entry = at
    },
    due(now) {
      const requests: Uint8Array[] = []
      for (const [sequence, { deadline, tries }] of underWay) {
        if (deadline > now) continue
        if (tries <= retries) requests.push(request(sequence, now, tries + 1))
        else {
          underWay.delete(sequence)
          givenUp++
        }
      }
      while (next < count && underWay.size < window) requests.push(request(next++, now, 1))
      return requests
    },
    nextDeadline() {
      if (underWay.size === 0) return undefined
      return Math.min(...[...underWay.values()].map(({ deadline }) => deadline))
    },
    settled: () => answered.size + givenUp,
    result: () => ({
      requests: count,
      sent,
      answered: answered.size,
      lost: Array.from({ length: count }, (_, sequence) => sequence).filter((one) => !answered.has(one)),
      duplicates,
      spoilt,
      entry,
    }),
  }
}
