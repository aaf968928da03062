import { asText, oneOf, value } from './options.ts'
import { SECRET_VARIABLE } from './remote.ts'

/** What `serve` and `dial` have in common: how the reference is to be. */
export const PEER_OPTIONS = {
  fault: value(
    'fault',
    {
      describe:
        'the one thing that it does wrong: a mutant, of which pptpspec list mutants shows all [default: none]',
    },
    asText,
  ),
  profile: value(
    'profile',
    {
      describe:
        'what its PPP demands: encrypted, MS-CHAP and MPPE; open, any way to prove who one is [default: encrypted]',
    },
    oneOf('--profile', ['encrypted', 'open']),
  ),
  account: value(
    'account',
    {
      describe: `NAME of the PPP account, with the secret in ${SECRET_VARIABLE}; or NAME:SECRET, which others can see [default: tester:secret-of-tester]`,
    },
    asText,
  ),
} as const
