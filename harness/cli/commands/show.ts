import { text, wholeNumber, word } from '../arguments.ts'
import { command } from '../command.ts'

/** `pptpspec show <what> [scenario]` */
export const show = command({
  usage: 'show <what> [scenario]',
  summary: 'Show the messages of a scenario as a ladder',
  positionals: {
    what: {
      type: 'string',
      demandOption: true,
      describe: 'a trace (.json), a results directory, or a scenario of the latest results in results/latest',
    },
    scenario: { type: 'string', describe: 'with a results directory: a case, or a glob on cases' },
  },
  options: {
    fields: { type: 'boolean', describe: 'every field of every message, and octets that are no message' },
    log: { type: 'boolean', describe: 'also what the implementation wrote to its log' },
    implementation: {
      alias: 'i',
      requiresArg: true,
      coerce: text('implementation'),
      describe: 'where the results hold several: only this one',
    },
    width: {
      requiresArg: true,
      coerce: wholeNumber('width', 60, 1000),
      describe: 'columns to use [default: those of the terminal, else 100]',
    },
    colour: {
      alias: 'color',
      coerce: word('colour', ['auto', 'always', 'never'], 'never'),
      describe: 'auto, always or never; auto honours NO_COLOR [default: auto]',
    },
  },
  examples: [
    ['show start/accepted', 'from the latest results'],
    [
      'show results/runs/2025-01-31T12-00-00Z message-format/undefined-type --fields',
      'from others, in detail',
    ],
    ['show results/latest/reference/start/accepted.json', 'one trace'],
  ],
  async perform(given, io) {
    const { performShow } = await import('../perform-show.ts')
    return performShow(
      {
        what: given.what,
        scenario: given.scenario,
        implementation: given.implementation,
        fields: given.fields ?? false,
        log: given.log ?? false,
        width: given.width,
        colour: given.colour ?? 'auto',
      },
      io,
    )
  },
})
