import type { BodyValues, MessageName } from '../protocol/messages.ts'
import type { Control } from './control.ts'
import type { Role } from './requirement.ts'
import type { DialUnderWay, ServerSide } from './server.ts'
import type { ConnectionOptions, Tester } from './tester.ts'
import type { Call } from './tunnel.ts'
import type { Vary } from './vary.ts'

/**
 * What both a request and its reply have: the tester may say it in whichever of them is its own.
 */
type SharedValues<A extends MessageName, B extends MessageName> = Partial<
  Pick<BodyValues<A>, keyof BodyValues<A> & keyof BodyValues<B>>
>

/** Preambles that know one role only. */
type OneSided =
  | keyof ServerSide<string>
  | 'connect'
  | 'expectConnection'
  | 'establish'
  | 'placeCall'
  | 'callRequest'

/** What scenarios for either role, and for both, hold: for helpers that serve them all. */
export interface SharedTester<R extends string, V extends Vary = Vary> extends Omit<Tester<R, V>, OneSided> {}

/**
 * Our side of a conversation whose beginning depends on who opens the connection, and whose rest
 * does not: what a scenario for both roles holds.
 */
export interface EitherTester<R extends string, V extends Vary = Vary> extends SharedTester<R, V> {
  /** Which role the IUT plays this time. */
  readonly iut: Role
  /**
   * Preamble: a control connection. To a recipient it is opened; an originator is told to dial, and
   * an earlier dial to the same address of ours is ended.
   * @param values of our start request, or of our start reply.
   * @throws Inconclusive.
   */
  establish(
    values?: SharedValues<'Start-Control-Connection-Request', 'Start-Control-Connection-Reply'>,
    options?: Pick<ConnectionOptions, 'answerEchoes' | 'from'>,
  ): Promise<Control<R>>
  /**
   * Preamble: a call. It is asked for, or what an originator asks for on its connection is granted;
   * its first call only, for nobody can make it ask for more.
   * @param values of our request, or of our reply.
   * @throws Inconclusive.
   */
  placeCall(
    control: Control<R>,
    values?: SharedValues<'Outgoing-Call-Request', 'Outgoing-Call-Reply'>,
  ): Promise<Pick<Call, 'tunnel' | 'announcedBy'>>
}

/** A tester whose preambles are those for that role. */
export function eitherTester<R extends string, V extends Vary>(
  tester: Tester<R, V>,
  iut: Role,
): EitherTester<R, V> {
  const underWay = new Map<string | undefined, DialUnderWay<R>>()
  const server: Pick<EitherTester<R, V>, 'establish' | 'placeCall'> = {
    async establish(startReply = {}, { answerEchoes = true, from: at = tester.addresses[0] } = {}) {
      await underWay.get(at)?.stop()
      const { control, dial } = await tester.accept({
        startReply,
        answerEchoes,
        ...(at === undefined ? {} : { at }),
      })
      underWay.set(at, dial)
      return control
    },
    placeCall: (control, values) => tester.answerCall(control, values),
  }
  // What the tester has only sometimes, such as accounts, is asked of it when it is needed.
  return { iut, ...tester, ...(iut === 'originator' ? server : {}) }
}
