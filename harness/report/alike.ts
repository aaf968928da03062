import { counted } from './columns.ts'
import type { JudgedConversation } from './judgement.ts'

/** Conversations that differ only in addresses, times and numbers of a kind. */
export interface AlikeConversations {
  /** How the first of them is named. */
  readonly like: string
  /** How many more there are. */
  readonly more: number
}

/** Recognises conversations that say nothing new. */
export interface Alike {
  /** Whether a conversation is the first of its kind; otherwise it is counted. */
  isNew(judged: JudgedConversation): boolean
  /** The kinds of which there was more than one. */
  repeated(): readonly AlikeConversations[]
}

/**
 * The most conversations of one kind that are told in full: a scan may make a hundred thousand.
 */
const TOLD = 3
/** The most kinds that are distinguished. */
const MOST_KINDS = 10_000

/**
 * Makes a memory of conversations without a control connection: only these are alike in great
 * number. All others are new.
 */
export function createAlike(): Alike {
  const kinds = new Map<string, { readonly like: string; count: number }>()
  return {
    isNew(judged) {
      if (judged.connections > 0 || judged.controlMessages > 0) return true
      const kind = kindOf(judged)
      const known = kinds.get(kind)
      if (known !== undefined) {
        known.count++
        return known.count <= TOLD
      }
      if (kinds.size < MOST_KINDS) kinds.set(kind, { like: nameOf(judged), count: 1 })
      return true
    },
    repeated: () =>
      [...kinds.values()]
        .filter(({ count }) => count > TOLD)
        .map(({ like, count }) => ({
          like,
          more: count - TOLD,
        })),
  }
}

/** Names a conversation by its ends. */
export function nameOf({ ends: [originator, recipient] }: JudgedConversation): string {
  return `${originator.address} and ${recipient.address}`
}

/** Says how many conversations are like one that was told in full. */
export function alikeLine({ like, more }: AlikeConversations): string {
  return `${counted(more, 'more conversation')} without a control connection, with the same notes and findings as ${like}`
}

function kindOf({ diagnosis, notes, ends }: JudgedConversation): string {
  const findings = ends.flatMap(({ role, findings: all }) =>
    all.map(({ requirement, verdict }) => `${role} ${requirement} ${verdict}`),
  )
  return [...diagnosis, ...notes, ...findings].join('\n').replaceAll(/[\d.]+/g, '#')
}
