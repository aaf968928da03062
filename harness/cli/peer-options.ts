import { asText, oneOf, value } from './options.ts'
import { SECRET_VARIABLE } from './remote.ts'

/** The options of `serve` and `dial` that say how the reference behaves. */
export const PEER_OPTIONS = {
  fault: value(
    'fault',
    {
      describe: 'be this mutant of the reference (pptpspec list mutants shows all) [default: no fault]',
    },
    asText,
  ),
  profile: value(
    'profile',
    {
      describe:
        'what its PPP demands: encrypted: MS-CHAP and MPPE; open: any authentication [default: encrypted]',
    },
    oneOf('--profile', ['encrypted', 'open']),
  ),
  account: value(
    'account',
    {
      describe: `NAME of the PPP account, with the secret in ${SECRET_VARIABLE}; or NAME:SECRET, which other users of this machine can see [default: tester:secret-of-tester]`,
    },
    asText,
  ),
} as const
