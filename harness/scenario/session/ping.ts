import { type Datagram, encodeIcmpEcho, IcmpType, icmpEchoOf } from '../../ppp/datagram.ts'
import { sameOctets } from '../../protocol/octets.ts'

/** Options of a run of pings. */
export interface PingOptions {
  /** How many different requests to send; 1 unless given. */
  readonly count?: number
  /** Octets of data in each request; 56 unless given. */
  readonly size?: number
  /** How many requests may await their answer at the same time; 4 unless given. */
  readonly window?: number
  /** ms to wait for the answer to each request; 2000 unless given. */
  readonly timeout?: number
  /** How many times an unanswered request is sent again; 0 unless given. */
  readonly retries?: number
  /** The address to ping; that of the IUT's end of the link unless given. */
  readonly destination?: string
}

/** The result of a run of pings. */
export interface PingResult {
  /** How many different requests there were. */
  readonly requests: number
  /** How many packets were sent, repeated requests included. */
  readonly sent: number
  /** How many different requests were answered with the data that was sent. */
  readonly answered: number
  /** Sequence numbers of the other requests. */
  readonly lost: readonly number[]
  /** How many answers were to requests already answered. */
  readonly duplicates: number
  /** How many answers had other data than was sent. */
  readonly spoilt: number
  /** Trace entry of the latest answer. */
  readonly entry: number | undefined
}

/** All runs of pings of one session; each has an ICMP identifier of its own. */
export interface Pings {
  /** Begins a run of requests. */
  begin(options: Required<Omit<PingOptions, 'destination'>>): PingRun
  /** Handles a datagram if it answers a request of any run; returns whether it does. */
  take(datagram: Datagram, entry: number): boolean
}

/** Makes the runs of a session; the first has the identifier after `firstIdentifier`. */
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

/** The requests of one identifier, and their answers. */
export interface PingRun {
  take(sequence: number, data: Uint8Array, entry: number): void
  /** Returns the requests to send at `now` ms. */
  due(now: number): readonly Uint8Array[]
  /**
   * Returns when the next request is sent again or given up; undefined when none awaits an answer.
   */
  nextDeadline(): number | undefined
  /** Returns how many requests are answered or given up. */
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

  // All requests take their data from this one pattern, each from another place in it.
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
