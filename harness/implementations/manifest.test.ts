import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type HarnessError, UsageError } from '../errors/errors.ts'
import {
  claimsOf,
  containersFolder,
  listImplementations,
  loadImplementation,
  parseManifest,
} from './manifest.ts'

const good = readFileSync(join(containersFolder(), 'pptpd-1.4.0/manifest.yaml'), 'utf8')

const dialling = readFileSync(join(containersFolder(), 'pptp-linux-1.10.0/manifest.yaml'), 'utf8')

/** Returns the error for a manifest whose text was changed in one place. */
function complaint(from: string | RegExp, to: string, original = good): string {
  const changed = original.replace(from, to)
  expect(changed).not.toBe(original)
  try {
    parseManifest(changed, 'x/manifest.yaml')
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError)
    expect((error as UsageError).remedy).toMatch(/Correct/)
    return (error as UsageError).message
  }
  throw new Error('it was accepted')
}

describe('parseManifest', () => {
  it('accepts the manifests of the package', () => {
    const manifest = parseManifest(good, 'x')
    expect(manifest.pics).toEqual({
      roles: ['recipient'],
      outgoingCalls: true,
      incomingCalls: false,
      ppp: true,
      callsPerConnection: 1,
      authentication: ['pap', 'chap-md5', 'ms-chap-v1', 'ms-chap-v2'],
      mppe: [40, 128],
      mppeStateful: true,
    })
    expect(claimsOf(manifest)).toEqual({
      ...manifest.pics,
      provesItself: true,
      profiles: ['open', 'encrypted'],
    })
    expect(manifest.versions?.pptpd?.[0]).toBe('dpkg-query')
  })

  // biome-ignore format: a table
  const wrong: readonly [what: string, from: string | RegExp, to: string, message: string][] = [
    ['name with a capital', 'name: pptpd-1.4.0', 'name: Pptpd', 'name: expected a name of lower-case letters, digits and single . _ - between them, at most 60 long, got "Pptpd"'],
    ['missing name', 'name: pptpd-1.4.0', '', 'name: expected a name of lower-case letters, digits and single . _ - between them, at most 60 long, but it is missing'],
    ['empty title', /title: .*/, 'title: ""', 'title: expected one line for lists, got ""'],
    ['suite', 'base: bookworm', 'base: 12', 'base: expected a Debian suite such as bookworm, got 12'],
    ['role', '[recipient]', '[server]', 'pics.roles.0: expected recipient or originator, got "server"'],
    ['no roles', '[recipient]', '[]', 'pics.roles: expected at least one role, got []'],
    ['yes as a word', 'outgoingCalls: true', 'outgoingCalls: "yes"', 'pics.outgoingCalls: expected true or false, got "yes"'],
    ['missing incomingCalls', 'incomingCalls: false', '', 'pics.incomingCalls: expected true or false, but it is missing'],
    ['ppp claim', 'ppp: true', 'ppp: 1', 'pics.ppp: expected true or false, got 1'],
    ['calls', 'callsPerConnection: 1', 'callsPerConnection: -1', 'pics.callsPerConnection: expected a number of calls, 0 for unknown, got -1'],
    ['timer as a word', 'reply: 2000', 'reply: soon', 'timers.reply: expected a number of ms, got "soon"'],
    ['timer of zero', 'connect: 2000', 'connect: 0', 'timers.connect: expected a number of ms above 0, got 0'],
    ['timer without end', 'close: 3000', 'close: 6000000', 'timers.close: expected at most 600000 ms, got 6000000'],
    ['missing timer', 'call: 3000', '', 'timers.call: expected a number of ms, but it is missing'],
    ['tunnel', 'tunnel: 5000', 'tunnel: [1]', 'timers.tunnel: expected a number of ms, got [1]'],
    ['clock', 'accelerated: 20', 'accelerated: 1', 'clock.accelerated: expected at least 2, got 1'],
    ['clock at all times', 'accelerated: 20', 'accelerated: 20\n  usual: fast', 'clock.usual: expected a whole number from 2 to 1000, got "fast"'],
    ['authentication', '[pap, ', '[eap, ', 'pics.authentication.0: expected ms-chap-v2, ms-chap-v1, chap-md5 or pap, got "eap"'],
    ['key size', 'mppe: [40, 128]', 'mppe: [40, 64]', 'pics.mppe.1: expected 40, 56 or 128, got 64'],
    ['stateful', 'mppeStateful: true', 'mppeStateful: 128', 'pics.mppeStateful: expected true or false, got 128'],
    ['no account to log in with', /ppp:\n {2}name(.*\n)*?\n/, '', 'ppp: expected an account, because pics.authentication claims ways to log in, but it is missing'],
    ['own secret', /own:\n(.*)\n.*/, 'own:\n$1', 'ppp.own.secret: expected the secret as a string, but it is missing'],
    ['profile', 'open:', 'opened:', 'profiles.opened: unknown field; did you mean "open"?'],
    ['no way back', /usual:\n.*/, '', 'profiles.usual: expected fields, but it is missing'],
    ['profile as a line', '[/opt/pptpspec/profile, open]', 'profile open', 'profiles.open.command: expected a list of words, no shell, got "profile open"'],
    ['secret as a number', 'secret: secret-of-tester', 'secret: 1234', 'ppp.secret: expected the secret as a string, got 1234'],
    ['environment number', 'PPTPSPEC_PORT: "1723"', 'PPTPSPEC_PORT: 1723', 'start.env.PPTPSPEC_PORT: expected a string (quote numbers), got 1723'],
    ['environment without calls', 'PPTPSPEC_KERNEL: host', 'PPTPSPEC_KERNEL: 1', 'start.withoutCalls.env.PPTPSPEC_KERNEL: expected a string (quote numbers), got 1'],
    ['nothing without calls', /withoutCalls:\n.*\n.*/, 'withoutCalls: {}', 'start.withoutCalls.env: expected name: "value" pairs, but it is missing'],
    ['environment variable that is none', 'PPTPSPEC_PORT:', 'PPTPSPEC-PORT:', 'start.env.PPTPSPEC-PORT: expected a name of letters, digits and _, got "PPTPSPEC-PORT"'],
    ['environment as a list', /env:\n.*/, 'env: [PPTPSPEC_PORT]', 'start.env: expected name: "value" pairs, got ["PPTPSPEC_PORT"]'],
    ['regular expression', /log: ".*"/, 'log: "("', 'ready.log: expected a regular expression that one log line matches, got "("'],
    ['no ready', /ready:\n {2}log.*\n {2}within.*\n/, '', 'ready: expected fields, but it is missing'],
    ['architecture', 'architecture: amd64', 'architecture: z80', 'needs.architecture: expected amd64 or arm64, got "z80"'],
    ['capability', '[NET_ADMIN, NET_RAW]', '["all of them"]', 'needs.capabilities.0: expected a capability such as NET_ADMIN, got "all of them"'],
    ['tmpfs', 'executableTmp: 512m', 'executableTmp: plenty', 'needs.executableTmp: expected a size such as 512m, got "plenty"'],
    ['version as shell', /pptpd: \[dpkg.*\]/, 'pptpd: pptpd --version', 'versions.pptpd: expected a list of words, no shell, got "pptpd --version"'],
    ['unknown field', 'timers:', 'timer:', 'timer: unknown field; did you mean "timers"?'],
    ['unknown field inside', 'reply: 2000', 'replys: 2000', 'timers.replys: unknown field; did you mean "reply"?'],
    ['field unlike any', 'tunnel: 5000', 'tunnel: 5000\n  xylophone-quartet: 1', 'timers.xylophone-quartet: unknown field; known here: connect, reply, close, call, tunnel, dial, request'],
    ['field of an optional part', 'accelerated: 20', 'accelerate: 20', 'clock.accelerate: unknown field; did you mean "accelerated"?'],
  ]
  it.each(wrong)('%s', (_, from, to, message) => {
    expect(complaint(from, to).split('\n')).toContain(`x/manifest.yaml: ${message}`)
  })

  it('reads the commands by which an originator dials', () => {
    expect(claimsOf(parseManifest(dialling, 'x')).dialling).toEqual({
      settings: ['phoneNumber', 'secret'],
      hangUp: true,
    })
    expect(
      claimsOf(parseManifest(dialling.replace(/ {2}settings:\n(?: {4}.*\n)+ {2}hangUp.*\n/, ''), 'x'))
        .dialling,
    ).toEqual({
      settings: [],
      hangUp: false,
    })
    const persisting = dialling.replace('dial:\n', 'dial:\n  persists: true\n')
    expect(claimsOf(parseManifest(persisting, 'x')).dialling).toMatchObject({ persists: true })
  })

  // biome-ignore format: a table
  const wrongDials: readonly [what: string, from: string | RegExp, to: string, message: string][] = [
    ['command without an address', ', "{server}"', '', 'dial.command: expected a list of words with "{server}" in one of them, got ["/opt/pptpspec/inside","/opt/pptpspec/dial","{dial}"]'],
    ['command as shell', / {2}command: .*"{server}"\]/, '  command: pptp {server}', 'dial.command: expected a list of words, no shell, got "pptp {server}"'],
    ['setting without a value', '[--phone, "{value}"]', '[--phone]', 'dial.settings.phoneNumber: expected a list of words with "{value}" in one of them, got ["--phone"]'],
    ['setting that is none', 'phoneNumber:', 'phonenumber:', 'dial.settings.phonenumber: unknown field; did you mean "phoneNumber"?'],
    ['hanging up as shell', / {2}hangUp: .*/, '  hangUp: poff', 'dial.hangUp: expected a list of words, no shell, got "poff"'],
    ['no way to stop', / {2}stop: .*\n/, '', 'dial.stop: expected a list of words, no shell, but it is missing'],
    ['a recipient that dials', '[originator]', '[recipient]', 'dial: only an originator dials; pics.roles has none'],
  ]
  it.each(wrongDials)('dial: %s', (_, from, to, message) => {
    expect(complaint(from, to, dialling)).toBe(`x/manifest.yaml: ${message}`)
  })

  it('names every wrong field at once', () => {
    expect(complaint(/reply: 2000\n {2}close: 3000/, 'reply: soon\n  close: later').split('\n')).toHaveLength(
      2,
    )
  })

  it('reports where the YAML is broken', () => {
    expect(complaint('pics:', 'pics: [')).toMatch(/^x\/manifest.yaml: .*line \d+, column \d+$/)
    expect(complaint('base: bookworm', 'base: bookworm\nbase: trixie')).toMatch(/unique/)
  })

  it.each(['', '[]', 'just text', '42'])('refuses YAML that is not a mapping: %j', (content) => {
    expect(() => parseManifest(content, 'x')).toThrow(/x: manifest: expected fields/)
  })

  it('does not expand aliases without end', () => {
    const bomb = [
      'a: &a [x]',
      ...'bcdefghij'
        .split('')
        .map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[at]}`)}]`),
    ]
    expect(() => parseManifest(bomb.join('\n'), 'x')).toThrow(UsageError)
  })
})

describe('folders', () => {
  let root = ''
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'pptpspec-test-'))
    for (const name of ['alpha', 'beta']) {
      mkdirSync(join(root, name))
      writeFileSync(join(root, name, 'manifest.yaml'), good.replace('name: pptpd-1.4.0', `name: ${name}`))
      writeFileSync(join(root, name, 'Dockerfile'), 'ARG BASE\nFROM $BASE\n')
    }
    mkdirSync(join(root, 'not-one'))
    mkdirSync(join(root, 'own'), { recursive: true })
  })
  afterAll(() => rmSync(root, { recursive: true }))

  it('lists the folders that have a manifest', () => {
    expect(listImplementations(root).map(({ manifest }) => manifest.name)).toEqual(['alpha', 'beta'])
    expect(listImplementations(join(root, 'nowhere'))).toEqual([])
  })

  it('lists the implementations of the package', () => {
    expect(listImplementations().map(({ manifest }) => manifest.name)).toEqual(
      expect.arrayContaining(['pptpd-1.4.0', 'pptpd-1.5.0']),
    )
  })

  it('loads by name and by path', () => {
    expect(loadImplementation('beta', root).folder).toBe(join(root, 'beta'))
    expect(loadImplementation(join(root, 'alpha'), '/nowhere').manifest.name).toBe('alpha')
  })

  function refusal(work: () => unknown): HarnessError {
    try {
      work()
    } catch (error) {
      expect(error).toBeInstanceOf(UsageError)
      return error as HarnessError
    }
    throw new Error('it was accepted')
  }

  it('suggests the nearest name for an unknown one, and lists all', () => {
    const error = refusal(() => loadImplementation('alhpa', root))
    expect(error.message).toBe('unknown implementation "alhpa"; did you mean "alpha"?')
    expect(error.remedy).toContain('alpha, beta')
    expect(refusal(() => loadImplementation('xyzzy-9000', root)).message).toBe(
      'unknown implementation "xyzzy-9000"',
    )
  })

  it('refuses a path without a manifest, a folder without a Dockerfile or with a `shared`, and a name that is not the folder’s', () => {
    expect(refusal(() => loadImplementation(join(root, 'not-one'))).message).toMatch(/no manifest.yaml there/)
    writeFileSync(join(root, 'own', 'manifest.yaml'), good)
    expect(refusal(() => loadImplementation(join(root, 'own'))).message).toMatch(
      /name: expected the folder's name "own", got "pptpd-1.4.0"/,
    )
    writeFileSync(join(root, 'own', 'manifest.yaml'), good.replace('name: pptpd-1.4.0', 'name: own'))
    expect(refusal(() => loadImplementation(join(root, 'own'))).message).toMatch(/own: no Dockerfile/)
    writeFileSync(join(root, 'own', 'Dockerfile'), 'ARG BASE\nFROM $BASE\n')
    mkdirSync(join(root, 'own', 'shared'))
    expect(refusal(() => loadImplementation(join(root, 'own'))).message).toMatch(
      /own\/shared: every build context gets a folder of this name/,
    )
    writeFileSync(join(root, 'own', 'manifest.yaml'), `${good}${'#'.repeat(70_000)}`)
    expect(refusal(() => loadImplementation(join(root, 'own'))).message).toMatch(/larger than 65536 octets/)
  })
})
