import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { MONITORS } from '../../suites/monitors/index.ts'
import { registered } from '../../suites/registered.ts'
import { loadImplementation } from '../implementations/manifest.ts'
import { packageRoot } from '../implementations/package-root.ts'
import { shortcomingsOf } from '../proof/proof.ts'
import { prove } from '../proof/prove.ts'
import type { Fault } from '../reference/faults/fault.ts'
import { MUTANTS, type MutantName } from '../reference/mutants.ts'
import { SEAM_NAMES } from '../scaffold/scaffold.ts'
import type { Monitor } from '../scenario/monitor.ts'
import { type Scenario, scenarioName } from '../scenario/scenario.ts'
import { type NewRequest, performNew } from './perform-new.ts'
import { pptpspec, temporaryDirectory } from './testing/command-line.ts'

const ROOT = packageRoot()

/** Makes a checkout to write to, with links to the folders that it shares with this one. */
function checkout(): string {
  const root = temporaryDirectory()
  const linkAll = (folder: string, ...apart: readonly string[]) => {
    mkdirSync(join(root, folder))
    for (const name of readdirSync(join(ROOT, folder)))
      if (!apart.includes(name)) symlinkSync(join(ROOT, folder, name), join(root, folder, name))
  }
  mkdirSync(join(root, 'harness'))
  for (const name of readdirSync(join(ROOT, 'harness')))
    if (name !== 'reference') symlinkSync(join(ROOT, 'harness', name), join(root, 'harness', name))
  linkAll('harness/reference', 'faults', 'mutants.ts')
  cpSync(join(ROOT, 'harness/reference/mutants.ts'), join(root, 'harness/reference/mutants.ts'))
  linkAll('harness/reference/faults', ...SEAM_NAMES)
  for (const seam of SEAM_NAMES) linkAll(`harness/reference/faults/${seam}`)
  linkAll('suites', 'echo', 'monitors')
  linkAll('suites/echo')
  linkAll('suites/monitors', 'index.ts')
  cpSync(join(ROOT, 'suites/monitors/index.ts'), join(root, 'suites/monitors/index.ts'))
  for (const name of ['examples', 'package.json']) symlinkSync(join(ROOT, name), join(root, name))
  return root
}

/** Returns the lines that `pptpspec new` prints. */
async function written(root: string, request: NewRequest): Promise<readonly string[]> {
  let text = ''
  const stdout = { write: (piece: string) => (text += piece) }
  expect(await performNew(request, { stdout, cwd: root })).toBe(0)
  return text.trimEnd().split('\n')
}

function refusal(root: string, request: NewRequest): Promise<unknown> {
  return performNew(request, { stdout: { write: () => {} }, cwd: root }).then(
    () => undefined,
    (error: unknown) => error,
  )
}

async function imported<T>(file: string): Promise<T> {
  return import(pathToFileURL(file).href) as Promise<T>
}

/** Returns the errors of the compiler in files, with the settings of this checkout. */
function complaints(files: readonly string[]): readonly string[] {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT)
  const typeRoots = [join(ROOT, 'node_modules/@types')]
  const program = ts.createProgram(files, { ...options, typeRoots })
  return files.flatMap((file) => {
    const source = program.getSourceFile(file)
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'),
    )
  })
}

/** Formats text as `npm run format` does. */
function formatted(root: string, file: string): string {
  const biome = join(ROOT, 'node_modules/.bin/biome')
  const input = readFileSync(join(root, file), 'utf8')
  return execFileSync(biome, ['check', '--write', `--stdin-file-path=${file}`], {
    cwd: ROOT,
    input,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'ignore'],
  })
}

describe('a file written into suites', () => {
  it('compiles, is formatted, passes on the reference, and is proved by the mutants that it names', async () => {
    const root = checkout()
    const scenarios = ['recipient', 'originator', 'both'] as const
    for (const role of scenarios) await written(root, { what: 'scenario', name: `echo/new-${role}`, role })
    await written(root, { what: 'monitor', name: 'echo-errors' })
    const files = [
      ...scenarios.map((role) => `suites/echo/new-${role}.ts`),
      'suites/monitors/echo-errors.ts',
      'suites/monitors/index.ts',
    ]
    expect(complaints(files.map((file) => join(root, file)))).toEqual([])
    for (const file of files) expect(formatted(root, file), file).toBe(readFileSync(join(root, file), 'utf8'))

    const found = registered(
      await Promise.all(
        scenarios.map(async (role) => {
          const path = `echo/new-${role}`
          const exports = await imported<Record<string, unknown>>(join(root, `suites/${path}.ts`))
          return { file: `${path}.ts`, path, exports }
        }),
      ),
    )
    expect(found.map(scenarioName)).toEqual([
      'echo/new-both@recipient',
      'echo/new-both@originator',
      'echo/new-originator@originator',
      'echo/new-recipient@recipient',
    ])
    const list = await imported<{ MONITORS: readonly Monitor[] }>(join(root, 'suites/monitors/index.ts'))
    expect(list.MONITORS.map(({ id }) => id)).toEqual([...MONITORS.map(({ id }) => id), 'echo-errors'])
    const monitors = list.MONITORS.slice(-1)
    const mutants = [...found, ...monitors].flatMap(({ provenBy }) => provenBy) as readonly MutantName[]
    const proof = await prove(found, monitors, [...new Set(mutants)])
    expect(shortcomingsOf(proof, { role: 'both' })).toMatchObject({
      unclean: [],
      idle: [],
      falseClaims: [],
      silent: [],
      survivors: [],
    })
    for (const { claims } of [...proof.scenarios, ...proof.monitors]) expect(claims).not.toEqual([])
  }, 60_000)

  it('offers the requirements nearest to its name, and says what to do next', async () => {
    const root = checkout()
    expect(await written(root, { what: 'scenario', name: 'echo/pipelined-identifiers' })).toEqual([
      'suites/echo/pipelined-identifiers.ts holds a working example: edit what it decides, sends and expects',
      expect.stringContaining("npm run pptpspec -- prove --scenario 'echo/pipelined-identifiers'"),
      'npm run docs && npm run format && npm run check && npm run test:unit',
    ])
    const text = readFileSync(join(root, 'suites/echo/pipelined-identifiers.ts'), 'utf8')
    expect(text).toMatch(
      /^\/\/ - 2\.6\/identifier \(RFC 2637 section 2\.6, page 18, implied\): An Echo-Reply/m,
    )
    expect(text).toContain("iut: 'both'")
  })

  it('has the given requirement first, and the role of that requirement', async () => {
    const root = checkout()
    await written(root, { what: 'scenario', name: 'echo/names', requirement: '2.1/names-any' })
    const text = readFileSync(join(root, 'suites/echo/names.ts'), 'utf8')
    expect(text).toMatch(
      /\/\/ Name this requirement in `decides`:\n\/\/ - 2\.1\/names-any .*\n(\/\/ {3}.*\n)*\/\/ Requirements that resemble/,
    )
    expect(text).toContain("iut: 'recipient'")
  })

  it('accepts a topic that has a folder already', async () => {
    const root = checkout()
    mkdirSync(join(root, 'suites/new-topic'))
    await written(root, { what: 'scenario', name: 'new-topic/first' })
    const { default: both } = await imported<{ default: readonly Scenario[] }>(
      join(root, 'suites/new-topic/first.ts'),
    )
    expect(both.map(scenarioName)).toEqual(['new-topic/first@recipient', 'new-topic/first@originator'])
  })
})

describe('a fault', () => {
  it.each([
    ['arc', 'second-start-ignored'],
    ['setting', 'keep-alive-missing'],
    ['reading', 'framer-one-message-per-read'],
    ['writing', 'echo-wrong-identifier'],
    ['policy', 'gre-sequence-skips'],
  ] as const)(
    'at the seam %s does what one does that prove knows',
    { timeout: 60_000 },
    async (seam, known) => {
      const root = checkout()
      await written(root, { what: 'fault', name: 'quite-new', seam })
      const files = [`harness/reference/faults/${seam}/quite-new.ts`, 'harness/reference/mutants.ts']
      expect(complaints(files.map((file) => join(root, file)))).toEqual([])
      for (const file of files)
        expect(formatted(root, file), file).toBe(readFileSync(join(root, file), 'utf8'))
      const list = await imported<{ MUTANTS: Readonly<Record<string, Fault>> }>(
        join(root, 'harness/reference/mutants.ts'),
      )
      const { instead, consequences: _, ...data } = list.MUTANTS['quite-new'] ?? {}
      expect({ ...MUTANTS[known], instead: undefined }).toMatchObject(data)
      // A new scenario may also kill the known mutant.
      expect(MUTANTS[known].consequences ?? []).toEqual(
        expect.arrayContaining([...(list.MUTANTS['quite-new']?.consequences ?? [])]),
      )
      expect(Object.keys(instead ?? {})).toEqual(Object.keys(MUTANTS[known].instead))
    },
  )
})

describe('a folder of an implementation', () => {
  it.each([
    ['recipient', 'my-own-server', "run my-own-server --scenario 'echo/*'", 'containers/my-own-server'],
    ['originator', './clients/mine', "run ./clients/mine --scenario 'start/*'", 'clients/mine'],
  ] as const)('for a %s loads as it is', async (role, name, command, folder) => {
    const root = checkout()
    const lines = await written(root, { what: 'implementation', name, role })
    expect(lines.length).toBeLessThan(6)
    expect(lines[0]).toMatch(new RegExp(`^${folder} works unedited`))
    expect(lines[1]).toContain(command)
    expect(lines.join('\n')).toMatch(/has no baseline yet/)
    expect(lines.some((line) => line.includes('list implementations'))).toBe(!name.includes('/'))
    const { manifest } = loadImplementation(join(root, folder))
    expect(manifest).toMatchObject({ name: name.split('/').at(-1), pics: { roles: [role] } })
    const example = join(ROOT, 'examples', role === 'recipient' ? 'my-server' : 'my-client')
    expect(readdirSync(join(root, folder))).toEqual(readdirSync(example))
  })

  it('is also written outside of a checkout, if its path is given', async () => {
    const root = temporaryDirectory()
    await written(root, { what: 'implementation', name: './mine' })
    expect(loadImplementation(join(root, 'mine')).manifest.name).toBe('mine')
    expect(await refusal(root, { what: 'implementation', name: 'mine' })).toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/is not in a checkout/),
      remedy: 'Give a path for the folder, such as ./mine',
    })
  })
})

describe('refusals', () => {
  it.each<[string, NewRequest, RegExp, RegExp]>([
    [
      'a scenario that exists',
      { what: 'scenario', name: 'echo/reply' },
      /^suites\/echo\/reply\.ts exists already/,
      /another/,
    ],
    [
      'a monitor that exists',
      { what: 'monitor', name: 'direction' },
      /direction\.ts exists already/,
      /another/,
    ],
    [
      'an unknown topic',
      { what: 'scenario', name: 'ecko/many' },
      /no topic ecko/,
      /^did you mean echo\/many\? Topics: call-clear, .*suites\/ecko first/,
    ],
    ['no topic', { what: 'scenario', name: 'many' }, /TOPIC\/NAME.*"many"/, /Topics: /],
    [
      'a folder that is not a topic',
      { what: 'scenario', name: 'monitors/many' },
      /no topic monitors/,
      /Topics: /,
    ],
    ['a path that leads out of suites', { what: 'scenario', name: '../x/y' }, /TOPIC\/NAME/, /For example/],
    ['capitals', { what: 'monitor', name: 'EchoPairs' }, /lower-case words.*"EchoPairs"/, /For example/],
    [
      'an unknown requirement',
      { what: 'scenario', name: 'echo/x', requirement: '2.6/identifer' },
      /no requirement 2\.6\/identifer/,
      /did you mean 2\.6\/identifier/,
    ],
    [
      'a requirement that no packet shows',
      { what: 'monitor', name: 'x', requirement: '2.5/identifier' },
      /nothing can decide 2\.5\/identifier: The vendor/,
      /list requirements/,
    ],
    [
      'a role in which the requirement does not show',
      { what: 'scenario', name: 'start/x', role: 'originator', requirement: '2.1/names-any' },
      /2\.1\/names-any cannot be observed on an originator/,
      /--role recipient/,
    ],
    [
      'a role for a monitor',
      { what: 'monitor', name: 'x', role: 'both' },
      /new monitor has no --role/,
      /Leave out/,
    ],
    [
      'a requirement for an implementation',
      { what: 'implementation', name: 'x', requirement: '2.6/identifier' },
      /has no --requirement/,
      /Leave out/,
    ],
    [
      'both roles for an implementation',
      { what: 'implementation', name: 'x', role: 'both' },
      /for one role/,
      /--role recipient/,
    ],
    [
      'a name that is not valid',
      { what: 'implementation', name: './My Server' },
      /"My Server" cannot be the name/,
      /my-server/,
    ],
  ])('%s', async (_, request, message, remedy) => {
    const root = checkout()
    const before = readdirSync(root, { recursive: true })
    expect(await refusal(root, request)).toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(remedy),
    })
    expect(readdirSync(root, { recursive: true })).toEqual(before)
  })

  it('writes only into the checkout that contains the current directory, not into that of the program', async () => {
    const root = temporaryDirectory()
    for (const request of [
      { what: 'scenario', name: 'echo/x' },
      { what: 'monitor', name: 'x' },
    ] as const)
      expect(await refusal(root, request)).toMatchObject({
        exitCode: 2,
        message: `${root} is not in a checkout of pptpspec: there is no suites/ to write to`,
        remedy: expect.stringContaining('Clone'),
      })
  })

  it('does not change a folder that exists', async () => {
    const root = checkout()
    mkdirSync(join(root, 'containers/mine'), { recursive: true })
    writeFileSync(join(root, 'containers/mine/Dockerfile'), '')
    expect(await refusal(root, { what: 'implementation', name: 'mine' })).toMatchObject({
      message: 'containers/mine exists already',
    })
    rmSync(join(root, 'containers/mine/Dockerfile'))
    expect(existsSync(join(root, 'containers/mine/manifest.yaml'))).toBe(false)
  })
})

it('is a command whose help lists the kinds', async () => {
  const { code, stdout } = await pptpspec(['new', '--help'])
  expect(code).toBe(0)
  for (const word of [
    'scenario (suites/TOPIC/NAME.ts)',
    'monitor (',
    'implementation (',
    '--role',
    '--requirement',
  ])
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(word)
  const slip = await pptpspec(['new', 'scenarios', 'echo/x'])
  expect(slip).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean scenario?') })
})
