import { command } from '../command.ts'
import { flag, oneOf, texts, value, wholeNumber } from '../options.ts'

/** `pptpspec prove` */
export const prove = command({
  usage: 'prove',
  summary: 'Prove that scenarios and monitors can fail: play them on the reference and on its mutants',
  positionals: {},
  options: {
    scenario: texts('scenario', {
      alias: 's',
      describe:
        'only scenarios whose id matches this glob, e.g. echo/* or echo/*@originator (repeatable); says nothing about survivors then',
    }),
    mutant: texts('mutant', {
      alias: 'm',
      describe: 'only this mutant (repeatable); says nothing about idleness then',
    }),
    role: value(
      'role',
      {
        describe: 'recipient: mutants that show only in an originator may survive [default: none may]',
      },
      oneOf('--role', ['recipient', 'originator']),
    ),
    'every-variation': flag({
      describe:
        'play each variation of a scenario on each mutant, also on mutants that the scenario does not name: twice the plays',
    }),
    matrix: flag({ describe: 'what each mutant breaks, who kills it, and by which requirement' }),
    workers: value(
      'workers',
      { describe: 'threads to play in [default: as many as pay]; the outcome is the same' },
      wholeNumber('workers', 1, 64),
    ),
    json: flag({ describe: 'the whole matrix as one JSON object' }),
  },
  examples: [
    ['prove', 'survivors, idle scenarios, false claims'],
    ['prove --mutant ignores-magic-cookie --matrix', 'who notices, and how'],
    ["prove --scenario 'echo/*' --matrix", 'what these scenarios notice'],
  ],
  epilogue:
    'Exits with 1 where the reference is not clean, a scenario or monitor is idle, claims a mutant that it does not kill or declares a requirement that it never decides, or a mutant survives or breaks other requirements than it names.',
  async perform(given, io) {
    const { performProve } = await import('../perform-prove.ts')
    const { 'every-variation': everyVariation, ...rest } = given
    return performProve({ ...rest, everyVariation }, io)
  },
})
