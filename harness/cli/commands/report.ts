import { command } from '../command.ts'
import { asText, colour, demanded, flag } from '../options.ts'

/** `pptpspec report <directory>` */
export const report = command({
  usage: 'report <directory>',
  summary: 'Write the reports of a run again from its events, and show its summary',
  positionals: { directory: demanded('the results directory of a run, finished or killed', asText) },
  options: {
    verbose: flag({
      alias: 'v',
      describe: 'a line for each case, and each cause in full',
    }),
    colour,
  },
  examples: [['report results/latest', 'writes report.html, junit.xml, summary.md and results.json there']],
  epilogue: 'Exits with the exit code of that run, or with 3 if it never finished.',
  async perform(given, io) {
    const { performReport } = await import('../perform-report.ts')
    return performReport({ ...given, colour: given.colour ?? 'auto' }, io)
  },
})
