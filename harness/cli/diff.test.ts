import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  asExpected,
  broken,
  causeOf,
  EVERYTHING,
  implementationFinished,
  implementationStarted,
  NO_BASELINE,
  scenarioFinished,
  unexpected,
} from '../report/testing/run.ts'
import type { RunEvent } from '../runner/events.ts'
import { EVENTS_FILE } from '../runner/result-files.ts'
import { pptpspec, temporaryDirectory } from './testing/command-line.ts'

function storeEvents(directory: string, events: readonly RunEvent[]): void {
  mkdirSync(directory)
  writeFileSync(join(directory, EVENTS_FILE), events.map((event) => `${JSON.stringify(event)}\n`).join(''))
}

test('diff compares runs, says where they differ, and what it cannot find', { timeout: 60_000 }, async () => {
  const cwd = temporaryDirectory()
  const play = (output: string, ...scenarios: string[]) =>
    pptpspec(['run', 'reference', '-o', output, ...scenarios.flatMap((one) => ['--scenario', one])], { cwd })
  expect((await play('a', 'echo/*')).code).toBe(0)
  expect((await play('b', 'echo/*')).code).toBe(0)
  expect((await play('c', 'echo/many')).code).toBe(0)

  expect(await pptpspec(['diff', 'a', 'b'], { cwd })).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('no difference'),
  })
  const differs = await pptpspec(['diff', 'a:reference', 'c', '--json'], { cwd })
  expect(differs.code).toBe(1)
  expect(JSON.parse(differs.stdout).compared[0].only.left).toContain('echo/reply#identifier=0@recipient')
  expect(await pptpspec(['diff', 'a', 'nowhere'], { cwd })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('results/latest holds no results'),
  })
  expect(await pptpspec(['diff', 'a:referenc', 'b'], { cwd })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('did you mean reference?'),
  })
})

test('diff lists the implementations that are on one side only', async () => {
  const cwd = temporaryDirectory()
  const store = (directory: string, ...implementations: string[]) => {
    const events = implementations.map((name) =>
      scenarioFinished({ scenario: 's/a', verdict: 'pass' }, asExpected(), name),
    )
    storeEvents(join(cwd, directory), events)
  }
  store('one', 'a', 'b')
  store('two', 'a', 'c')
  store('three', 'd')

  const { code, stdout } = await pptpspec(['diff', 'one', 'two'], { cwd })
  expect(code).toBe(1)
  expect(stdout).toContain('Implementations only in one (1)\n  b\n\nImplementations only in two (1)\n  c\n')
  const json = await pptpspec(['diff', 'one', 'two', '--json'], { cwd })
  expect(json.code).toBe(1)
  expect(JSON.parse(json.stdout)).toMatchObject({
    compared: [{ left: 'a', right: 'a', only: { left: [], right: [] } }],
    only: { left: ['b'], right: ['c'] },
  })
  // If one is named, others are not missed; single ones are compared whatever their names.
  for (const [left, right] of [
    ['one', 'one'],
    ['one:a', 'two'],
    ['two', 'one:a'],
    ['one:b', 'three'],
  ] as const)
    expect(await pptpspec(['diff', left, right], { cwd })).toMatchObject({
      code: 0,
      stdout: expect.not.stringContaining('only in'),
    })
  expect((await pptpspec(['diff', 'one', 'three'], { cwd })).code).toBe(2)
})

test('diff lists causes first: gone, new and changed, with the names of the sides', async () => {
  const cwd = temporaryDirectory()
  const started = implementationStarted([], 'x', { causes: ['old', 'wider'].map((id) => causeOf(id)) })
  const shows = (cause: string, scenario: string) =>
    scenarioFinished(
      { scenario, verdict: 'fail', findings: [broken(`1.1/${cause}`)] },
      asExpected({ [cause]: [`1.1/${cause}`] }),
      'x',
    )
  const passes = (scenario: string) => scenarioFinished({ scenario, verdict: 'pass' }, asExpected(), 'x')
  const fresh = scenarioFinished(
    { scenario: 's/c', verdict: 'fail', findings: [broken('2.2/new')] },
    unexpected({ fresh: ['2.2/new'] }),
    'x',
  )
  const shaky = implementationFinished({ unstable: { cases: ['s/d'], monitors: [], causes: [] } }, 'x')
  storeEvents(join(cwd, 'a'), [
    started,
    shows('old', 's/a'),
    shows('wider', 's/b'),
    passes('s/c'),
    passes('s/d'),
  ])
  storeEvents(join(cwd, 'b'), [
    started,
    passes('s/a'),
    shows('wider', 's/b'),
    fresh,
    shows('wider', 's/d'),
    shaky,
  ])
  const { code, stdout } = await pptpspec(['diff', 'a', 'b:x'], { cwd })
  expect(code).toBe(1)
  expect(stdout.split('\n').slice(0, 14)).toEqual([
    'a:x and b:x: 4 cases on both',
    '',
    'Causes that only a:x shows (1)',
    '✗ FAIL         old  It does old (s/a)',
    '',
    'Causes that only b:x shows (1)',
    '✗ FAIL         2.2/new  expected the connection closes; seen 2.2/new broken (s/c)',
    '',
    'Causes that changed (1)',
    '✗ FAIL         wider  now in s/d (s/b)',
    '',
    'Unstable on b:x (1)',
    '  case s/d',
    '',
  ])
  const json = JSON.parse((await pptpspec(['diff', 'a', 'b', '--json'], { cwd })).stdout)
  expect(json.compared[0].causes.map(({ kind, id }: { kind: string; id: string }) => [kind, id])).toEqual([
    ['gone', 'old'],
    ['new', '2.2/new'],
    ['changed', 'wider'],
  ])
})

test('another wrong value instead of a wrong value is one changed line, and exit code 1', async () => {
  const cwd = temporaryDirectory()
  const store = (directory: string, name: string, seen: string) =>
    storeEvents(join(cwd, directory), [
      implementationStarted(['s/a'], name),
      scenarioFinished(
        { scenario: 's/a', verdict: 'fail', findings: [broken('1.1/x', { seen })] },
        NO_BASELINE,
        name,
      ),
    ])
  store('a', 'old', 'Result Code 3')
  store('b', 'new', 'Result Code 4')
  expect(await pptpspec(['diff', 'a', 'b'], { cwd })).toEqual({
    code: 1,
    stderr: '',
    stdout:
      'old and new: 1 case on both\n\nCauses that changed (1)\n✗ FAIL         1.1/x  seen Result Code 3, then Result Code 4 (s/a)\n',
  })
})

test('a run that is unstable differs from itself', async () => {
  const cwd = temporaryDirectory()
  storeEvents(join(cwd, 'a'), EVERYTHING)
  const { code, stdout } = await pptpspec(['diff', 'a', 'a'], { cwd })
  expect(code).toBe(1)
  expect(stdout).toContain('Unstable on a:pptpd (1)\n  case echo/shaky@recipient')
})

test('results of the previous format are refused, with a remedy', async () => {
  const cwd = temporaryDirectory()
  storeEvents(join(cwd, 'a'), EVERYTHING)
  mkdirSync(join(cwd, 'b'))
  writeFileSync(join(cwd, 'b', EVENTS_FILE), `${JSON.stringify({ ...EVERYTHING[0], format: 1 })}\n`)
  expect(await pptpspec(['diff', 'a', 'b'], { cwd })).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/line 1, is not an event: format.*\nremedy: .*of this version/),
  })
})
