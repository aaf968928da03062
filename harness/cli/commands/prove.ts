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
        'only scenarios whose id matches this glob, e.g. echo/* or echo/*@originator (repeatable); survivors are not reported then',
    }),
    mutant: texts('mutant', {
      alias: 'm',
      describe: 'only this mutant (repeatable); idle scenarios and monitors are not reported then',
    }),
    role: value(
      'role',
      {
        describe: 'recipient: mutants that show only in an originator may survive [default: no mutant may]',
      },
      oneOf('--role', ['recipient', 'originator']),
    ),
    'every-variation': flag({
      describe:
        'play each variation of a scenario on each mutant, also on mutants that the scenario does not name: twice the plays',
    }),
    strangers: value(
      'strangers',
      {
        describe:
          'afterwards, make that many implementations that nobody has seen, of faults and lawful habits by seed, and tell which accusations of them are false',
      },
      wholeNumber('strangers', 1, 1_000_000),
    ),
    matrix: flag({
      describe:
        'show what each mutant breaks, which scenarios and monitors kill it, and by which requirement',
    }),
    timing: value(
      'timing',
      {
        describe:
          'instead of mutants: play each case on the reference under this number of seeds of delivery times; no verdict may differ',
      },
      wholeNumber('timing', 1, 100_000),
    ),
    seed: value(
      'seed',
      { describe: 'the first seed of --timing or --strangers; the others count up from it [default: 1]' },
      wholeNumber('seed', 0, 0xffff_ffff),
    ),
    workers: value(
      'workers',
      { describe: 'number of threads, which does not change the outcome [default: chosen for speed]' },
      wholeNumber('workers', 1, 64),
    ),
    json: flag({ describe: 'the whole matrix as one JSON object' }),
  },
  examples: [
    ['prove', 'everything that is wrong with the suites: survivors, idle scenarios, false claims'],
    [
      'prove --mutant ignores-magic-cookie --matrix',
      'which scenarios and monitors notice this mutant, and how',
    ],
    ["prove --scenario 'echo/*' --matrix", 'which mutants these scenarios notice'],
    ['prove --strangers 10000 --seed 7', 'how many accusations of unknown implementations are right'],
    ['prove --strangers 1 --seed 1485', 'one of them, and what it is made of'],
    ['prove --timing 3', 'verdicts that depend on when messages and packets arrive'],
    [
      "prove --timing 1 --seed 7 --scenario 'tunnel/gap'",
      'the delivery times of seed 7 once more, for some scenarios',
    ],
  ],
  epilogue:
    'Exits with 1 when the reference is not clean; when a scenario or monitor is idle, claims a mutant that it does not kill, or declares a requirement that it never decides; or when a mutant survives, or breaks other requirements than it names. With --timing: when a verdict depends on time. With --strangers: also when fewer than 99.5 % of the accusations of them are right.',
  async perform(given, io) {
    const { performProve } = await import('../perform-prove.ts')
    const { 'every-variation': everyVariation, ...rest } = given
    return performProve({ ...rest, everyVariation }, io)
  },
})
