import type { TesterPlace } from '../implementations/tester-place.ts'
import type { PathImpairment } from '../network/impaired.ts'
import type { Keep } from '../runner/keeper.ts'
import type { Selection } from '../runner/select.ts'
import type { ColourChoice } from './io.ts'
import type { RemoteRequest } from './remote.ts'
import type { ReporterChoice } from './reporters.ts'

/** What `pptpspec run` was asked to do. */
export interface RunRequest {
  /** As the user named them; none for the default. */
  readonly implementations: readonly string[]
  /** Something besides them that no container holds. */
  readonly remote: RemoteRequest | undefined
  readonly selection: Selection
  readonly lanes: number | undefined
  /** For timed scenarios; undefined: accelerated where the implementation can. */
  readonly clock: 'real' | 'accelerated' | undefined
  readonly seed: number | undefined
  /** For cases that ask for no other; undefined: none. */
  readonly impair: PathImpairment | undefined
  readonly engine: string | undefined
  /** Where the sockets of the tester are; undefined: here where that is possible. */
  readonly tester: TesterPlace | undefined
  readonly provision: boolean
  /**
   * Whether the reference may stand in for containers that cannot be run, where nothing was named.
   */
  readonly standIn: boolean
  readonly output: string | undefined
  /** A file; false for none at all. */
  readonly baseline: string | false | undefined
  readonly updateBaseline: boolean
  /** How many times the selection is played. */
  readonly repeat: number | undefined
  /** What is kept of the traces of cases. */
  readonly keep: Keep
  /** Besides what every run leaves in its results directory. */
  readonly reporters: readonly ReporterChoice[]
  readonly verbose: boolean
  readonly colour: ColourChoice
  /** Recorded with the run. */
  readonly arguments: readonly string[]
}
