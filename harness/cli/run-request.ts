import type { TesterPlace } from '../implementations/tester-place.ts'
import type { PathImpairment } from '../network/impaired.ts'
import type { Keep } from '../runner/keeper.ts'
import type { Selection } from '../runner/select.ts'
import type { ColourChoice } from './io.ts'
import type { RemoteRequest } from './remote.ts'
import type { ReporterChoice } from './reporters.ts'

/** The arguments of `pptpspec run`. */
export interface RunRequest {
  /** As the user named them; empty for the default. */
  readonly implementations: readonly string[]
  /** A remote implementation to test as well. */
  readonly remote: RemoteRequest | undefined
  readonly selection: Selection
  /** Names of mutants and of habits that the embedded reference is to have. */
  readonly fault: readonly string[]
  readonly habit: readonly string[]
  readonly lanes: number | undefined
  /** The clock in timed scenarios; undefined: accelerated if the implementation can be. */
  readonly clock: 'real' | 'accelerated' | undefined
  readonly seed: number | undefined
  /** The impairment of GRE in cases that have none of their own; undefined for none. */
  readonly impair: PathImpairment | undefined
  readonly engine: string | undefined
  /** The place of the tester's sockets; undefined: in this process if that is possible. */
  readonly tester: TesterPlace | undefined
  readonly provision: boolean
  /**
   * Whether the reference may stand in if no implementation is named and containers cannot be run.
   */
  readonly standIn: boolean
  readonly output: string | undefined
  /** The file of the baseline; false to expect pass; undefined for the default file. */
  readonly baseline: string | false | undefined
  readonly updateBaseline: boolean
  /** How many times the selection is played. */
  readonly repeat: number | undefined
  /** Which traces and captures of cases are kept. */
  readonly keep: Keep
  /** Further reporters: the files of the usual ones are in every results directory. */
  readonly reporters: readonly ReporterChoice[]
  readonly verbose: boolean
  readonly colour: ColourChoice
  /** The command line, which is recorded with the run. */
  readonly arguments: readonly string[]
}
