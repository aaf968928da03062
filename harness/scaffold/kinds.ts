import type { Scaffold, ScaffoldRequest, WorkingPlace } from './scaffold.ts'

/** One thing that `pptpspec new` writes. */
interface Kind {
  /** In a word or two, for `--help`. */
  readonly title: string
  /** The options that it takes. */
  readonly takes: readonly ('role' | 'requirement' | 'seam')[]
  /**
   * Imports what it needs by itself, like a command.
   * @throws UsageError for what cannot be written.
   */
  readonly scaffold: (request: ScaffoldRequest, place: WorkingPlace) => Promise<Scaffold>
}

/** Everything that `pptpspec new` writes. */
export const KINDS = {
  scenario: {
    title: 'suites/TOPIC/NAME.ts',
    takes: ['role', 'requirement'],
    async scaffold(request, place) {
      const { scenarioScaffold } = await import('./scenario-file.ts')
      return scenarioScaffold(request, place)
    },
  },
  monitor: {
    title: 'suites/monitors/NAME.ts',
    takes: ['requirement'],
    async scaffold(request, place) {
      const { monitorScaffold } = await import('./monitor-file.ts')
      return monitorScaffold(request, place)
    },
  },
  fault: {
    title: 'harness/reference/faults/SEAM/NAME.ts',
    takes: ['requirement', 'seam'],
    async scaffold(request, place) {
      const { faultScaffold } = await import('./fault-file.ts')
      return faultScaffold(request, place)
    },
  },
  implementation: {
    title: 'containers/NAME, or a folder of that path',
    takes: ['role'],
    async scaffold(request, place) {
      const { implementationScaffold } = await import('./implementation-folder.ts')
      return implementationScaffold(request, place)
    },
  },
} as const satisfies Readonly<Record<string, Kind>>

export type KindName = keyof typeof KINDS

export const KIND_NAMES = Object.keys(KINDS) as readonly KindName[]

/** The kind of that name, with the type of its name forgotten. */
export function kindOf(name: KindName): Kind {
  return KINDS[name]
}
