import { z } from 'zod'
import { picsFields } from '../scenario/claims.ts'
import { expecting, field, fields, text, yesOrNo } from '../scenario/fields.ts'
import { DIAL_TIMERS } from '../scenario/profile.ts'

const milliseconds = () =>
  z
    .number(expecting('a number of ms'))
    .positive(expecting('a number of ms above 0'))
    .max(600_000, expecting('at most 600000 ms'))
const words = (what = 'a list of words, no shell') =>
  z.array(text('a string'), expecting(what)).min(1, expecting(what))
const environment = () =>
  z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string(expecting('a string (quote numbers)')), {
    error: (issue) =>
      expecting(
        issue.code === 'invalid_key' ? 'a name of letters, digits and _' : 'name: "value" pairs',
      ).error(issue),
  })

const mentions = (placeholder: string) => (command: readonly string[]) =>
  command.some((word) => word.includes(placeholder))
const setting = () =>
  words().refine(mentions('{value}'), expecting('a list of words with "{value}" in one of them')).optional()
const accountName = () => text('an account name')
const secret = () => text('the secret as a string')

function compiles(pattern: string): boolean {
  try {
    new RegExp(pattern)
    return true
  } catch {
    return false
  }
}

// The name becomes part of image and network names, whose rules are the engine's.
const NAME = /^[a-z0-9]+([._-][a-z0-9]+)*$/
const nameHint = 'a name of lower-case letters, digits and single . _ - between them, at most 60 long'
const regex = 'a regular expression that one log line matches'
const suite = 'a Debian suite such as bookworm'
const size = 'a size such as 512m'
const capability = 'a capability such as NET_ADMIN'
const speed = 'a whole number from 2 to 1000'
const timesFaster = () =>
  z.int(expecting(speed)).min(2, expecting('at least 2')).max(1000, expecting('at most 1000'))

const timers = fields({
  connect: field(milliseconds(), 'window for the TCP connection', { example: 2000 }),
  reply: field(milliseconds(), 'window for any reply that is due at once', { example: 2000 }),
  close: field(milliseconds(), 'window for a close after an event that must end the connection', {
    example: 3000,
  }),
  call: field(milliseconds(), 'window from Outgoing-Call-Request to its reply', { example: 3000 }),
  tunnel: field(
    milliseconds(),
    'window for the first GRE packet of a call; if the PPP peer sends none, the tester sends first and waits as long again',
    { example: 5000 },
  ),
  dial: field(
    milliseconds().default(DIAL_TIMERS.dial),
    'originators: window from the dial command to the TCP connection',
    { example: 15000 },
  ),
  request: field(
    milliseconds().default(DIAL_TIMERS.request),
    'originators: window for their next request after a reply; some pause before it',
    { example: 4000 },
  ),
})

const ppp = fields({
  name: field(accountName(), 'name of an account that its PPP accepts', { example: 'alice' }),
  secret: field(secret(), 'the secret of that account; quote it if it has only digits', {
    example: 'her-secret',
  }),
  own: field(
    fields({
      name: field(accountName(), 'the name that its PPP gives when it proves itself', {
        example: 'my-server',
      }),
      secret: field(secret(), 'the secret of that name', { example: 'its-secret' }),
    }).optional(),
    'the account by which its PPP proves itself to a peer that asks',
    { absent: 'it does not' },
  ),
})

const profile = (name: string) =>
  fields({
    command: field(words(), 'the command that selects this profile', {
      example: ['/opt/pptpspec/profile', name],
    }),
  })
const profiles = fields({
  usual: field(
    profile('usual'),
    'the PPP peer of new calls before any of these commands; its command undoes the others',
  ),
  open: field(
    profile('open').optional(),
    'a PPP peer that accepts every method of `pics.authentication`, without encryption',
    { absent: 'there is no such profile' },
  ),
  encrypted: field(
    profile('encrypted').optional(),
    'a PPP peer that demands MPPE, and asks for MS-CHAPv2; it accepts MS-CHAPv1 if `pics.authentication` has that',
    {
      absent: 'there is no such profile',
    },
  ),
})

const dial = fields({
  command: field(
    words().refine(mentions('{server}'), expecting('a list of words with "{server}" in one of them')),
    'dials, and runs as long as the call; its exit status and output are those that a user would see. `{server}` is the address to dial; `{dial}` is a name for this dial, of letters, digits and dashes',
    { example: ['pptp', '{server}', '--nolaunchpppd'] },
  ),
  attendant: field(
    words().optional(),
    'a program that keeps running and starts the other commands of `dial`, one for each line that it reads; the engine takes much longer to start one. `shared/inside` without arguments is such a program',
    { example: ['/opt/pptpspec/inside'], absent: 'the engine starts each command' },
  ),
  settings: field(
    fields({
      phoneNumber: field(setting(), 'Phone Number of its Outgoing-Call-Request', {
        example: ['--phone', '{value}'],
      }),
      window: field(setting(), 'Packet Recv. Window Size of its Outgoing-Call-Request', {
        example: ['--window={value}'],
      }),
      secret: field(setting(), 'the secret of its account, instead of that of `ppp.own`', {
        example: ['--secret', '{value}'],
      }),
    }).optional(),
    'words that are added to the command for a setting; `{value}` is the value',
    { absent: 'scenarios that need a setting are skipped' },
  ),
  hangUp: field(words().optional(), 'makes it end the call the way its user would', {
    example: ['hang-up', '{dial}'],
    absent: 'scenarios that need it are skipped',
  }),
  persists: field(
    yesOrNo().optional(),
    'whether it connects again by itself after an error, in the same dial: `command` keeps running',
    { example: true, absent: 'it is not claimed' },
  ),
  stop: field(
    words(),
    'ends the dial, by force if need be, and removes everything that would disturb the next one; also run after a dial has ended by itself',
    { example: ['stop-dial', '{dial}'] },
  ),
})

const start = fields({
  command: field(words().optional(), 'arguments for the image’s entry point', {
    example: ['/opt/pptpspec/run-pptpd'],
    absent: 'the image’s own CMD',
  }),
  env: field(environment().optional(), 'environment variables; quote numbers', {
    example: { PPTPSPEC_PORT: '1723' },
  }),
  withoutCalls: field(
    fields({
      env: field(environment(), 'more variables for these replicas', {
        example: { PPTPSPEC_KERNEL: 'host' },
      }),
    }).optional(),
    'makes replicas lighter on which no call is placed; each timed scenario has a replica of its own',
    { absent: 'they are like the others' },
  ),
})

const interop = fields({
  attendant: field(
    words().optional(),
    'a program that keeps running and starts the other commands of `interop` where PPP is, one for each line that it reads. `shared/inside` without arguments is such a program',
    { example: ['/opt/pptpspec/inside'], absent: 'the engine starts each command' },
  ),
  traffic: field(
    words(),
    'the command that sends through the tunnel, answers and measures. Words are added to it, and it prints one line of facts; `shared/traffic`, which uses programs of Debian, lists them',
    { example: ['/opt/pptpspec/traffic'] },
  ),
  ppp: field(
    words().refine(
      (command) => mentions('{authentication}')(command) && mentions('{encryption}')(command),
      expecting('a list of words with "{authentication}" and "{encryption}" in them'),
    ),
    'makes PPP demand an authentication and an encryption in later calls, in the words of `shared/ppp-options`',
    { example: ['/opt/pptpspec/ppp-options', '{authentication}', '{encryption}'] },
  ),
  tcp: field(
    yesOrNo().optional(),
    'whether TCP connections can be carried through its tunnel, by `receive`, `send`, `answer` and `ask` of `traffic`',
    { example: false, absent: 'they can' },
  ),
  mppeLog: field(
    text(regex).refine(compiles, expecting(regex)).optional(),
    'regular expression for the log line that says which MPPE is in use; its group `bits` is the key size, its group `mode` is `stateless` or `stateful`',
    {
      example: 'MPPE (?<bits>[0-9]+)-bit (?<mode>[a-z]+) compression enabled',
      absent: 'its log is not compared with the captures',
    },
  ),
  endCalls: field(
    words().refine(mentions('{how}'), expecting('a list of words with "{how}" in one of them')).optional(),
    'ends all calls from this side: `{how}` is `properly` or `crash`',
    { example: ['/opt/pptpspec/end-calls', '{how}'], absent: 'cases in which it ends a call are skipped' },
  ),
})

const needs = fields({
  architecture: field(
    z.enum(['amd64', 'arm64'], expecting('amd64 or arm64')).optional(),
    'architecture of the engine’s machine; engines on other machines are refused with a clear message',
    { example: 'amd64', absent: 'any' },
  ),
  capabilities: field(
    z
      .array(text(capability).regex(/^[A-Z_]+$/, expecting(capability)), expecting('a list of capabilities'))
      .optional(),
    'capabilities of the container beyond the engine’s own',
    { example: ['NET_ADMIN', 'NET_RAW'] },
  ),
  harness: field(
    yesOrNo().optional(),
    'whether the build context gets the reference of pptpspec, the program `shared/peer.mjs`, in place of the other shared files; only the folder of the reference itself needs that',
    { example: true, absent: 'it gets the other shared files' },
  ),
  executableTmp: field(
    text(size)
      .regex(/^\d+[kmg]$/, expecting(size))
      .optional(),
    'size of a tmpfs on /tmp from which programs may be mapped: digits and `k`, `m` or `g`',
    { example: '512m', absent: 'there is none' },
  ),
})

/** All fields of a manifest, with their descriptions. */
export const manifestSchema = fields({
  name: field(
    text(nameHint).max(60, expecting(nameHint)).regex(NAME, expecting(nameHint)),
    'must be the folder’s name: lower-case letters and digits, single `.` `_` `-` between them; images, results and baselines have this name',
    { example: 'my-pptpd' },
  ),
  title: field(
    text('one line for lists').max(200, expecting('one line of at most 200 characters')),
    'one line for lists and reports',
    { example: 'My server 2.1' },
  ),
  base: field(
    text(suite).regex(/^[a-z]+$/, expecting(suite)),
    'the Debian suite that the image builds on, given to the Dockerfile as `BASE`',
    { example: 'bookworm' },
  ),
  pics: field(picsFields, 'what it claims to support, which decides which scenarios apply'),
  timers: field(timers, 'the longest that the tester waits, in ms'),
  clock: field(
    fields({
      accelerated: field(
        timesFaster(),
        'how many times faster its clock runs with PPTPSPEC_SPEED set to this number, in timed scenarios',
        { example: 20 },
      ),
      usual: field(
        timesFaster().optional(),
        'the same for all other scenarios; given if its own pauses would make each of them long',
        { example: 4, absent: 'they are played in real time' },
      ),
    }).optional(),
    'a clock that runs faster than ours',
    { absent: 'all scenarios are played in real time' },
  ),
  ppp: field(ppp.optional(), 'an account for scenarios that log in', { absent: 'no account' }),
  profiles: field(
    profiles.optional(),
    'commands, run in the container, that change what PPP demands in later calls',
    { absent: 'scenarios that need a profile are skipped' },
  ),
  dial: field(
    dial.optional(),
    'originators: the commands that make it dial, run in the container. Lists of words, no shell',
    { absent: 'scenarios for originators are skipped' },
  ),
  interop: field(
    interop.optional(),
    'commands, run in the container, for `pptpspec interop`, in which it talks to another implementation',
    { absent: 'it takes no part in interoperability runs' },
  ),
  start: field(start.optional(), 'how the container is started'),
  ready: field(
    fields({
      log: field(
        text(regex).refine(compiles, expecting(regex)),
        'regular expression; the container is ready when a log line matches it',
        { example: '^pptpspec: ready on port' },
      ),
      within: field(milliseconds().optional(), 'how long becoming ready may take, in ms', {
        example: 20_000,
        absent: '60000',
      }),
    }),
    'how its log shows that it is ready',
  ),
  log: field(
    fields({
      connectionOver: field(
        text(regex).refine(compiles, expecting(regex)),
        'regular expression; for each TCP connection one log line matches it, when the server has finished with that connection',
        { example: 'Reaped child' },
      ),
    }).optional(),
    'what its log shows',
    { absent: 'no log line is awaited' },
  ),
  needs: field(needs.optional(), 'what the container needs', { absent: 'nothing beyond the engine’s own' }),
  versions: field(
    z.record(z.string().min(1), words(), expecting('component: [command, argument, ...] pairs')).optional(),
    'for each component a command, run once in the container, whose first line is recorded as its version',
    { example: { pptpd: ['pptpd', '--version'] } },
  ),
})
