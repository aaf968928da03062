import type { ControlMessage } from '../../protocol/messages.ts'
import type { InteropJudgement } from '../interop-case.ts'
import type { PathName } from '../paths.ts'
import type { Line } from './line.ts'
import type { MiddleboxRequirement } from './requirements.ts'

/** Paths between the tester's two sides; addresses of the client's side are translated. */
export const MIDDLEBOX_PATHS = ['nat', 'forwarded', 'nat-forgetful'] as const satisfies readonly PathName[]
export type MiddleboxPath = (typeof MIDDLEBOX_PATHS)[number]

/** A call that both ends have agreed on, through the middlebox. */
export interface CallThrough {
  readonly line: Line
  /** The Call IDs as the ends assigned them. */
  readonly clientId: number
  readonly serverId: number
  /** The Call IDs that the other end received. */
  readonly clientIdAtServer: number
  readonly serverIdAtClient: number
}

/** The Call IDs that the two ends assign, and the server's answer. */
export interface CallOptions {
  readonly clientId: number
  readonly serverId: number
  /** Result Code of Outgoing-Call-Reply; 1, connected, unless given. */
  readonly resultCode?: number
  /**
   * The requirement that fails when a message of the call does not arrive; `middlebox/delivery`
   * unless given.
   */
  readonly requirement?: MiddleboxRequirement
}

/**
 * The tools of a case's body: clients on one side of the middlebox and a server on the other,
 * all of them the tester's.
 */
export interface MiddleboxTester<V> {
  readonly vary: V
  readonly path: MiddleboxPath
  /**
   * Opens a control connection of a client, counted from 0: TCP, and the start exchange.
   * @throws Decided when one of these does not arrive; `middlebox/delivery` has failed then.
   */
  open(client?: number): Promise<Line>
  /** The messages of an ordinary call. */
  readonly messages: {
    callRequest(clientId: number): ControlMessage
    callReply(serverId: number, clientId: number, resultCode?: number): ControlMessage
  }
  /**
   * Places a call. @throws Decided when a message of the call does not arrive; the requirement of
   * `options` has failed then.
   */
  call(line: Line, options: CallOptions): Promise<CallThrough>
  /**
   * Waits for a message at the end `at`.
   * @throws Decided when it does not arrive; the requirement has failed then.
   */
  expect<N extends ControlMessage['name']>(
    at: Line['client'],
    name: N,
    requirement?: MiddleboxRequirement,
  ): Promise<ControlMessage<N>>
  /**
   * Sends GRE in a call each way, and decides whether it arrives at the right end.
   * @param sizes octets of the PPP frames.
   */
  exchange(
    call: CallThrough,
    options?: {
      readonly sizes?: readonly number[]
      readonly requirement?: MiddleboxRequirement
      readonly first?: 'client' | 'server'
    },
  ): Promise<void>
  decide(requirement: MiddleboxRequirement, judgement: InteropJudgement): void
  /** Whether two messages, or the parts of one, left the client or the server in one segment. */
  inOneSegment(from: 'client' | 'server'): Promise<boolean>
  /** Sends nothing for `ms` ms. */
  silence(ms: number): Promise<void>
  note(text: string): void
}

/** The declaration of a case. */
interface MiddleboxMeta<V> {
  /** `nat/segments` */
  readonly id: string
  /** One sentence. */
  readonly purpose: string
  /** Requirements that its body or the comparison of the legs decides. */
  readonly decides: readonly [MiddleboxRequirement, ...MiddleboxRequirement[]]
  readonly paths: readonly [MiddleboxPath, ...MiddleboxPath[]]
  /** The variations by name; without it the case has one, which needs no name. */
  readonly vary?: Readonly<Record<string, V>>
}

/** A case on one path with one variation, without its type parameters. */
export interface MiddleboxCase {
  /** `middlebox/segments#from=client@nat` */
  readonly id: string
  readonly purpose: string
  readonly decides: readonly MiddleboxRequirement[]
  readonly path: MiddleboxPath
  play(t: Omit<MiddleboxTester<undefined>, 'vary'>): Promise<void>
}

/** Declares a case. @returns one case for each path and variation. */
export function middleboxCase<V = undefined>(
  { id, purpose, decides, paths, vary }: MiddleboxMeta<V>,
  body: (t: MiddleboxTester<V>) => Promise<void>,
): readonly MiddleboxCase[] {
  const values: readonly (readonly [string, V])[] =
    vary === undefined ? [['', undefined as V]] : Object.entries(vary)
  return paths.flatMap((path) =>
    values.map(
      ([label, value]): MiddleboxCase => ({
        id: `${id}${label === '' ? '' : `#${label}`}@${path}`,
        purpose,
        decides,
        path,
        play: (t) => body({ ...t, vary: value }),
      }),
    ),
  )
}
