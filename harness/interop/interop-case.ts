import type { Dial, DialSettings } from '../scenario/dial.ts'
import type { Figure } from '../scenario/verdict.ts'
import type { PairDiagnosis } from './diagnosis.ts'
import type { ClientEnd, End, Link, PppDemand } from './ends.ts'
import type { HopFacts } from './hop-facts.ts'
import type { Negotiation } from './negotiation.ts'
import type { PathName } from './paths.ts'
import type { InteropRequirement } from './requirements.ts'

/** What a case claims about one requirement. */
export interface InteropJudgement {
  readonly ok: boolean
  readonly expected: string
  readonly seen: string
  /** Entry of the trace at the client's hop that shows it. */
  readonly entry?: number | undefined
}

/**
 * What passed so far, at each hop, and what the two agreed on, as it was seen beside the client.
 */
export interface Seen {
  readonly hops: readonly HopFacts[]
  readonly negotiation: Negotiation | undefined
  /** Why there is no link, as far as can be seen; undefined where it came up. */
  readonly diagnosis: PairDiagnosis | undefined
}

/** A call of one client, from its dial on. */
export interface Placed {
  readonly client: ClientEnd
  readonly dial: Dial
  /** As the client sees it; undefined where none came up. */
  readonly link: Link | undefined
  /** As the server sees it. */
  readonly serverLink: Link | undefined
}

/** A case as its body holds it. */
export interface Interop<V = unknown> {
  readonly vary: V
  readonly client: ClientEnd
  readonly clients: readonly ClientEnd[]
  readonly server: End
  readonly path: PathName
  decide(requirement: InteropRequirement, judgement: InteropJudgement): void
  /** Dials, and waits until both ends have a link, or nothing comes of it. */
  place(options?: {
    readonly client?: ClientEnd
    readonly settings?: DialSettings
    readonly count?: number
  }): Promise<Placed>
  /**
   * The same, where the case is about something else: ends the case as inconclusive when no link
   * comes up.
   */
  placed(
    client?: ClientEnd,
    count?: number,
  ): Promise<Placed & { readonly link: Link; readonly serverLink: Link }>
  /** What has passed so far. */
  seen(): Promise<Seen>
  /**
   * Tells the router something, on paths that have one; what it was told is taken back after the
   * case.
   */
  between(...words: readonly string[]): Promise<void>
  /**
   * The newest line that an end has logged in this case and that matches; undefined where none
   * does.
   */
  logged(end: End, pattern: RegExp): RegExpExecArray | undefined
  /** Keeps something that was measured. */
  measured(figure: Figure): void
  /** Says something in the log of the case. */
  note(text: string): void
}

/** What a case needs to be told about. */
export interface InteropMeta<V> {
  /** `ping/size` */
  readonly id: string
  /** One sentence. */
  readonly purpose: string
  readonly decides: readonly [InteropRequirement, ...InteropRequirement[]]
  readonly paths: readonly [PathName, ...PathName[]]
  /** Its variations by their names; one without a name unless given. */
  readonly vary?: Readonly<Record<string, V>>
  /** What PPP of either end demands; MS-CHAPv2 and MPPE of 128 bits at both unless given. */
  readonly ppp?: (vary: V) => { readonly client: PppDemand; readonly server: PppDemand }
  /** Why it cannot be played on a pair; undefined where it can. */
  readonly inapplicable?: (
    pair: { readonly client: ClientEnd; readonly server: End },
    vary: V,
  ) => string | undefined
  /** How many clients take part; 1 unless given. */
  readonly clients?: number
  /** The clocks of both ends run as fast as they can: it waits for their timers. */
  readonly accelerated?: boolean
  /** It takes minutes, and is played where it is asked for. */
  readonly long?: boolean
}

/** A case with its types forgotten: one of its paths, one of its variations. */
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

/** What most sites want of PPP. */
export const USUAL_DEMAND: PppDemand = { authentication: 'ms-chap-v2', encryption: '128' }

/** Declares a case: all that come of its paths and variations. */
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
