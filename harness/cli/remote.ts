import { UsageError } from '../errors/errors.ts'
import type { Target } from '../implementations/remote-server.ts'
import type { PppAccounts } from '../ppp/profile.ts'
import { PPTP_PORT } from '../protocol/messages.ts'

/** Something to test that no container holds. */
export interface RemoteRequest {
  readonly target: Target
  /** Undefined: named by its host. */
  readonly name: string | undefined
  /** A YAML file that describes it. */
  readonly manifest: string | undefined
  readonly account: PppAccounts | undefined
}

/** Where the secret of `--account` comes from when it is not on the command line, where others can see it. */
export const SECRET_VARIABLE = 'PPTPSPEC_SECRET'

/** The options about such a thing, as they were given. */
export interface RemoteOptions {
  readonly target: Target | undefined
  readonly name: string | undefined
  readonly manifest: string | undefined
  readonly account: string | undefined
}

/**
 * What the options together ask for; undefined when nothing remote.
 * @throws UsageError for options that belong to another one, which is not there.
 */
export function readRemote(
  options: RemoteOptions,
  env: Readonly<Record<string, string | undefined>>,
): RemoteRequest | undefined {
  const { target, name, manifest, account } = options
  if (target === undefined) {
    const idle = Object.entries({ name, manifest, account }).find(([, value]) => value !== undefined)
    if (idle === undefined) return undefined
    throw new UsageError(`--${idle[0]} needs --target`, 'What is in a container says this in its manifest')
  }
  return { target, name, manifest, account: account === undefined ? undefined : readAccount(account, env) }
}

/**
 * Reads `HOST` or `HOST:PORT`.
 * @throws UsageError when it is neither.
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

function readAccount(text: string, env: Readonly<Record<string, string | undefined>>): PppAccounts {
  const colon = text.indexOf(':')
  const name = colon === -1 ? text : text.slice(0, colon)
  const secret = colon === -1 ? env[SECRET_VARIABLE] : text.slice(colon + 1)
  if (name !== '' && secret !== undefined && secret !== '') return { name, secret }
  throw new UsageError(
    `--account: expected NAME with the secret in ${SECRET_VARIABLE}, or NAME:SECRET`,
    'Anybody on this machine can see a command line: the variable, or ppp of a --manifest, keeps a secret',
  )
}

/** A command line as it may be stored with results: without the secret of an account. */
export function withoutSecrets(argv: readonly string[]): readonly string[] {
  return argv.map((word, at) => {
    const before =
      argv[at - 1] === '--account' ? '' : word.startsWith('--account=') ? '--account=' : undefined
    if (before === undefined) return word
    const [name = ''] = word.slice(before.length).split(':')
    return word.includes(':') ? `${before}${name}:(secret)` : word
  })
}
