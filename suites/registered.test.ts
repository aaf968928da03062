import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { HarnessError } from '../harness/errors/errors.ts'
import { type FoundModule, importModules } from '../harness/files/modules.ts'
import { type Scenario, scenarioName } from '../harness/scenario/scenario.ts'
import { scenario } from './catalogue.ts'
import { SCENARIOS } from './index.ts'
import { isScenarioFile, registered } from './registered.ts'
import { SCENARIO_MODULES } from './scenario-modules.ts'

const META = {
  purpose: 'It answers.',
  decides: ['2.5/reply-to-each'],
  provenBy: ['echo-no-reply'],
} as const

const recipient = (id: string) => scenario({ ...META, id, iut: 'recipient' }, async () => {})
const originator = (id: string) => scenario({ ...META, id, iut: 'originator' }, async () => {})
const both = (id: string) => scenario({ ...META, id, iut: 'both' }, async () => {})

function module(path: string, content: unknown): FoundModule {
  return { file: `${path}.ts`, path, exports: { default: content } }
}

function refusal(...modules: readonly FoundModule[]): Pick<HarnessError, 'message' | 'remedy'> {
  try {
    registered(modules)
  } catch (error) {
    expect(error).toMatchObject({ name: 'BrokenSuite', exitCode: 3, remedy: expect.any(String) })
    return error as HarnessError
  }
  throw new Error('they were registered')
}

test.each([
  ['echo/reply', true],
  ['echo/deep/er', true],
  ['index', false],
  ['monitors/direction', false],
  ['monitors-of-mine/x', true],
  ['requirements/echo', false],
])('%s is a scenario file: %s', (path, is) => expect(isScenarioFile(path)).toBe(is))

describe('registered', () => {
  test('takes single scenarios and arrays, by path, recipients before originators', () => {
    const modules = [
      module('b/late', [originator('b/late'), recipient('b/late')]),
      module('a/one-more', originator('a/one-more')),
      module('a/one', both('a/one')),
    ]
    expect(registered(modules).map(scenarioName)).toEqual([
      'a/one@recipient',
      'a/one@originator',
      'a/one-more@originator',
      'b/late@recipient',
      'b/late@originator',
    ])
  })

  test.each([
    ['nothing', undefined],
    ['no scenario', { id: 'a/one' }],
    ['an empty array', []],
    ['an array with something else in it', [recipient('a/one'), 1]],
  ])('refuses a file whose default export is %s', (_, content) => {
    expect(refusal(module('a/one', content)).message).toBe(
      'suites/a/one.ts has no scenario as its default export',
    )
  })

  test('refuses an id that is not the path', () => {
    expect(refusal(module('a/one', recipient('b/two')))).toMatchObject({
      message: 'suites/a/one.ts has a scenario whose id is b/two',
      remedy: 'Call it a/one, or move the file to suites/b/two',
    })
  })

  test('names both files that have a scenario in the same role', () => {
    const copied = [module('a/copy', both('a/one')), module('a/one', both('a/one'))]
    expect(refusal(...copied).message).toBe(
      'suites/a/copy.ts and suites/a/one.ts both have a scenario a/one@recipient',
    )
  })

  test('refuses two scenarios of one file for the same role', () => {
    const twice: readonly Scenario[] = [recipient('a/one'), recipient('a/one')]
    expect(refusal(module('a/one', twice)).message).toBe('suites/a/one.ts has two scenarios a/one@recipient')
  })
})

test('a file that is added to a topic is registered, and a copy of it refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pptpspec-suites-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'echo'))
  const text = `import { scenario } from ${JSON.stringify(join(import.meta.dirname, 'catalogue.ts'))}
export default scenario({ ...${JSON.stringify(META)}, id: 'echo/new', iut: 'both' }, async () => {})`
  const found = async () =>
    registered([
      ...SCENARIO_MODULES,
      ...(await importModules(pathToFileURL(`${folder}/`), isScenarioFile)),
    ]).map(scenarioName)

  writeFileSync(join(folder, 'echo', 'new.ts'), text)
  const before = SCENARIOS.map(scenarioName)
  expect((await found()).filter((name) => !before.includes(name))).toEqual([
    'echo/new@recipient',
    'echo/new@originator',
  ])
  writeFileSync(join(folder, 'echo', 'copy.ts'), text)
  await expect(found()).rejects.toThrow('suites/echo/copy.ts and suites/echo/new.ts')
})
