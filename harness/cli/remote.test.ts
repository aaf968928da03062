import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { UsageError } from '../errors/errors.ts'
import { hostMachine } from '../implementations/embedded-host.ts'
import { packageRoot } from '../implementations/package-root.ts'
import { canOpenRawGre } from '../network/raw-gre.ts'
import { createSystemNetwork } from '../network/system.ts'
import { loopbackAddresses } from '../network/testing/loopback.ts'
import { DEFAULT_CONFIGURATION } from '../reference/configuration.ts'
import { createReference } from '../reference/machine.ts'
import { readEvents } from '../report/events.ts'
import { readDialCommand, readRemote, readTarget, withoutSecrets } from './remote.ts'
import { pptpspec, temporaryDirectory } from './testing/command-line.ts'

const rawMissing = !canOpenRawGre().ok && process.env.PPTPSPEC_REQUIRE_RAW !== '1'
const [SERVER, CLIENT, TESTER] = loopbackAddresses()
/** Not 1723, on which another server may listen. */
const PORT = 11_723

/** Starts the reference as a server on the network of this machine, as if started by hand. */
async function startServer(): Promise<string> {
  const network = createSystemNetwork()
  const machine = createReference({ configuration: DEFAULT_CONFIGURATION })
  const hosted = await hostMachine(network, machine, { address: SERVER, port: PORT })
  onTestFinished(async () => {
    await hosted.close()
    await network.close()
  })
  return `${SERVER}:${PORT}`
}

describe('readTarget', () => {
  it.each([
    ['vpn.example.com', 'vpn.example.com', 1723],
    ['192.0.2.1:1724', '192.0.2.1', 1724],
    ['router', 'router', 1723],
  ])('%s', (text, host, port) => {
    expect(readTarget(text)).toEqual({ host, port })
  })

  it.each([
    ['2001:db8::1', /IPv6/],
    ['[2001:db8::1]:1723', /IPv6/],
    ['host:0', /expected a host/],
    ['host:65536', /expected a host/],
    ['host:pptp', /expected a host/],
    ['two words', /expected a host/],
    ['-option', /expected a host/],
  ])('refuses %s', (text, message) => {
    expect(() => readTarget(text)).toThrow(message)
  })
})

describe('secrets', () => {
  const given = {
    target: { host: 'h', port: 1723 },
    listen: undefined,
    'dial-command': undefined,
    name: undefined,
    manifest: undefined,
  }

  it('come with the account, or from the environment', () => {
    expect(readRemote({ ...given, account: 'alice:a:b' }, {})?.account).toEqual({
      name: 'alice',
      secret: 'a:b',
    })
    expect(readRemote({ ...given, account: 'alice' }, { PPTPSPEC_SECRET: 's' })?.account).toEqual({
      name: 'alice',
      secret: 's',
    })
    for (const account of ['alice', 'alice:', ':secret'])
      expect(() => readRemote({ ...given, account }, {})).toThrow(UsageError)
  })

  it('are not stored with results', () => {
    expect(withoutSecrets(['run', '--account', 'alice:s', '--account=bob:s', '--account', 'eve'])).toEqual([
      'run',
      '--account',
      'alice:(secret)',
      '--account=bob:(secret)',
      '--account',
      'eve',
    ])
  })
})

describe('run --target', () => {
  it.skipIf(rawMissing)('plays a server that is already running, without an engine', async () => {
    const target = await startServer()
    const cwd = temporaryDirectory()
    const globs = ['start/accepted', 'echo/reply', 'outgoing-call/accepted'].flatMap((glob) => [
      '-s',
      `${glob}@recipient`,
    ])
    const argv = ['run', '--target', target, '--account', 'alice:my-secret', ...globs, '-o', 'out']
    const { code, stdout, stderr } = await pptpspec(argv, { cwd })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const name = `${SERVER}-${PORT}`
    expect(stdout).toContain(`${SERVER} is ${SERVER}, `)
    const events = readEvents(join(cwd, 'out', 'events.ndjson'))
    expect(JSON.stringify(events)).not.toContain('my-secret')
    expect(events).toContainEqual(
      expect.objectContaining({
        kind: 'implementation-started',
        implementation: name,
        provenance: { implementation: name, versions: {}, engine: 'remote' },
        pics: expect.objectContaining({ roles: ['recipient'], authentication: ['ms-chap-v2'], mppe: [128] }),
      }),
    )
    const verdicts = events.flatMap((event) => (event.kind === 'scenario-finished' ? [event.result] : []))
    expect(verdicts.length).toBeGreaterThan(5)
    expect(verdicts.filter(({ verdict }) => verdict !== 'pass')).toEqual([])
  })

  it.skipIf(rawMissing)(
    'skips scenarios that need control of the server, and those whose claims it lacks',
    async () => {
      const target = await startServer()
      const cwd = temporaryDirectory()
      writeFileSync(join(cwd, 'mine.yaml'), 'name: mine\npics: { incomingCalls: false }\n')
      const globs = [
        'outgoing-call/other-address',
        'incoming-call/accepted',
        'start/connects',
        'start/accepted',
      ]
      const argv = ['run', '--target', target, '--manifest', 'mine.yaml', '-o', 'out']
      const { code, stdout } = await pptpspec([...argv, ...globs.flatMap((glob) => ['-s', glob])], { cwd })
      expect(code).toBe(0)
      const events = readEvents(join(cwd, 'out', 'events.ndjson'))
      const finished = events.flatMap((event) => (event.kind === 'scenario-finished' ? [event.result] : []))
      const reason = (glob: string) => finished.find(({ scenario }) => scenario.startsWith(glob))?.reason
      expect(reason('outgoing-call/other-address')).toContain('no second address')
      expect(reason('incoming-call/accepted')).toContain('does not claim to answer Incoming-Call-Request')
      // Scenarios for originators do not concern a server: they are left out, and counted.
      expect(finished.filter(({ scenario }) => scenario.endsWith('@originator'))).toEqual([])
      expect(events.find((event) => event.kind === 'implementation-started')).toMatchObject({ otherRole: 2 })
      expect(stdout).toContain('2 scenarios for the other role left out: mine is a recipient')
    },
  )

  it.skipIf(rawMissing).each([
    ['nobody there', `${SERVER}:${PORT + 1}`, /no TCP connection to port .*refused/, /Start the server/],
    [
      'no such host',
      'no-such-host.invalid',
      /this machine finds no IPv4 address of no-such-host.invalid/,
      /Check the name/,
    ],
  ])(
    '%s: an environment error with its remedy, before anything is played',
    async (_, target, message, remedy) => {
      const { code, stdout, stderr } = await pptpspec(['run', '--target', target])
      expect(code).toBe(3)
      expect(stdout).not.toContain('PASS')
      expect(stderr).toMatch(message)
      expect(stderr).toMatch(remedy)
    },
  )
})

/** Cases that need a call, a hang-up, or what only the user of the client sees. */
const DIALS = [
  'start/connects@originator',
  'outgoing-call/connected@originator',
  'start/refused#refusal=version@originator',
]
const globsOf = (ids: readonly string[]) => ids.flatMap((id) => ['-s', id])

function verdictsIn(directory: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readEvents(join(directory, 'events.ndjson')).flatMap((event) =>
      event.kind === 'scenario-finished'
        ? [[event.result.scenario, `${event.result.verdict} ${event.result.reason ?? ''}`.trim()]]
        : [],
    ),
  )
}

describe('readDialCommand', () => {
  it('splits words like a shell, and does not replace variables', () => {
    expect(readDialCommand('pptp {server}  --phone "0 815" \'a b\'')).toEqual([
      'pptp',
      '{server}',
      '--phone',
      '0 815',
      'a b',
    ])
    expect(readDialCommand('echo $HOME `id` a;b')).toEqual(['echo', '$HOME', '`id`', 'a;b'])
  })

  it.each(['', ' ', 'pptp {server} | tee log', 'pptp {server} > log', 'pptp {server} 2>&1', 'a && b'])(
    'refuses %j',
    (text) => {
      expect(() => readDialCommand(text)).toThrow(UsageError)
    },
  )
})

describe('run --listen', () => {
  // Bundled, because it is started for every dial and so starts three times as fast. It lies in
  // node_modules to find the packages that it imports.
  const cache = join(packageRoot(), 'node_modules', '.cache')
  const client = join(cache, `dial-reference-${process.pid}.mjs`)
  const command = `${process.execPath} ${client} ${CLIENT} {server}`
  beforeAll(async () => {
    const source = join(packageRoot(), 'harness', 'implementations', 'testing', 'dial-reference.ts')
    await build({
      entryPoints: [source],
      outfile: client,
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      logLevel: 'silent',
    })
  })
  afterAll(() => rmSync(client, { force: true }))

  it.skipIf(rawMissing)(
    'makes a client dial by a command, without any engine',
    async () => {
      const cwd = temporaryDirectory()
      const argv = ['run', '--listen', TESTER, '--dial-command', command, '--keep', 'all', '-o', 'out']
      const { code, stdout, stderr } = await pptpspec([...argv, ...globsOf(DIALS)], { cwd })
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).toContain(`the client is at ${CLIENT}; the tester listens on ${TESTER}:1723`)
      const verdicts = verdictsIn(join(cwd, 'out'))
      expect(Object.keys(verdicts).length).toBeGreaterThan(2)
      expect(new Set(Object.values(verdicts))).toEqual(new Set(['pass']))
      const log = readFileSync(join(cwd, 'out', 'client', 'start', 'connects@originator.log'), 'utf8')
      expect(log).toContain(`dialling ${TESTER}`)
    },
    60_000,
  )

  it.skipIf(rawMissing)(
    'makes it dial as its manifest says',
    async () => {
      const cwd = temporaryDirectory()
      const words = JSON.stringify([...command.replace(' {server}', '').split(' '), '{server}'])
      writeFileSync(
        join(cwd, 'mine.yaml'),
        `name: mine\ntimers: { dial: 20000 }\ndial: { command: ${words} }\n`,
      )
      const argv = ['run', '--listen', TESTER, '--manifest', 'mine.yaml', '-o', 'out', '-s', DIALS[0] ?? '']
      const { code, stderr } = await pptpspec(argv, { cwd })
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(readEvents(join(cwd, 'out', 'events.ndjson'))).toContainEqual(
        expect.objectContaining({
          kind: 'implementation-started',
          implementation: 'mine',
          pics: expect.objectContaining({ dialling: { settings: [], hangUp: true } }),
        }),
      )
    },
    60_000,
  )

  it.skipIf(rawMissing)(
    'waits for a person to dial, and skips scenarios that need what a person does not tell',
    async () => {
      const network = createSystemNetwork()
      const machine = createReference({ configuration: DEFAULT_CONFIGURATION })
      const hosted = await hostMachine(network, machine, { address: CLIENT, port: 0 })
      onTestFinished(async () => {
        await hosted.close()
        await network.close()
      })
      const cwd = temporaryDirectory()
      let dials = 0
      const person = (text: string) => {
        for (const _ of text.matchAll(/dial \S+ now/g)) {
          dials += 1
          hosted.dial(TESTER, {})
        }
      }
      const argv = ['run', '--listen', TESTER, '--name', 'by-hand', '-o', 'out', ...globsOf(DIALS)]
      const { code } = await pptpspec(argv, { cwd, watch: person })
      expect(code).toBe(0)
      const verdicts = verdictsIn(join(cwd, 'out'))
      expect(verdicts['start/connects@originator']).toBe('pass')
      // Each case, the smoke scenario before and after, and one dial to learn its address.
      expect(dials).toBe(Object.values(verdicts).filter((verdict) => verdict === 'pass').length + 3)
    },
  )

  it.skipIf(rawMissing).each([
    ['a command that fails', 'false {server}', /no client opened a TCP connection to .*:1723/],
    ['a program that is not there', 'no-such-program {server}', /the dial command cannot be started/],
  ])('%s: an environment error before anything is played', async (_, dialCommand, message) => {
    const argv = ['run', '--listen', TESTER, '--dial-command', dialCommand]
    const { code, stderr } = await pptpspec(argv)
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringMatching(message) })
  })

  it('an address that this machine does not have', async () => {
    const { code, stderr } = await pptpspec(['run', '--listen', '192.0.2.1', '--dial-command', 'true'])
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: expect.stringMatching(
        /Cannot listen on 192.0.2.1:1723: EADDRNOTAVAIL\nremedy: Give an address/,
      ),
    })
  })
})

describe('a description of a remote implementation', () => {
  it.each([
    ['nothing', 'pics: [', /broken.yaml: .*line/],
    [
      'a slip',
      'pics: { outgoingCall: true }',
      /pics.outgoingCall: unknown field; did you mean "outgoingCalls"/,
    ],
    ['a wrong type', 'timers: { reply: soon }', /timers.reply: expected a number of ms, got "soon"/],
    ['no name', 'name: Me', /name: expected a name of lower-case/],
    [
      'a dial to nowhere',
      'dial: { command: [pptp] }',
      /dial.command: expected a list of words with "{server}"/,
    ],
    ['ways to log in without an account', 'pics: { authentication: [pap] }', /no account is known/],
  ])('%s', async (_, content, message) => {
    const cwd = temporaryDirectory()
    writeFileSync(join(cwd, 'broken.yaml'), content)
    const argv = ['run', '--target', '127.0.0.2', '--manifest', 'broken.yaml']
    const { code, stderr } = await pptpspec(argv, { cwd })
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
  })

  it.each([
    ['a file that is not there', ['--target', 'h', '--manifest', 'x.yaml'], /there is no .*x.yaml/],
    ['a name that is not valid', ['--target', 'h', '--name', 'A b'], /--name: expected a name/],
    ['a name without a target', ['reference', '--name', 'x'], /--name needs --target/],
    [
      'a server and a client',
      ['--target', 'h', '--listen'],
      /--target is for a server, --listen for a client/,
    ],
    [
      'a dial command without a client',
      ['reference', '--dial-command', 'x'],
      /--dial-command needs --listen/,
    ],
    ['not an address', ['--listen', 'eth0'], /--listen: expected an IPv4 address, got "eth0"/],
    ['an accelerated clock', ['--target', 'h', '--clock', 'accelerated'], /h has no accelerated clock/],
  ])('%s', async (_, argv, message) => {
    const { code, stderr } = await pptpspec(['run', ...argv])
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
  })
})
