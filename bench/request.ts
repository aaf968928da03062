import yargs from 'yargs'
import { asText, oneOf, someTexts, value, wholeNumber } from '../harness/cli/options.ts'
import { UsageError } from '../harness/errors/errors.ts'
import { BENCHES } from './benches.ts'

/** The request of `npm run bench`. */
export interface BenchRequest {
  readonly names: readonly string[]
  readonly rounds: number
  /** File names as given. */
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
    { describe: `turns of each side, of which medians are taken [default: ${ROUNDS}]` },
    wholeNumber('rounds', 1, MOST_ROUNDS),
  ),
  json: value('json', { describe: 'write the results to this file' }, asText),
  against: value(
    'against',
    { describe: 'compare with an earlier run: a file that --json has written' },
    asText,
  ),
  page: value(
    'page',
    { describe: 'write a page and a chart of how cost grows with size: FILE.md, and FILE.svg beside it' },
    asText,
  ),
}

/**
 * Reads the command line. Returns undefined when help was requested and has been printed.
 * @throws UsageError for an unknown benchmark or option, or an invalid value of an option.
 */
export async function readRequest(argv: readonly string[]): Promise<BenchRequest | undefined> {
  const about = BENCHES.map(
    ({ name, about: text, long }) => `${name}: ${text}${long ? ' (takes minutes)' : ''}`,
  )
  const found = await yargs([...argv])
    .scriptName('npm run bench --')
    .usage(
      '$0 [name..]\n\nMeasures pptpspec against yardsticks, in turns in the same run. Without names: all benchmarks that do not take minutes.',
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
