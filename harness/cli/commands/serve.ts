import { command } from '../command.ts'
import { ipv4, value } from '../options.ts'
import { PEER_OPTIONS } from '../peer-options.ts'
import { readAccount } from '../remote.ts'

/** `pptpspec serve` */
export const serve = command({
  usage: 'serve',
  summary:
    'Run the reference as a server on the real network, or one of its mutants, for clients to be tried on',
  positionals: {},
  options: {
    listen: value(
      'listen',
      { describe: 'an IPv4 address of this machine [default: the only one there is]' },
      ipv4('--listen'),
    ),
    ...PEER_OPTIONS,
  },
  examples: [
    ['serve --account alice:secret', 'a server that does nothing wrong'],
    ['serve --fault ignores-magic-cookie', 'one that does one thing wrong'],
  ],
  epilogue:
    'Takes TCP port 1723, and root or CAP_NET_RAW for GRE. What it does is written to standard output until Ctrl-C. Exit codes: 0 when it was ended, 2 usage, 3 environment.',
  async perform({ account, fault, profile, listen }, io) {
    const accounts = account === undefined ? undefined : readAccount(account, io.env)
    const { performServe } = await import('../perform-peer.ts')
    return performServe({ fault, profile: profile ?? 'usual', account: accounts, listen }, io)
  },
})
