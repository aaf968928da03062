import {
  type Account,
  type AuthenticationKeys,
  type AuthenticationMethod,
  isChapMethod,
} from './authentication.ts'
import { createChapAuthenticator, createChapClient } from './chap.ts'
import { createPapAuthenticator, createPapClient } from './pap.ts'
import type { AuthenticatedSide, PppProtocol } from './protocol.ts'
import type { RandomOctets } from './random.ts'

/** One end of an authentication by any method. */
export interface Login {
  readonly machine: PppProtocol
  /** Whose identity is proved. */
  readonly side: AuthenticatedSide
  /** The secrets for MPPE's keys; undefined before success, and with PAP or MD5. */
  keys(): AuthenticationKeys | undefined
}

/**
 * Makes the end that checks the peer's identity.
 * @param options `name`: ours, in Challenges; `secretOf`: the secret of an account.
 */
export function createIdentityCheck(
  method: AuthenticationMethod,
  options: {
    readonly name: string
    readonly secretOf: (name: string) => string | undefined
    readonly random: RandomOctets
  },
): Login {
  if (!isChapMethod(method)) return withoutKeys('peer', createPapAuthenticator(options.secretOf))
  const machine = createChapAuthenticator({ method, ...options })
  return { side: 'peer', machine, keys: machine.keys }
}

/** Makes the end that proves our identity. */
export function createIdentityProof(
  method: AuthenticationMethod,
  { account, random }: { readonly account: Account; readonly random: RandomOctets },
): Login {
  if (!isChapMethod(method)) return withoutKeys('us', createPapClient(account))
  const machine = createChapClient({ method, account, random })
  return { side: 'us', machine, keys: machine.keys }
}

function withoutKeys(side: AuthenticatedSide, machine: PppProtocol): Login {
  return { side, machine, keys: () => undefined }
}
