import { asText, oneOf, texts, value } from './options.ts'
import { SECRET_VARIABLE } from './remote.ts'

/** The options that make a reference another than its usual self. */
export const DEVIATION_OPTIONS = {
  fault: texts('fault', {
    describe:
      'have this fault: be this mutant of the reference (repeatable; pptpspec list mutants shows all) [default: no fault]',
  }),
  habit: texts('habit', {
    describe:
      'have this lawful habit, e.g. one-call (repeatable; pptpspec list habits shows all) [default: no habit]',
  }),
} as const

/** The options of `serve` and `dial` that say how the reference behaves. */
export const PEER_OPTIONS = {
  ...DEVIATION_OPTIONS,
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
