import { MESSAGE_NAMES, MESSAGES, type MessageName } from '../../harness/protocol/messages.ts'

type Section = (typeof MESSAGES)[MessageName]['section']

/**
 * Returns the id of the requirement with that name in the section of a message: sections 2.1 to
 * 2.15 each have one.
 */
export function inSectionOf<const W extends string>(name: MessageName, what: W): `${Section}/${W}` {
  return `${MESSAGES[name].section}/${what}`
}

/** Like `inSectionOf`, for each of the messages: all, unless given. */
export function inEachSection<const W extends string>(
  what: W,
  names: readonly MessageName[] = MESSAGE_NAMES,
): readonly `${Section}/${W}`[] {
  return names.map((name) => inSectionOf(name, what))
}
