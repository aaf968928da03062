import { PATH_NAMES } from '../../interop/paths.ts'
import { KEEP } from '../../runner/keeper.ts'
import { command } from '../command.ts'
import { asText, colour, flag, oneOf, someTexts, texts, value, valueOrOff, wholeNumber } from '../options.ts'
import { readReporter, requireOneOutput } from '../reporters.ts'

/** A bed has three kernels of its own or more: more than this is a mistake. */
const MOST_LANES = 16

const WHAT = 'What to play:'
const HOW = 'How:'
const RESULTS = 'Results:'

/** `pptpspec interop [implementation..]` */
export const interop = command({
  usage: 'interop [implementation..]',
  summary:
    'Let clients and servers talk to each other, watch every hop, and say what works and who broke what',
  positionals: {
    implementation: someTexts('implementation', {
      describe:
        'names under containers/, or paths to such folders: every client among them meets every server [default: all under containers/ but the reference]',
    }),
  },
  options: {
    case: texts('case', {
      alias: 'c',
      describe: 'only cases whose id matches this glob: ping/* on every path, call/*@nat on one (repeatable)',
      group: WHAT,
    }),
    path: texts('path', {
      describe: `only cases on this path (repeatable): ${PATH_NAMES.join(', ')}`,
      group: WHAT,
    }),
    long: flag({
      describe: 'also the cases that take minutes; one that --case names is played anyway',
      group: WHAT,
    }),
    lanes: value(
      'lanes',
      { describe: 'test beds in use at a time [default: 3, or 2 where there are routers]', group: HOW },
      wholeNumber('lanes', 1, MOST_LANES),
    ),
    seed: value(
      'seed',
      { describe: 'of what paths lose and reorder [default: drawn, and told]', group: HOW },
      wholeNumber('seed', 0, 0xffff_ffff),
    ),
    fault: value(
      'fault',
      {
        describe:
          'the one thing that the reference does wrong, where it is one of the ends: a mutant, of which pptpspec list mutants shows all. No baseline is read then',
        group: WHAT,
      },
      asText,
    ),
    engine: value(
      'engine',
      { describe: 'address of a container engine [default: DOCKER_HOST, else a socket]', group: HOW },
      asText,
    ),
    provision: flag({
      describe: 'install and start what containers need, where that is possible (root on Debian or Ubuntu)',
      group: HOW,
    }),
    output: value(
      'output',
      {
        alias: 'o',
        describe:
          'directory for the results [default: results/runs/<time>, with results/latest leading to it]',
        group: RESULTS,
      },
      asText,
    ),
    keep: value(
      'keep',
      { describe: 'captures of cases that failed, or of all [default: failed]', group: RESULTS },
      oneOf('--keep', KEEP),
    ),
    baseline: valueOrOff(
      'baseline',
      {
        describe:
          'the verdicts to expect: those of results/baselines/interop unless --no-baseline expects pass',
        group: RESULTS,
      },
      asText,
      false as const,
    ),
    'update-baseline': flag({
      describe: 'write what was seen into the baselines; the exit code is still that of the old ones',
      group: RESULTS,
    }),
    verbose: flag({ alias: 'v', describe: 'a line for each case', group: RESULTS }),
    colour,
    reporter: texts('reporter', {
      describe: 'NAME or NAME=FILE: console, events, junit, summary or results (repeatable)',
      group: RESULTS,
    }),
    json: flag({ describe: 'the same as --reporter events', group: RESULTS }),
  },
  examples: [
    ['interop', 'every client under containers/ with every server'],
    ['interop pptp-linux-1.10.0 pptpd-1.5.0', 'one pair'],
    ["interop ./my-server pptp-linux-1.10.0 --case 'authentication/*'", 'a folder of your own, some cases'],
    ['interop --path nat --path nat-without-helper', 'through a router that translates addresses'],
  ],
  epilogue:
    'Needs an engine that lets containers have NET_ADMIN and NET_RAW. Exit codes: 0 as the baselines expect, 1 not as expected, 2 usage, 3 environment or harness error.',
  async perform(given, io, argv) {
    const reporters = [...(given.json ? ['events'] : []), ...given.reporter].map(readReporter)
    requireOneOutput(reporters)
    const { performInterop } = await import('../perform-interop.ts')
    const { implementation, case: cases, path, json, colour: choice, reporter, ...rest } = given
    return performInterop(
      {
        ...rest,
        implementations: implementation,
        cases,
        paths: path,
        keep: given.keep ?? 'failed',
        updateBaseline: given['update-baseline'],
        reporters,
        colour: choice ?? 'auto',
        arguments: argv,
      },
      io,
    )
  },
})
