import { PATH_NAMES } from '../../interop/paths.ts'
import { KEEP } from '../../runner/keeper.ts'
import { command } from '../command.ts'
import { asText, colour, flag, oneOf, someTexts, texts, value, valueOrOff, wholeNumber } from '../options.ts'
import { readReporter, requireOneOutput } from '../reporters.ts'

/** A bed has three kernels or more of its own, so more beds than this are taken for a mistake. */
const MOST_LANES = 16

const WHAT = 'What to play:'
const HOW = 'How:'
const RESULTS = 'Results:'

/** `pptpspec interop [implementation..]` */
export const interop = command({
  usage: 'interop [implementation..]',
  summary:
    'Let clients and servers talk to each other, capture at every hop, and say what works and which end fails',
  positionals: {
    implementation: someTexts('implementation', {
      describe:
        'names under containers/, or paths to such folders: every client among them is played with every server [default: all under containers/ except the reference]',
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
      describe: 'also the cases that take minutes; those that --case names are played anyway',
      group: WHAT,
    }),
    lanes: value(
      'lanes',
      { describe: 'test beds in use at the same time [default: 3, or 2 with routers]', group: HOW },
      wholeNumber('lanes', 1, MOST_LANES),
    ),
    seed: value(
      'seed',
      { describe: 'seed of the losses and reordering on paths [default: random, recorded]', group: HOW },
      wholeNumber('seed', 0, 0xffff_ffff),
    ),
    fault: value(
      'fault',
      {
        describe:
          'make the reference, which must be one of the ends, this mutant (pptpspec list mutants shows all); no baseline is read then',
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
      describe: 'install and start what containers need, if that is possible (root on Debian or Ubuntu)',
      group: HOW,
    }),
    output: value(
      'output',
      {
        alias: 'o',
        describe:
          'directory for the results [default: results/runs/<time>, with the link results/latest to it]',
        group: RESULTS,
      },
      asText,
    ),
    keep: value(
      'keep',
      {
        describe: 'captures to keep: failed, of cases that did not simply pass, or all [default: failed]',
        group: RESULTS,
      },
      oneOf('--keep', KEEP),
    ),
    baseline: valueOrOff(
      'baseline',
      {
        describe:
          '--no-baseline expects every case to pass [default: expect what results/baselines/interop has]',
        group: RESULTS,
      },
      asText,
      false as const,
    ),
    'update-baseline': flag({
      describe: 'write what was seen into the baselines; the exit code still compares with the old ones',
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
