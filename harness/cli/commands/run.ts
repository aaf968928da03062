import { shard, text, textOrOff, wholeNumber, word } from '../arguments.ts'
import { command } from '../command.ts'

/** What is tested when nobody says. */
export const DEFAULT_IMPLEMENTATION = 'pptpd-1.4.0'

/** One replica a lane, each a container with a kernel of its own: more than this is a mistake. */
const MOST_LANES = 64

/** `pptpspec run [implementation..]` */
export const run = command({
  usage: 'run [implementation..]',
  summary: 'Play scenarios against implementations and judge them',
  positionals: {
    implementation: {
      type: 'string',
      array: true,
      describe: `a name under containers/, a path to such a folder, or "reference" [default: ${DEFAULT_IMPLEMENTATION}]`,
    },
  },
  options: {
    scenario: {
      alias: 's',
      type: 'string',
      array: true,
      nargs: 1,
      describe: 'only cases whose id matches this glob, e.g. echo/* (repeatable)',
      group: 'What to play:',
    },
    requirement: {
      type: 'string',
      array: true,
      nargs: 1,
      describe: 'only scenarios that decide this requirement (repeatable)',
      group: 'What to play:',
    },
    tag: {
      type: 'string',
      array: true,
      nargs: 1,
      describe: 'only scenarios with this tag (repeatable)',
      group: 'What to play:',
    },
    shard: {
      requiresArg: true,
      coerce: shard,
      describe: 'only part i of n, as i/n: the same selection on n machines plays each case once',
      group: 'What to play:',
    },
    lanes: {
      requiresArg: true,
      coerce: wholeNumber('lanes', 1, MOST_LANES),
      describe:
        'replicas of each implementation, which play side by side [default: 2 of a container, 1 of the reference]',
      group: 'How:',
    },
    seed: {
      requiresArg: true,
      coerce: wholeNumber('seed', 0, 0xffff_ffff),
      describe: 'what the magic numbers of the reference derive from [default: random, recorded]',
      group: 'How:',
    },
    engine: {
      requiresArg: true,
      coerce: text('engine'),
      describe:
        'address of a container engine, unix:///path or tcp://host:port [default: DOCKER_HOST, else a socket]',
      group: 'How:',
    },
    provision: {
      type: 'boolean',
      describe: 'install and start what containers need, where that is possible (root on Debian or Ubuntu)',
      group: 'How:',
    },
    output: {
      alias: 'o',
      requiresArg: true,
      coerce: text('output'),
      describe: 'directory for the results [default: results/runs/<time>, with results/latest leading to it]',
      group: 'Results:',
    },
    baseline: {
      coerce: textOrOff('baseline'),
      describe:
        'the verdicts to expect [default: results/baselines/<implementation>.yaml of this package]; --no-baseline expects pass',
      group: 'Results:',
    },
    'update-baseline': {
      type: 'boolean',
      describe: 'write what was seen as the new baseline; the exit code is still that of the old one',
      group: 'Results:',
    },
    verbose: {
      alias: 'v',
      type: 'boolean',
      describe: 'on a terminal: a line for each scenario that passed, too',
      group: 'Results:',
    },
    colour: {
      alias: 'color',
      coerce: word('colour', ['auto', 'always', 'never'], 'never'),
      describe: 'auto, always or never; auto honours NO_COLOR [default: auto]',
      group: 'Results:',
    },
    json: {
      type: 'boolean',
      describe: 'write the events to standard output, one JSON object a line, instead of the report',
      group: 'Results:',
    },
  },
  examples: [
    [
      'run',
      `every scenario against ${DEFAULT_IMPLEMENTATION}; against the reference where no container can be run`,
    ],
    ['run pptpd-1.4.0 pptpd-1.5.0 --lanes 4', 'two versions, four replicas of each'],
    ["run ./my-pptpd --scenario 'message-format/*'", 'some scenarios against a folder of your own'],
    ['run reference --requirement 1.4/magic-cookie-closes', 'whatever decides a requirement'],
  ],
  epilogue:
    'Exit codes: 0 as the baseline expects, 1 not as expected (also an unexpected pass, or a stale entry), 2 usage, 3 environment or harness error.',
  async perform(given, io, argv) {
    const { performRun } = await import('../perform-run.ts')
    return performRun(
      {
        implementations: (given.implementation ?? []).map(String),
        selection: {
          scenarios: given.scenario ?? [],
          requirements: given.requirement ?? [],
          tags: given.tag ?? [],
          ...(given.shard === undefined ? {} : { shard: given.shard }),
        },
        lanes: given.lanes,
        seed: given.seed,
        engine: given.engine,
        provision: given.provision ?? false,
        output: given.output,
        baseline: given.baseline,
        updateBaseline: given['update-baseline'] ?? false,
        verbose: given.verbose ?? false,
        colour: given.colour ?? 'auto',
        json: given.json ?? false,
        arguments: argv,
      },
      io,
    )
  },
})
