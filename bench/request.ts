import yargs from 'yargs'
import { asText, oneOf, someTexts, value, wholeNumber } from '../harness/cli/options.ts'
import { UsageError } from '../harness/errors/errors.ts'
import { BENCHES } from './benches.ts'

/** What `npm run bench` was asked for. */
export interface BenchRequest {
  readonly names: readonly string[]
  readonly rounds: number
  /** Files; as they were given. */
  readonly json: string | undefined
  readonly against: string | undefined
  readonly page: string | undefined
}

const ROUNDS = 5
const MOST_ROUNDS = 1_000

const names = someTexts('name', { describe: 'benchmarks to measure' })
const options = {
  rounds: value(
    'rounds',
    { describe: `turns of each side; medians are of them [default: ${ROUNDS}]` },
    wholeNumber('rounds', 1, MOST_ROUNDS),
  ),
  json: value('json', { describe: 'keep what was measured in this file' }, asText),
  against: value(
    'against',
    { describe: 'compare with an earlier run: a file that --json has written' },
    asText,
  ),
  page: value(
    'page',
    { describe: 'write how cost grows as a page with a chart: FILE.md, and FILE.svg beside it' },
    asText,
  ),
}

/**
 * Reads the command line. Undefined where help was asked for and has been printed.
 * @throws UsageError for an unknown benchmark or option, or a value that an option does not take.
 */
export async function readRequest(argv: readonly string[]): Promise<BenchRequest | undefined> {
  const about = BENCHES.map(
    ({ name, about: text, long }) => `${name}: ${text}${long ? ' (takes minutes)' : ''}`,
  )
  const found = await yargs([...argv])
    .scriptName('npm run bench --')
    .usage(
      '$0 [name..]\n\nMeasures pptpspec against yardsticks, in turns in the same run. Without names: all that take no minutes.',
    )
    .options(
      Object.fromEntries(Object.entries(options).map(([name, { declaration }]) => [name, declaration])),
    )
    .epilogue(about.join('\n'))
    .strictOptions()
    .parserConfiguration({ 'parse-numbers': false, 'parse-positional-numbers': false, 'dot-notation': false })
    .version(false)
    .help()
    .locale('en')
    .exitProcess(false)
    .fail((message, error) => {
      if (error instanceof UsageError) throw error
      throw new UsageError(message ?? error.message, 'npm run bench -- --help shows all options')
    })
    .parse()
  if (found.help === true) return undefined
  const readName = oneOf(
    'benchmark',
    BENCHES.map(({ name }) => name),
  )
  const asked = names.read(found._).map(readName)
  return {
    names: asked.length > 0 ? asked : BENCHES.filter(({ long }) => long !== true).map(({ name }) => name),
    rounds: options.rounds.read(found.rounds) ?? ROUNDS,
    json: options.json.read(found.json),
    against: options.against.read(found.against),
    page: options.page.read(found.page),
  }
}
