import { command } from '../command.ts'
import { asText, colour, demanded, flag } from '../options.ts'

/** `pptpspec diff <left> <right>` */
export const diff = command({
  usage: 'diff <left> <right>',
  summary: 'Show where two runs, or two implementations of one run, differ',
  positionals: {
    left: demanded(
      'a results directory, an implementation in results/latest, or directory:implementation',
      asText,
    ),
    right: demanded('the same, for the other side', asText),
  },
  options: { json: flag({ describe: 'one JSON object instead of the table' }), colour },
  examples: [
    ['diff pptpd-1.4.0 pptpd-1.5.0', 'two implementations of the latest run'],
    ['diff results/runs/before results/latest', 'what changed since an earlier run'],
    ['diff results/runs/before:pptpd-1.4.0 results/latest:pptpd-1.5.0', 'one implementation of each run'],
  ],
  epilogue:
    'Exit codes: 0 no difference, 1 at least one difference, 2 usage. Times and wordings are not compared.',
  async perform(given, io) {
    const { performDiff } = await import('../perform-diff.ts')
    return performDiff({ ...given, colour: given.colour ?? 'auto' }, io)
  },
})
