import type { Habit } from './habit.ts'

/** What lives behind calls. */
export const PPP_HABITS = {
  'silent-ppp': {
    title: 'keeps its PPP silent until it is spoken to',
    lawful: 'RFC 1661 4.2: an end may be passive',
    ppp: { silent: true },
  },
  'silent-ppp-as-a-server': {
    title: 'keeps its PPP silent in calls that it has answered until it is spoken to',
    lawful: 'RFC 1661 4.2: an end may be passive',
    ppp: { silent: 'answering' },
  },
  'other-addresses': {
    title: 'hands out addresses of another network',
    lawful: 'RFC 1332 3.3: the addresses are its own',
    ppp: { address: '198.19.255.1', firstAddress: '198.19.254.250' },
  },
  'other-random-numbers': {
    title: 'draws other identifiers, challenges and Magic-Numbers',
    lawful: 'all of them are its own',
    configuration: { seed: 0x1234567 },
  },
} satisfies Record<string, Habit>
