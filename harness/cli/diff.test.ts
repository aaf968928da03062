import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scenarioFinished } from '../report/testing/run.ts'
import { EVENTS_FILE } from '../runner/result-files.ts'
import { pptpspec, temporaryDirectory } from './testing/command-line.ts'

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

test('diff tells which implementations are on one side only', async () => {
  const cwd = temporaryDirectory()
  const store = (directory: string, ...implementations: string[]) => {
    mkdirSync(join(cwd, directory))
    const events = implementations.map((name) =>
      scenarioFinished({ scenario: 's/a', verdict: 'pass' }, { kind: 'as-expected' }, name),
    )
    const lines = events.map((event) => `${JSON.stringify(event)}\n`)
    writeFileSync(join(cwd, directory, EVENTS_FILE), lines.join(''))
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
  // Who names one asks for no other; single ones are compared whatever they are called.
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
