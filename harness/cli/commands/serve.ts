import { command } from '../command.ts'
import { ipv4, value } from '../options.ts'
import { PEER_OPTIONS } from '../peer-options.ts'
import { readAccount } from '../remote.ts'

/** `pptpspec serve` */
export const serve = command({
  usage: 'serve',
  summary: 'Run the reference, or one of its mutants, as a server on the real network, to try clients on it',
  positionals: {},
  options: {
    listen: value(
      'listen',
      { describe: 'the IPv4 address of this machine to listen on [default: its only address]' },
      ipv4('--listen'),
    ),
    ...PEER_OPTIONS,
  },
  examples: [
    ['serve --account alice:secret', 'a server without a fault'],
    ['serve --fault ignores-magic-cookie', 'a server with one fault'],
    ['serve --habit one-call --habit clears-idle-calls', 'a server that keeps to the RFC in its own way'],
  ],
  epilogue:
    'Uses TCP port 1723, and needs root or CAP_NET_RAW for GRE. It logs to standard output until Ctrl-C. Exit codes: 0 when it was stopped, 2 usage, 3 environment.',
  async perform({ account, fault, habit, profile, listen }, io) {
    const accounts = account === undefined ? undefined : readAccount(account, io.env)
    const { performServe } = await import('../perform-peer.ts')
    return performServe({ fault, habit, profile: profile ?? 'usual', account: accounts, listen }, io)
  },
})
