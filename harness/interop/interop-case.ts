import type { Dial, DialSettings } from '../scenario/dial.ts'
import type { Figure } from '../scenario/verdict.ts'
import type { PairDiagnosis } from './diagnosis.ts'
import type { ClientEnd, End, Link, PppDemand } from './ends.ts'
import type { HopFacts } from './hop-facts.ts'
import type { Negotiation } from './negotiation.ts'
import type { PathName } from './paths.ts'
import type { InteropRequirement } from './requirements.ts'

/** The decision of a case about one requirement. */
export interface InteropJudgement {
  readonly ok: boolean
  readonly expected: string
  readonly seen: string
  /** Index of the entry that shows it in the trace captured beside the client. */
  readonly entry?: number | undefined
}

/** The captures of all hops so far, and the negotiation in the one beside the client. */
export interface HopsSeen {
  readonly hops: readonly HopFacts[]
  readonly negotiation: Negotiation | undefined
  /** The reason why there is no link, from the captures; undefined when the link came up. */
  readonly diagnosis: PairDiagnosis | undefined
}

/** A call of one client, from its dial on. */
export interface PlacedCall {
  readonly client: ClientEnd
  readonly dial: Dial
  /** The link as the client sees it; undefined when none came up. */
  readonly link: Link | undefined
  /** The link as the server sees it. */
  readonly serverLink: Link | undefined
}

/** The tools of a case's body. */
export interface Interop<V = unknown> {
  readonly vary: V
  readonly client: ClientEnd
  readonly clients: readonly ClientEnd[]
  readonly server: End
  readonly path: PathName
  decide(requirement: InteropRequirement, judgement: InteropJudgement): void
  /**
   * Dials, and waits until both ends have a link or the call has failed. `client` is the first one
   * unless given; `count` is the number of links that the server has then, 1 unless given.
   */
  place(options?: {
    readonly client?: ClientEnd
    readonly settings?: DialSettings
    readonly count?: number
  }): Promise<PlacedCall>
  /** Like `place`, but throws Inconclusive when no link comes up: for preambles. */
  placed(
    client?: ClientEnd,
    count?: number,
  ): Promise<PlacedCall & { readonly link: Link; readonly serverLink: Link }>
  /** The captures so far. */
  seen(): Promise<HopsSeen>
  /** Gives the router commands, on paths that have one; they are undone after the case. */
  between(...words: readonly string[]): Promise<void>
  /** The newest matching line that an end has logged in this case; undefined when none matches. */
  logged(end: End, pattern: RegExp): RegExpExecArray | undefined
  /** Records a measurement. */
  measured(figure: Figure): void
  /** Adds a line to the log of the case. */
  note(text: string): void
}

/** The declaration of a case. */
export interface InteropMeta<V> {
  /** `ping/size` */
  readonly id: string
  /** One sentence. */
  readonly purpose: string
  readonly decides: readonly [InteropRequirement, ...InteropRequirement[]]
  readonly paths: readonly [PathName, ...PathName[]]
  /** The variations by name; without it the case has one, which needs no name. */
  readonly vary?: Readonly<Record<string, V>>
  /** The demands of PPP at each end; MS-CHAPv2 and MPPE of 128 bits at both unless given. */
  readonly ppp?: (vary: V) => { readonly client: PppDemand; readonly server: PppDemand }
  /** Why the case cannot be played on a pair; undefined when it can. */
  readonly inapplicable?: (
    pair: { readonly client: ClientEnd; readonly server: End },
    vary: V,
  ) => string | undefined
  /** The number of clients; 1 unless given. */
  readonly clients?: number
  /** The case waits for timers of both ends, so their clocks are accelerated. */
  readonly accelerated?: boolean
  /** The case takes minutes, and is played on request only. */
  readonly long?: boolean
}

/** A case on one path with one variation, without its type parameters. */
export interface InteropCase {
  /** `ping/size#octets=1400@direct` */
  readonly id: string
  readonly purpose: string
  readonly decides: readonly InteropRequirement[]
  readonly path: PathName
  readonly clients: number
  readonly accelerated: boolean
  readonly long: boolean
  readonly ppp: { readonly client: PppDemand; readonly server: PppDemand }
  inapplicable(pair: { readonly client: ClientEnd; readonly server: End }): string | undefined
  play(t: Omit<Interop, 'vary'>): Promise<void>
}

/** The PPP demands of most sites. */
export const USUAL_DEMAND: PppDemand = { authentication: 'ms-chap-v2', encryption: '128' }

/** Declares a case. @returns one case for each path and variation. */
export function interopCase<V = undefined>(
  meta: InteropMeta<V>,
  body: (t: Interop<V>) => Promise<void>,
): readonly InteropCase[] {
  const { id, purpose, decides, clients = 1, accelerated = false, long = false } = meta
  const values: readonly (readonly [string, V])[] =
    meta.vary === undefined ? [['', undefined as V]] : Object.entries(meta.vary)
  return meta.paths.flatMap((path) =>
    values.map(
      ([label, vary]): InteropCase => ({
        id: `${id}${label === '' ? '' : `#${label}`}@${path}`,
        purpose,
        decides,
        path,
        clients,
        accelerated,
        long,
        ppp: meta.ppp?.(vary) ?? { client: USUAL_DEMAND, server: USUAL_DEMAND },
        inapplicable: (pair) => meta.inapplicable?.(pair, vary),
        play: (t) => body({ ...t, vary }),
      }),
    ),
  )
}
