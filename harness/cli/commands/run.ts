import { TESTER_PLACES } from '../../implementations/tester-place.ts'
import { KEEP } from '../../runner/keeper.ts'
import { command } from '../command.ts'
import { isCi } from '../io.ts'
import { DEFAULT_IMPLEMENTATIONS } from '../names.ts'
import {
  asText,
  colour,
  flag,
  impairment,
  ipv4,
  oneOf,
  role,
  shard,
  someTexts,
  texts,
  value,
  valueOrNone,
  valueOrOff,
  wholeNumber,
} from '../options.ts'
import { readDialCommand, readRemote, readTarget, SECRET_VARIABLE, withoutSecrets } from '../remote.ts'
import { readReporter, requireOneOutput } from '../reporters.ts'

/** Each lane may have a container with a kernel of its own, so more are taken for a mistake. */
const MOST_LANES = 64
/** More rounds than this are taken for a mistake. */
const MOST_ROUNDS = 1000

const WHAT = 'What to play:'
const REMOTE = 'Without a container:'
const HOW = 'How:'
const RESULTS = 'Results:'

/** `pptpspec run [implementation..]` */
export const run = command({
  usage: 'run [implementation..]',
  summary: 'Play scenarios against implementations and judge them',
  positionals: {
    implementation: someTexts('implementation', {
      describe: `a name under containers/, a path to such a folder, or "reference" [default: ${DEFAULT_IMPLEMENTATIONS.join(' ')}]`,
    }),
  },
  options: {
    scenario: texts('scenario', {
      alias: 's',
      describe:
        'only cases whose id matches this glob: echo/* in both roles, echo/*@originator in one (repeatable)',
      group: WHAT,
    }),
    requirement: texts('requirement', {
      describe: 'only scenarios that decide this requirement (repeatable)',
      group: WHAT,
    }),
    role: role(
      'only scenarios for implementations in this role: recipient or originator [default: both]',
      WHAT,
    ),
    tag: texts('tag', {
      describe: 'only scenarios with this tag, e.g. long, or without it, e.g. !timed (repeatable)',
      group: WHAT,
    }),
    shard: value(
      'shard',
      {
        describe: 'only part i of n, as i/n: the same selection on n machines plays each case once',
        group: WHAT,
      },
      shard,
    ),
    target: value(
      'target',
      { describe: 'a server across the network, as host or host:port', group: REMOTE },
      readTarget,
    ),
    listen: valueOrNone(
      'listen',
      {
        describe: 'a client anywhere that dials this address of this machine [default: its only address]',
        group: REMOTE,
      },
      ipv4('--listen'),
    ),
    'dial-command': value(
      'dial-command',
      {
        describe:
          'command that makes the client dial: a program and its arguments, {server} for our address, no shell [default: you are asked to dial]',
        group: REMOTE,
      },
      readDialCommand,
    ),
    name: value(
      'name',
      {
        describe: 'name of the server or client in results and baselines [default: its host, or "client"]',
        group: REMOTE,
      },
      asText,
    ),
    manifest: value(
      'manifest',
      {
        describe:
          'YAML file that describes the server or client by fields of a manifest (name, title, pics, timers, ppp, ...)',
        group: REMOTE,
      },
      asText,
    ),
    account: value(
      'account',
      {
        describe: `NAME of its PPP account, with the secret in ${SECRET_VARIABLE}; or NAME:SECRET, which other users of this machine can see`,
        group: REMOTE,
      },
      asText,
    ),
    lanes: value(
      'lanes',
      {
        describe:
          'replicas of each implementation, which play at the same time [default: 2 of a container, and more while the machine is idle; 1 of the reference]',
        group: HOW,
      },
      wholeNumber('lanes', 1, MOST_LANES),
    ),
    clock: value(
      'clock',
      {
        describe:
          'clock of the implementation in timed scenarios: real, or accelerated as many times as its manifest says [default: accelerated if its manifest allows it]',
        group: HOW,
      },
      oneOf('--clock', ['real', 'accelerated']),
    ),
    repeat: value(
      'repeat',
      {
        describe: 'play the selection this number of times, and report results that differ',
        group: HOW,
      },
      wholeNumber('repeat', 1, MOST_ROUNDS),
    ),
    seed: value(
      'seed',
      {
        describe:
          'seed of everything random: the decisions of an impaired path, magic numbers of the reference [default: random, recorded]',
        group: HOW,
      },
      wholeNumber('seed', 0, 0xffff_ffff),
    ),
    impair: value(
      'impair',
      {
        describe:
          'impair GRE packets in both directions: loss, duplication, reordering as probabilities; delay, jitter and hold (the delay of reordered packets) in ms; e.g. loss=0.05,delay=20',
        group: HOW,
      },
      impairment,
    ),
    fault: texts('fault', {
      describe:
        'give "reference" this fault (repeatable; pptpspec list mutants shows all) [default: no fault]',
      group: HOW,
    }),
    habit: texts('habit', {
      describe:
        'give "reference" this lawful habit (repeatable; pptpspec list habits shows all) [default: no habit]',
      group: HOW,
    }),
    engine: value(
      'engine',
      {
        describe:
          'address of a container engine, unix:///path, tcp://host:port or ssh://user@host [default: DOCKER_HOST, else a socket]',
        group: HOW,
      },
      asText,
    ),
    tester: value(
      'tester',
      {
        describe:
          'where the tester has its sockets: here, which needs root and an engine on this machine, or in a container [default: here if possible]',
        group: HOW,
      },
      oneOf('--tester', TESTER_PLACES),
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
        describe:
          'failed: a capture, trace and log of each case that did not simply pass, and one compressed file for all others; all: of every case [default: failed]',
        group: RESULTS,
      },
      oneOf('--keep', KEEP),
    ),
    baseline: valueOrOff(
      'baseline',
      {
        describe:
          'the verdicts to expect [default: results/baselines/<implementation>.yaml of this package]; --no-baseline expects pass',
        group: RESULTS,
      },
      asText,
      false as const,
    ),
    'update-baseline': flag({
      describe:
        'write what was seen into the baseline, new deviations as causes for you to name; the exit code still compares with the old one',
      group: RESULTS,
    }),
    verbose: flag({
      alias: 'v',
      describe: 'a line for each case, and each cause in full',
      group: RESULTS,
    }),
    colour,
    reporter: texts('reporter', {
      describe:
        'NAME or NAME=FILE: console, events, junit, summary or results; without a file, it takes standard output instead of console (repeatable)',
      group: RESULTS,
    }),
    json: flag({
      describe: 'the same as --reporter events: one JSON object a line on standard output',
      group: RESULTS,
    }),
  },
  examples: [
    [
      'run',
      `every scenario against ${DEFAULT_IMPLEMENTATIONS.join(' and ')}; if no container can be run, against the reference, except in CI`,
    ],
    [
      'run reference --fault gre-never-acknowledges --habit one-call',
      'what is told of a faulty implementation',
    ],
    ['run pptpd-1.4.0 pptpd-1.5.0 --lanes 4', 'two versions, four replicas of each'],
    ["run ./my-pptpd --scenario 'message-format/*'", 'some scenarios against a folder of your own'],
    ['run pptpd-1.4.0 --clock real', 'without acceleration: takes minutes, and has the same verdicts'],
    ['run reference --role originator', 'only what concerns the end that opens the control connection'],
    ['run reference --requirement 2.6/identifier', 'all scenarios that decide a requirement'],
    ['run --target vpn.example.com --account alice', 'a server across the network, no container engine'],
    ['run --listen 192.0.2.1', 'a client anywhere, with which you dial when you are asked to'],
    [
      `run --listen 127.0.0.2 --dial-command 'pppd pty "pptp {server} --nolaunchpppd" nodetach noauth user alice'`,
      'a client on this machine, dialled by a command',
    ],
  ],
  epilogue:
    'Exit codes: 0 as the baseline expects, 1 not as expected (also a cause that is gone or stale), 2 usage, 3 environment or harness error.',
  async perform(given, io, argv) {
    const remote = readRemote(given, io.env)
    const reporters = [...(given.json ? ['events'] : []), ...given.reporter].map(readReporter)
    requireOneOutput(reporters)
    const { performRun } = await import('../perform-run.ts')
    const {
      implementation,
      scenario,
      requirement,
      role: one,
      tag,
      shard: part,
      colour: choice,
      reporter,
      json,
      ...rest
    } = given
    return performRun(
      {
        ...rest,
        implementations: implementation,
        remote,
        selection: {
          scenarios: scenario,
          requirements: requirement,
          ...(one === undefined ? {} : { roles: [one] }),
          tags: tag,
          ...(part === undefined ? {} : { shard: part }),
        },
        // Otherwise a CI job would be green although no implementation was tested.
        standIn: !isCi(io.env),
        keep: given.keep ?? 'failed',
        updateBaseline: given['update-baseline'],
        reporters,
        colour: choice ?? 'auto',
        arguments: withoutSecrets(argv),
      },
      io,
    )
  },
})
