import type { Scaffold, ScaffoldRequest, WorkingPlace } from './scaffold.ts'

/** A kind of thing that `pptpspec new` writes. */
interface Kind {
  /** The path that is written, for `--help`. */
  readonly title: string
  /** The options of `pptpspec new` that apply to this kind. */
  readonly takes: readonly ('role' | 'requirement' | 'seam')[]
  /**
   * Returns the files to write. Loads its own module when called, so that `--help` loads none.
   * @throws UsageError when the request cannot be met.
   */
  readonly scaffold: (request: ScaffoldRequest, place: WorkingPlace) => Promise<Scaffold>
}

/** Every kind of thing that `pptpspec new` writes, by name. */
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
    title: 'containers/NAME, or the folder at a path',
    takes: ['role'],
    async scaffold(request, place) {
      const { implementationScaffold } = await import('./implementation-folder.ts')
      return implementationScaffold(request, place)
    },
  },
} as const satisfies Readonly<Record<string, Kind>>

export type KindName = keyof typeof KINDS

export const KIND_NAMES = Object.keys(KINDS) as readonly KindName[]

/** Returns the kind of that name, typed as any kind. */
export function kindOf(name: KindName): Kind {
  return KINDS[name]
}
