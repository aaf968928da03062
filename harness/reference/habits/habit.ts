import type { Configuration } from '../configuration.ts'
import type { Command, ReferenceAction, ReferenceEvent } from '../events.ts'
import type { Instead } from '../faults/fault.ts'
import type { PppSettings } from '../ppp-settings.ts'

/** When a peer sends and hears, in ms of its own time. */
export interface Tempo {
  /** Everything that it sends leaves so much later. */
  readonly late?: number
  /** What it sends leaves at multiples of this time only, together. */
  readonly every?: number
  /** Octets of a message that leave in a first segment; the others follow in a second. */
  readonly firstSegment?: number
}

/** What a peer does of its own accord, a time after something has happened. */
export interface Impulse {
  /** Names its timer; a later impulse of the same name replaces it. */
  readonly id: string
  /** ms from now. */
  readonly after: number
  readonly command: Command
}

/** Watches what happens to a peer and what it does about it, and gives it commands. */
export type Reflex = (event: ReferenceEvent, actions: readonly ReferenceAction[]) => readonly Impulse[]

/**
 * Another way to keep to RFC 2637 than the reference's own: the other end of a MAY, of something
 * suggested, or of a silence. No implementation may be accused for it.
 */
export interface Habit {
  /** What a peer with it does, in one line, after "a peer that". */
  readonly title: string
  /** Why it may: the section, or the interpretation, and what that says. */
  readonly lawful: string
  readonly configuration?: Partial<Configuration>
  /** What lives behind its calls, whatever profile a scenario asks for. */
  readonly ppp?: Partial<PppSettings>
  /** Functions of the seams that answer otherwise; a function makes them anew for each play. */
  readonly instead?: Instead | (() => Instead)
  readonly tempo?: Tempo
  /** Makes the reflex of one play. */
  readonly reflex?: () => Reflex
  /** Ids of requirements about which a reading has it warned, and no more than that. */
  readonly warned?: readonly string[]
  /** Ids of requirements that it breaks where a scenario looks at this habit itself. */
  readonly broken?: readonly string[]
  /** Some scenarios never come to what they are about, and are inconclusive. */
  readonly evades?: true
}
