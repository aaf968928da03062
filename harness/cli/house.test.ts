import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { foldersIn } from '../implementations/manifest-document.ts'
import { packageRoot } from '../implementations/package-root.ts'
import { pptpspec } from './testing/command-line.ts'

const root = packageRoot()
const read = (path: string) => readFileSync(join(root, path), 'utf8')

/** The longest line of a comment, in columns. */
const COLUMNS = 100

function filesIn(folder: string, ending: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending) && !name.includes('node_modules'))
    .map((name) => join(folder, name))
}

it('has comments of at most 100 columns', () => {
  const sources = ['harness', 'suites', 'bench', 'docs', 'report-page'].flatMap((folder) =>
    ['.ts', '.tsx'].flatMap((ending) => filesIn(folder, ending)),
  )
  expect(sources.length).toBeGreaterThan(500)
  const long = sources.flatMap((file) =>
    read(file)
      .split('\n')
      .flatMap((line, at) =>
        /^\s*(\/\/|\/?\*)/.test(line) && line.length > COLUMNS && !/^\s*\* \| /.test(line)
          ? [`${file}:${at + 1}`]
          : [],
      ),
  )
  expect(long).toEqual([])
})

/** Metaphors for which docs/glossary.md has a plain word. */
const BANNED = [
  ...['crew', 'hire', 'hired', 'hiring', 'desk', 'turnstile', 'fate', 'blemish', 'standing', 'seat'],
  ...['mourn', 'humour', 'wish', 'door', 'ingredient', 'switchboard', 'duet', 'pretence'],
]
const BANNED_WORD = new RegExp(`\\b(${BANNED.join('|')})(e?s)?\\b`, 'gi')

/** Splits camelCase and SNAKE_CASE names of a text into words. */
const wordsApart = (text: string) => text.replaceAll('_', ' ').replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')

it('uses no banned metaphor, in names or in prose', () => {
  const files = [
    ...['harness', 'suites', 'docs', 'report-page'].flatMap((folder) =>
      ['.ts', '.tsx', '.css', '.mjs', '.md'].flatMap((ending) => filesIn(folder, ending)),
    ),
    ...['README.md', 'CONTRIBUTING.md'],
  ].filter((file) => file !== join('harness', 'cli', 'house.test.ts'))
  expect(files.length).toBeGreaterThan(700)
  const found = files.flatMap((file) =>
    wordsApart(`${file}\n${read(file)}`)
      .split('\n')
      .flatMap((line, at) => (line.match(BANNED_WORD) ?? []).map((word) => `${file}:${at}: ${word}`)),
  )
  expect(found).toEqual([])
})

it('has the folders of the manual as examples', () => {
  for (const { path, content } of foldersIn(read('docs/adding-an-implementation.md')))
    expect(read(`examples/${path}`), path).toBe(content)
})

it('has a capture as an example, in which judge finds the known deviations of the two programs', async () => {
  const { code, stdout } = await pptpspec(['judge', join(root, 'examples/pptp-linux-with-pptpd.pcap')])
  expect(code).toBe(1)
  expect(stdout).toContain('1 TCP connection, 5 control messages, 48 GRE packets')
  expect(stdout).toContain('WARN 2.1/maximum-channels-sent')
})

/** Links within this repository, not to the web. */
const LINK = /\]\((?!https?:|#)([^)#\s]+)/g

it('has no broken link in its documents', () => {
  const documents = [
    ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'examples/README.md'],
    ...filesIn('docs', '.md'),
  ]
  for (const document of documents)
    for (const [, target = ''] of read(document).matchAll(LINK))
      expect(existsSync(join(root, document, '..', target)), `${document}: ${target}`).toBe(true)
})

it('runs only existing scripts in its workflows', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  for (const file of [
    ...filesIn('.github/workflows', '.yml'),
    'CONTRIBUTING.md',
    '.github/pull_request_template.md',
  ])
    for (const [, script = ''] of read(file).matchAll(/npm run ([\w:]+)/g))
      expect(Object.keys(scripts), file).toContain(script)
})
