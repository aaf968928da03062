import type { BodyValues, MessageName } from '../protocol/messages.ts'
import type { Control } from './control.ts'
import type { Role } from './requirement.ts'
import type { DialUnderWay, ServerSide } from './server.ts'
import type { ConnectionOptions, Tester } from './tester.ts'
import type { Call } from './tunnel.ts'
import type { Vary } from './vary.ts'

/**
 * Fields that both a request and its reply have: depending on the role, the tester sends the one or
 * the other.
 */
type SharedValues<A extends MessageName, B extends MessageName> = Partial<
  Pick<BodyValues<A>, keyof BodyValues<A> & keyof BodyValues<B>>
>

/** Functions of a tester that work for one role only. */
type OneSided =
  | keyof ServerSide<string>
  | 'connect'
  | 'expectConnection'
  | 'establish'
  | 'placeCall'
  | 'callRequest'

/** The functions of a tester that work for both roles, for steps that all scenarios share. */
export interface SharedTester<R extends string, V extends Vary = Vary> extends Omit<Tester<R, V>, OneSided> {}

/**
 * The tester of a scenario for both roles. Its preambles hide who opens the connection and who asks
 * for the call.
 */
export interface EitherTester<R extends string, V extends Vary = Vary> extends SharedTester<R, V> {
  /** The role of the IUT in this case. */
  readonly iut: Role
  /**
   * Preamble: establishes a control connection. The tester connects to a recipient; it tells an
   * originator to dial, and first ends an earlier dial to the same address of the tester.
   * @param values fields of the tester's start request or start reply.
   * @throws Inconclusive when that fails.
   */
  establish(
    values?: SharedValues<'Start-Control-Connection-Request', 'Start-Control-Connection-Reply'>,
    options?: Pick<ConnectionOptions, 'answerEchoes' | 'from'>,
  ): Promise<Control<R>>
  /**
   * Preamble: places a call at a recipient, or connects the call that an originator asks for. Works
   * once for each connection of an originator: it cannot be told to ask for more calls.
   * @param values fields of the tester's request or reply.
   * @throws Inconclusive when that fails.
   */
  placeCall(
    control: Control<R>,
    values?: SharedValues<'Outgoing-Call-Request', 'Outgoing-Call-Reply'>,
  ): Promise<Pick<Call, 'tunnel' | 'announcedBy'>>
}

/** Returns a tester whose preambles suit the role of the IUT. */
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
  // Functions such as `accounts`, which may throw, are copied here and called only when needed.
  return { iut, ...tester, ...(iut === 'originator' ? server : {}) }
}
