import { UsageError } from '../../errors/errors.ts'
import { command } from '../command.ts'
import { asText, flag, oneOf, texts, value } from '../options.ts'

/** `pptpspec coverage` */
export const coverage = command({
  usage: 'coverage',
  summary: 'Show for each requirement of the RFC whether it is tested, by what, and what implementations do',
  positionals: {},
  options: {
    section: value(
      'section',
      { describe: 'only these sections of RFC 2637 and the sections below them, e.g. 3.1 or 1.4-3' },
      sections,
    ),
    requirement: texts('requirement', {
      alias: 'r',
      describe: 'the full text of this requirement, or of all that match a glob (repeatable)',
    }),
    undecided: flag({ describe: 'only requirements that are not tested, each with the reason' }),
    role: value(
      'role',
      { describe: 'whose requirements have to be tested: recipient or originator [default: both]' },
      oneOf('--role', ['recipient', 'originator']),
    ),
    results: value(
      'results',
      {
        describe:
          'a results directory to read the behaviour of implementations from, instead of the baselines',
      },
      asText,
    ),
    quick: flag({ describe: 'play no scenario, and so do not show which mutants prove a test' }),
    json: flag({ describe: 'as one JSON array' }),
  },
  examples: [
    ['coverage --section 3.1', 'a line for each requirement of section 3.1 and below'],
    ['coverage --requirement 2.6/identifier', 'what tests it, what proves the test, what pptpd does'],
    ['coverage --undecided', 'requirements without a test, and those that no packet shows'],
  ],
  epilogue:
    'Exit codes: 0 when each requirement asked for that could be tested is tested, 1 when one is not, 2 usage.',
  async perform(given, io) {
    const { performCoverage } = await import('../perform-coverage.ts')
    return performCoverage(given, io)
  },
})

function sections(text: string): { readonly from: string; readonly to: string } {
  const match = /^(\d{1,2}(?:\.\d{1,2}){0,4})(?:-(\d{1,2}(?:\.\d{1,2}){0,4}))?$/.exec(text)
  const from = match?.[1]
  if (from === undefined)
    throw new UsageError(
      `--section: expected a section or a range of sections, got "${text}"`,
      'For example --section 3.1, or --section 1.4-3',
    )
  return { from, to: match?.[2] ?? from }
}
