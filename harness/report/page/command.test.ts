import { expect, it } from 'vitest'
import { RUN_STARTED } from '../testing/run.ts'
import { commandFor, inShell, showCommand } from './command.ts'

const CASE = 'echo/reply#identifier=0@recipient'

it.each([
  [['run', '--provision'], "run pptpd --scenario 'echo/reply#identifier=0@recipient' --seed 7 --provision"],
  [
    ['run', './my server', '-s', 'start/*', '--output=out', '-v', '--clock', 'real', '--lanes', '3'],
    "run './my server' --scenario 'echo/reply#identifier=0@recipient' --seed 7 --clock real",
  ],
  [
    ['run', '--target', '192.0.2.1', '--name', 'gate', '--seed=3', '--impair=loss=0.1'],
    "run --scenario 'echo/reply#identifier=0@recipient' --seed 7 --target 192.0.2.1 --name gate --impair=loss=0.1",
  ],
  [
    ['run', '--listen', '--no-baseline'],
    "run --scenario 'echo/reply#identifier=0@recipient' --seed 7 --listen --no-baseline",
  ],
])('plays a case of %j again', (words, expected) => {
  expect(commandFor({ ...RUN_STARTED, arguments: words }, 'pptpd', CASE, 0)).toBe(`pptpspec ${expected}`)
})

it('names the implementation among several by its place', () => {
  const started = { ...RUN_STARTED, arguments: ['run', './a', './b'], implementations: ['one', 'two'] }
  expect(commandFor(started, 'two', 'start/accepted@recipient', 1)).toContain('run ./b --scenario')
})

it('plays a case of an interoperability run again on its path', () => {
  const started = { ...RUN_STARTED, arguments: ['interop', 'a', 'b', '--path', 'nat'], paths: ['nat'] }
  expect(commandFor(started, 'a with b', 'call/two@nat', 0)).toBe(
    'pptpspec interop a b --case call/two --path nat',
  )
})

it('quotes for a shell', () => {
  expect(inShell(['a', "it's", '$(rm)', ''])).toBe("a 'it'\\''s' '$(rm)' ''")
  expect(showCommand('x', 'a/b@recipient', true)).toBe(
    'pptpspec show DIRECTORY a/b@recipient --implementation x --fields',
  )
})
