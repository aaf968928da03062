import { parseArgsStringToArgv } from 'string-argv'
import { UsageError } from '../errors/errors.ts'
import type { Target } from '../implementations/remote-server.ts'
import type { PppAccounts } from '../ppp/profile.ts'
import { PPTP_PORT } from '../protocol/messages.ts'

/** A remote implementation, not in a container: a server to dial, or a client that dials us. */
export type RemoteRequest = RemoteCommon &
  (
    | { readonly role: 'server'; readonly target: Target }
    | {
        readonly role: 'client'
        /** Our address that the client dials; undefined for the only address of this machine. */
        readonly listen: string | undefined
        /**
         * The program, with its arguments, that makes the client dial; undefined to use the command
         * of its description, or to ask a person to dial.
         */
        readonly dialCommand: readonly string[] | undefined
      }
  )

interface RemoteCommon {
  /** The name in results; undefined for that of its description, or its host. */
  readonly name: string | undefined
  /** A YAML file that describes the implementation. */
  readonly manifest: string | undefined
  readonly account: PppAccounts | undefined
}

/**
 * The variable that holds the secret of `--account` unless it is on the command line, where other
 * users can see it.
 */
export const SECRET_VARIABLE = 'PPTPSPEC_SECRET'

/** The options about a remote implementation, as they were given. */
export interface RemoteOptions {
  readonly target: Target | undefined
  readonly listen: { readonly value: string | undefined } | undefined
  readonly 'dial-command': readonly string[] | undefined
  readonly name: string | undefined
  readonly manifest: string | undefined
  readonly account: string | undefined
}

/**
 * Reads the options about a remote implementation.
 * @returns undefined when none of them is given.
 * @throws UsageError for options that cannot be combined.
 */
export function readRemote(
  options: RemoteOptions,
  env: Readonly<Record<string, string | undefined>>,
): RemoteRequest | undefined {
  const { target, listen, 'dial-command': dialCommand, name, manifest, account } = options
  if (target !== undefined && listen !== undefined)
    throw new UsageError('--target is for a server, --listen for a client', 'Run them one by one')
  if (dialCommand !== undefined && listen === undefined)
    throw new UsageError('--dial-command needs --listen', 'Say where the client dials: --listen ADDRESS')
  const read = account === undefined ? undefined : readAccount(account, env)
  if (target !== undefined) return { role: 'server', target, name, manifest, account: read }
  if (listen !== undefined)
    return {
      role: 'client',
      listen: listen.value,
      dialCommand,
      name,
      manifest,
      // The account with which the client authenticates, and which it accepts from the tester.
      account: read === undefined ? undefined : { ...read, own: read },
    }
  const idle = Object.entries({ name, manifest, account }).find(([, value]) => value !== undefined)
  if (idle === undefined) return undefined
  throw new UsageError(
    `--${idle[0]} needs --target or --listen`,
    'An implementation in a container has this in its manifest',
  )
}

/**
 * Reads `HOST` or `HOST:PORT`.
 * @throws UsageError for any other text.
 */
export function readTarget(text: string): Target {
  if (/^\[.*\]|:.*:/.test(text))
    throw new UsageError(`--target: ${text} is IPv6`, 'PPTP is defined for IPv4 only: give an IPv4 address')
  const match = /^([A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?)\.?(?::(\d{1,5}))?$/.exec(text)
  const port = match?.[2] === undefined ? PPTP_PORT : Number(match[2])
  if (match?.[1] !== undefined && port >= 1 && port <= 65_535) return { host: match[1], port }
  throw new UsageError(
    `--target: expected a host or host:port, got "${text}"`,
    'For example --target vpn.example.com or --target 192.0.2.1:1723',
  )
}

const FOR_A_SHELL = /^([|&;<>]+|\d?>&?\d?)$/

/**
 * Reads a program and its arguments: words between spaces, or in quotes.
 * @throws UsageError when there is no program, or a shell would be needed.
 */
export function readDialCommand(text: string): readonly string[] {
  const words = parseArgsStringToArgv(text)
  const odd = words.find((word) => FOR_A_SHELL.test(word))
  if (odd !== undefined)
    throw new UsageError(
      `--dial-command: "${odd}" needs a shell, and the command is started without one`,
      'Put the command into a script, and give the script as the command',
    )
  if (words[0] !== undefined && words[0] !== '') return words
  throw new UsageError(
    '--dial-command: expected a program and its arguments',
    "For example --dial-command 'pptp {server} --nolaunchpppd'",
  )
}

/** Reads a PPP account. @throws UsageError when its name or its secret is missing. */
export function readAccount(text: string, env: Readonly<Record<string, string | undefined>>): PppAccounts {
  const colon = text.indexOf(':')
  const name = colon === -1 ? text : text.slice(0, colon)
  const secret = colon === -1 ? env[SECRET_VARIABLE] : text.slice(colon + 1)
  if (name !== '' && secret !== undefined && secret !== '') return { name, secret }
  throw new UsageError(
    `--account: expected NAME with the secret in ${SECRET_VARIABLE}, or NAME:SECRET`,
    'Other users of this machine can see a command line; they cannot see the variable, or ppp in a --manifest',
  )
}

/** Removes the secret of an account from a command line, which is stored with results. */
export function withoutSecrets(argv: readonly string[]): readonly string[] {
  return argv.map((word, at) => {
    const before =
      argv[at - 1] === '--account' ? '' : word.startsWith('--account=') ? '--account=' : undefined
    if (before === undefined) return word
    const [name = ''] = word.slice(before.length).split(':')
    return word.includes(':') ? `${before}${name}:(secret)` : word
  })
}
