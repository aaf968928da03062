import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { UsageError } from '../errors/errors.ts'
import { parseManifest } from '../implementations/manifest.ts'
import { foldersIn } from '../implementations/manifest-document.ts'
import { packageRoot } from '../implementations/package-root.ts'
import { readBaseline } from '../runner/baseline.ts'
import { parse } from './main.ts'
import { temporaryDirectory } from './testing/command-line.ts'
import { VOCABULARY } from './vocabulary.ts'

/** Every code block of the documents is compiled, parsed or run by the reader of its kind. */

const root = packageRoot()
const read = (path: string) => readFileSync(join(root, path), 'utf8')

interface Block {
  /** `docs/ci.md:12` */
  readonly where: string
  readonly language: string
  readonly text: string
}

const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'examples/README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

function blocksIn(document: string): readonly Block[] {
  const text = read(document)
  return [...text.matchAll(/^( *)```(\w*)\n([\s\S]*?)^ *```/gm)].map(
    ([, indent = '', language = '', content = ''], at, all) => ({
      where: `${document}:${text.slice(0, all[at]?.index).split('\n').length}`,
      language,
      text: content.replace(new RegExp(`^${indent}`, 'gm'), ''),
    }),
  )
}

const BLOCKS = DOCUMENTS.flatMap(blocksIn)
const MANUAL = new Set(foldersIn(read('docs/adding-an-implementation.md')).map(({ content }) => content))

/** The readers of code blocks. The first whose `takes` returns true reads a block. */
const READERS: readonly {
  readonly name: string
  readonly takes: (block: Block) => boolean
  readonly reads: (block: Block) => Promise<void> | void
}[] = [
  // manual.container.test.ts starts these folders.
  { name: 'the folders of the manual', takes: ({ text }) => MANUAL.has(text), reads: isExample },
  // The page is generated, and its own test compares it.
  { name: 'diagrams', takes: ({ language }) => language === 'mermaid', reads: isDiagram },
  { name: 'commands', takes: isCommands, reads: isUnderstood },
  { name: 'scenarios and faults', takes: ({ language }) => language === 'ts', reads: isScenario },
  { name: 'baselines', takes: ({ text }) => text.startsWith('format: 2'), reads: isBaseline },
  { name: 'workflows', takes: ({ text }) => /^on: /m.test(text), reads: isWorkflow },
  { name: 'parts of manifests', takes: ({ language }) => language === 'yaml', reads: isPartOfManifest },
  {
    name: 'parts of Dockerfiles',
    takes: ({ language }) => language === 'dockerfile',
    reads: isPartOfDockerfile,
  },
  { name: 'messages', takes: ({ text }) => text.startsWith('error: '), reads: isProvoked },
]

function readerOf(block: Block) {
  return READERS.find(({ takes }) => takes(block))
}

it('has a reader for each code block', () => {
  expect(BLOCKS.length).toBeGreaterThan(30)
  expect(BLOCKS.filter((block) => readerOf(block) === undefined).map(({ where }) => where)).toEqual([])
})

describe.each(READERS)('$name', (reader) => {
  const own = BLOCKS.filter((block) => readerOf(block) === reader)
  it.each(own.map((block) => [block.where, block] as const))('%s', { timeout: 60_000 }, (_, block) =>
    reader.reads(block),
  )
})

function isExample({ text }: Block): void {
  const paths = foldersIn(read('docs/adding-an-implementation.md')).filter(({ content }) => content === text)
  for (const { path } of paths) expect(read(`examples/${path}`)).toBe(text)
}

function isDiagram({ where, text }: Block): void {
  expect(text, where).toMatch(/^(flowchart|stateDiagram)/)
}

/** Blocks for a shell: scripts of this package, its command line, and common programs. */
function isCommands({ language, text }: Block): boolean {
  return language === '' && commandsIn(text).every((line) => /^([A-Z_]+=\S+ )?(npm|npx|jq) /.test(line))
}

function commandsIn(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/ +#.*$/, '').trim())
    .filter((line) => line !== '')
    .flatMap((line) => line.split(' && '))
}

async function isUnderstood({ text }: Block): Promise<void> {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  for (const line of commandsIn(text)) {
    const words = wordsOf(line.replace(/^[A-Z_]+=\S+ /, ''))
    const [program, ...others] = words
    if (program === 'jq') isFilter(others)
    else if (program === 'npx')
      expect(
        others.every((word) => isKnownHere(word)),
        line,
      ).toBe(true)
    else if (others[0] === 'run' && others[1] === 'pptpspec') await isCommandLine(others.slice(3), line)
    else if (others[0] === 'run') expect(Object.keys(scripts), line).toContain(others[1])
    else expect(['ci', 'start', 'test'], line).toContain(others[0])
  }
}

function isKnownHere(word: string): boolean {
  return (
    word === 'run' || existsSync(join(root, word)) || existsSync(join(root, 'node_modules', '.bin', word))
  )
}

async function isCommandLine(argv: readonly string[], line: string): Promise<void> {
  const io = {
    stdout: { write: () => {}, isTTY: false, columns: 100 },
    stderr: { write: () => {} },
    env: {},
    cwd: root,
    stdin: (async function* () {})(),
    onInterruption: () => () => {},
  }
  const { chosen } = await parse(argv, io)
  expect(chosen, line).toBeDefined()
}

/** Splits a command into the words of a shell: spaces in quotes do not end a word. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => single ?? double ?? ''),
  )
}

/** Filters of jq for the results of a run; if jq is installed, it has to accept the filter. */
function isFilter(words: readonly string[]): void {
  const [filter = ''] = words.filter((word) => !word.startsWith('-'))
  const { error, status, stderr } = spawnSync('jq', ['-n', `def all: ${filter}; 1`], { encoding: 'utf8' })
  if (error === undefined) expect(status, stderr).toBe(0)
  else expect(filter).toMatch(/^\./)
}

/** Compiles all blocks at once, each as a file of its folder that exists only in memory. */
const SCENARIOS = BLOCKS.filter(({ language }) => language === 'ts')
const folderOf = ({ text }: Block) =>
  text.includes("from '../fault.ts'") ? 'harness/reference/faults/writing' : 'suites/echo'
const fileOf = (block: Block) => join(root, folderOf(block), `as-documented-${SCENARIOS.indexOf(block)}.ts`)
let compiled: ts.Program | undefined

function isScenario(block: Block): void {
  compiled ??= compilation(new Map(SCENARIOS.map((one) => [fileOf(one), one.text])))
  const source = compiled.getSourceFile(fileOf(block))
  const problems = [...compiled.getSyntacticDiagnostics(source), ...compiled.getSemanticDiagnostics(source)]
  const told = problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
  expect(told, block.where).toEqual([])
}

function compilation(texts: ReadonlyMap<string, string>): ts.Program {
  const options = optionsOf()
  const host = ts.createCompilerHost(options)
  const { getSourceFile, fileExists } = host
  host.getSourceFile = (name, ...others) => {
    const text = texts.get(name)
    return text === undefined
      ? getSourceFile.call(host, name, ...others)
      : ts.createSourceFile(name, text, ts.ScriptTarget.ES2023)
  }
  host.fileExists = (name) => texts.has(name) || fileExists.call(host, name)
  return ts.createProgram([...texts.keys()], options, host)
}

function optionsOf(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
  return ts.parseJsonConfigFileContent(config, ts.sys, root).options
}

function isBaseline({ text }: Block): void {
  const file = join(temporaryDirectory(), 'baseline.yaml')
  writeFileSync(file, text)
  expect(readBaseline(file, VOCABULARY)?.causes.length).toBeGreaterThan(0)
}

function isWorkflow({ text }: Block): void {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  expect(parseYaml(text)).toMatchObject({ jobs: expect.any(Object) })
  for (const [, script = ''] of text.matchAll(/npm run ([\w:]+)/g))
    expect(Object.keys(scripts)).toContain(script)
}

/** Fields of a manifest, put in place of those of a complete one. */
function isPartOfManifest({ where, text }: Block): void {
  const whole = parseYaml(read('containers/pptp-linux-1.10.0/manifest.yaml')) as Record<string, unknown>
  const part = (parseYaml(text) ?? {}) as Record<string, unknown>
  const { pics, timers, ...others } = part
  const merged = {
    ...whole,
    ...others,
    pics: { ...(whole.pics as object), ...(pics as object | undefined) },
    timers: { ...(whole.timers as object), ...(timers as object | undefined) },
  }
  expect(() => parseManifest(JSON.stringify(merged), where)).not.toThrow()
}

/** Checks that the files of a Dockerfile exist, and that a real Dockerfile has its packages. */
function isPartOfDockerfile({ text }: Block): void {
  const real = readdirSync(join(root, 'containers')).flatMap((name) => {
    const file = `containers/${name}/Dockerfile`
    return existsSync(join(root, file)) ? [read(file)] : []
  })
  for (const [, files = ''] of text.matchAll(/^COPY ((?:shared\/\S+ )+)/gm))
    for (const file of files.trim().split(' '))
      expect(existsSync(join(root, 'containers', file)), file).toBe(true)
  for (const [, packages = ''] of text.matchAll(/--no-install-recommends ([\w -]+)$/gm))
    for (const name of packages.trim().split(' '))
      expect(
        real.some((dockerfile) => dockerfile.includes(name)),
        name,
      ).toBe(true)
}

/** The mistakes in the complete manifest of the manual that cause the messages. */
function isProvoked({ where, text }: Block): void {
  const complete = read('examples/my-pptpd/manifest.yaml')
  const wrong = complete.replace('reply: 2000', 'reply: 2s').replace('connectionOver:', 'connectionover:')
  let told = ''
  try {
    parseManifest(wrong, 'my-pptpd/manifest.yaml')
  } catch (error) {
    if (error instanceof UsageError) told = `error: ${error.message}\nremedy: ${error.remedy}\n`
  }
  expect(told.split('\n').toSorted(), where).toEqual(text.split('\n').toSorted())
}
