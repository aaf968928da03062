import { word } from '../arguments.ts'
import { command } from '../command.ts'

/** `pptpspec report <directory>` */
export const report = command({
  usage: 'report <directory>',
  summary: 'Write the reports of a run again from its events, and show its summary',
  positionals: {
    directory: {
      type: 'string',
      demandOption: true,
      describe: 'the results directory of a run, finished or killed',
    },
  },
  options: {
    verbose: { alias: 'v', type: 'boolean', describe: 'a line for each scenario, too' },
    colour: {
      alias: 'color',
      coerce: word('colour', ['auto', 'always', 'never'], 'never'),
      describe: 'auto, always or never; auto honours NO_COLOR [default: auto]',
    },
  },
  examples: [['report results/latest', 'writes junit.xml, summary.md and results.json there']],
  epilogue: "Exits with the run's own exit code, and with 3 where the run never finished.",
  async perform(given, io) {
    const { performReport } = await import('../perform-report.ts')
    return performReport(
      { directory: given.directory, verbose: given.verbose ?? false, colour: given.colour ?? 'auto' },
      io,
    )
  },
})
