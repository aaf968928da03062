import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { packageRoot } from '../implementations/package-root.ts'
import { pptpspec, temporaryDirectory } from './testing/command-line.ts'

/** The complete folder of docs/adding-an-implementation.md: what people begin with. */
const manual = readFileSync(join(packageRoot(), 'docs', 'adding-an-implementation.md'), 'utf8')
const complete = /`my-pptpd\/manifest\.yaml`:\n\n```yaml\n([\s\S]*?)```/.exec(manual)?.[1] ?? ''

/** Writes the folder with one change in its manifest. */
function folderWith(from: string | RegExp, to: string): string {
  const changed = complete.replace(from, to)
  expect(changed).not.toBe(complete)
  const cwd = temporaryDirectory()
  const folder = join(cwd, 'my-pptpd')
  mkdirSync(folder)
  writeFileSync(join(folder, 'Dockerfile'), 'ARG BASE\nFROM $BASE\n')
  writeFileSync(join(folder, 'manifest.yaml'), changed)
  return cwd
}

// biome-ignore format: a table
it.each<[what: string, from: string | RegExp, to: string, field: string, message: string]>([
  ['a name that is not the folder’s', 'name: my-pptpd', 'name: pptpd', 'name', 'expected the folder\'s name "my-pptpd", got "pptpd"'],
  ['no title', /title: .*\n/, '', 'title', 'expected one line for lists, but it is missing'],
  ['a version for a suite', 'base: bookworm', 'base: 12', 'base', 'expected a Debian suite such as bookworm, got 12'],
  ['a role of no side', 'roles: [recipient]', 'roles: [server]', 'pics.roles.0', 'expected recipient or originator, got "server"'],
  ['a role without its list', 'roles: [recipient]', 'roles: recipient', 'pics.roles', 'expected a list of roles, got "recipient"'],
  ['yes for true', 'outgoingCalls: true', 'outgoingCalls: yes', 'pics.outgoingCalls', 'expected true or false, got "yes"'],
  ['a claim left out', / {2}incomingCalls: .*\n/, '', 'pics.incomingCalls', 'expected true or false, but it is missing'],
  ['a protocol nobody knows', 'ppp: true', 'ppp: true\n  authentication: [chap]', 'pics.authentication.0', 'expected ms-chap-v2, ms-chap-v1, chap-md5 or pap, got "chap"'],
  ['a key size as text', 'ppp: true', 'ppp: true\n  mppe: ["128"]', 'pics.mppe.0', 'expected 40, 56 or 128, got "128"'],
  ['a time with its unit', 'reply: 2000', 'reply: 2s', 'timers.reply', 'expected a number of ms, got "2s"'],
  ['a clock that runs backwards', /accelerated: \d+/, 'accelerated: -1', 'clock.accelerated', 'expected at least 2, got -1'],
  ['a secret of digits', 'secret: her-secret', 'secret: 4711', 'ppp.secret', 'expected the secret as a string, got 4711'],
  ['ways to log in without an account', /ppp: true\n([\s\S]*)ppp:\n {2}name.*\n {2}secret.*\n/, 'ppp: true\n  authentication: [pap]\n$1', 'ppp', 'expected an account, because pics.authentication claims ways to log in, but it is missing'],
  ['profiles without a way back', 'ready:', 'profiles:\n  open: { command: [/profile, open] }\nready:', 'profiles.usual', 'expected fields, but it is missing'],
  ['a dial that names no server', /pics:\n {2}roles: .*/, 'dial:\n  command: [pptp]\n  stop: [stop]\npics:\n  roles: [originator]', 'dial.command', 'expected a list of words with "{server}" in one of them, got ["pptp"]'],
  ['a server that dials', 'ready:', 'dial:\n  command: [pptp, "{server}"]\n  stop: [stop]\nready:', 'dial', 'only an originator dials; pics.roles has none'],
  ['a number for a variable', 'PPTPSPEC_PORT: "1723"', 'PPTPSPEC_PORT: 1723', 'start.env.PPTPSPEC_PORT', 'expected a string (quote numbers), got 1723'],
  ['a command line', 'start:', 'start:\n  command: run-pptpd --debug', 'start.command', 'expected a list of words, no shell, got "run-pptpd --debug"'],
  ['a pattern that is none', /log: "\^pptpspec.*"/, 'log: "(ready"', 'ready.log', 'expected a regular expression that one log line matches, got "(ready"'],
  ['a slip in a name', 'connectionOver:', 'connectionover:', 'log.connectionover', 'unknown field; did you mean "connectionOver"?'],
  ['a part of another part', 'versions:', 'within: 9000\nversions:', 'within', 'unknown field; known here: name, title'],
  ['an architecture of one’s own', 'architecture: amd64', 'architecture: x86_64', 'needs.architecture', 'expected amd64 or arm64, got "x86_64"'],
  ['a capability with its prefix in small letters', '[NET_ADMIN, NET_RAW]', '[net_admin]', 'needs.capabilities.0', 'expected a capability such as NET_ADMIN, got "net_admin"'],
  ['a size without its unit', 'executableTmp: 512m', 'executableTmp: "512"', 'needs.executableTmp', 'expected a size such as 512m, got "512"'],
  ['a version as a command line', /pptpd: \[dpkg.*\]/, 'pptpd: pptpd --version', 'versions.pptpd', 'expected a list of words, no shell, got "pptpd --version"'],
])('%s: the field is named, and nothing is started', async (_, from, to, field, message) => {
  const { code, stdout, stderr } = await pptpspec(['run', './my-pptpd'], { cwd: folderWith(from, to) })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(`my-pptpd/manifest.yaml: ${field}: ${message}`)
  expect(stderr).toMatch(/\nremedy: /)
})

it('YAML that is not valid is an error with its line', async () => {
  const { code, stderr } = await pptpspec(['run', './my-pptpd'], { cwd: folderWith('pics:', 'pics: [') })
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringMatching(/my-pptpd\/manifest\.yaml: .* at line \d+, column \d+/),
  })
})
