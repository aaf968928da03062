import { command } from '../command.ts'
import { demanded, ipv4, value, wholeNumber } from '../options.ts'
import { PEER_OPTIONS } from '../peer-options.ts'
import { readAccount } from '../remote.ts'

/** s: more than a day is taken for a mistake. */
const MOST_SECONDS = 86_400

/** `pptpspec dial SERVER` */
export const dial = command({
  usage: 'dial <server>',
  summary: 'Run the reference, or one of its mutants, as a client that dials a server, to try that server',
  positionals: {
    server: demanded('IPv4 address of the server', ipv4('server')),
  },
  options: {
    from: value(
      'from',
      {
        describe:
          'the IPv4 address of this machine to dial from [default: the one that routes to the server]',
      },
      ipv4('--from'),
    ),
    for: value(
      'for',
      { describe: 'hang up after this number of seconds [default: at Ctrl-C]' },
      wholeNumber('for', 1, MOST_SECONDS),
    ),
    ...PEER_OPTIONS,
  },
  examples: [
    ['dial 192.0.2.7 --account alice:secret', 'one control connection with one call'],
    ['dial 192.0.2.7 --for 30 --fault gre-never-acknowledges', 'as a mutant, for half a minute'],
  ],
  epilogue:
    'Needs root or CAP_NET_RAW for GRE. Exit codes: 0 when this side hung up, 1 when the server ended the connection or none came up, 2 usage, 3 environment.',
  async perform({ account, fault, habit, profile, server, from, for: seconds }, io) {
    const accounts = account === undefined ? undefined : readAccount(account, io.env)
    const { performDial } = await import('../perform-peer.ts')
    return performDial(
      { fault, habit, profile: profile ?? 'usual', account: accounts, server, from, seconds },
      io,
    )
  },
})
