import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { EnvironmentError } from '../errors/errors.ts'
import { printFailure } from './failure.ts'
import { wantsColour } from './io.ts'
import { DEFAULT_IMPLEMENTATIONS } from './names.ts'
import { pptpspec, startProcess } from './testing/command-line.ts'

describe('help and version', () => {
  it('describes the commands, with examples and exit codes', async () => {
    const { code, stdout, stderr } = await pptpspec(['--help'])
    expect(code).toBe(0)
    expect(stderr).toBe('')
    for (const word of [
      'run',
      'list',
      'show',
      'report',
      'doctor',
      'Examples',
      'Exit codes',
      ...DEFAULT_IMPLEMENTATIONS,
    ])
      expect(stdout).toContain(word)
  })

  it('describes the options of a command', async () => {
    const { code, stdout } = await pptpspec(['run', '--help'])
    expect(code).toBe(0)
    for (const option of [
      '--scenario',
      '--role',
      '--shard',
      '--repeat',
      '--baseline',
      '--provision',
      '--output',
      '--reporter',
    ])
      expect(stdout).toContain(option)
  })

  it('says its version', async () => {
    expect(await pptpspec(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    })
  })

  it('shows help on standard error without arguments', async () => {
    const { code, stdout, stderr } = await pptpspec([])
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain('pptpspec run')
  })

  it('loads no client of an engine and no native code for help and lists', async () => {
    await pptpspec(['--help'])
    await pptpspec(['list', 'scenarios'])
    const loaded = Object.keys(createRequire(import.meta.url).cache)
    expect(loaded.filter((file) => /node_modules\/(dockerode|koffi|testcontainers)\//.test(file))).toEqual([])
  })
})

describe('usage errors', () => {
  it.each<[string, string[], RegExp, RegExp]>([
    ['unknown command', ['rnu'], /unknown command "rnu"/, /did you mean run/],
    ['no command', ['--json'], /no command/, /run, list/],
    ['unknown option', ['run', '--lanez', '3'], /run has no option --lanez/, /did you mean --lanes/],
    ['unknown short option', ['run', '-z'], /no option -z/, /--help/],
    ['not a number', ['run', '--lanes', 'x'], /--lanes: .* from 1 to 64, got "x"/, /--lanes 1/],
    ['a number out of range', ['run', '--lanes=0'], /--lanes: .*got "0"/, /--lanes 1/],
    ['an option twice', ['run', '--seed', '1', '--seed', '2'], /--seed is given more than once/, /once/],
    ['a value forgotten', ['run', '--output'], /--output needs a value/, /--help/],
    ['an empty value', ['run', '--output', ''], /--output is empty/, /a value/],
    ['an empty glob', ['run', 'reference', '-s', ''], /--scenario is empty/, /a value/],
    ['an empty glob of a list', ['list', 'scenarios', '--scenario', ''], /--scenario is empty/, /a value/],
    ['an empty glob of a proof', ['prove', '-s', 'echo/*', '-s', ''], /--scenario is empty/, /a value/],
    ['an empty requirement', ['coverage', '-r', ''], /--requirement is empty/, /a value/],
    ['an empty implementation', ['run', ''], /\(implementation\) is empty/, /a value/],
    ['an empty directory', ['report', ''], /an argument is empty/, /a value/],
    ['another colour', ['run', '--colour', 'alway'], /--colour: .*got "alway"/, /did you mean always/],
    ['a shard beyond the last', ['run', '--shard', '3/2'], /--shard: .*got "3\/2"/, /--shard 1\/4/],
    ['an argument too many', ['doctor', 'extra'], /doctor takes no argument "extra"/, /--help/],
    ['an argument missing', ['list'], /list <what>: an argument is missing/, /--help/],
    ['unknown list', ['list', 'scenario'], /got "scenario"/, /did you mean scenarios/],
    [
      'an update of a baseline that is left out',
      ['run', 'reference', '--no-baseline', '--update-baseline'],
      /--no-baseline leaves out/,
      /remove the file/,
    ],
    [
      'unknown implementation',
      ['run', 'pptpd-1.4'],
      /unknown implementation "pptpd-1.4"; did you mean "pptpd-1.4.0"/,
      /Known/,
    ],
    [
      'a misspelt name of the reference',
      ['run', 'refrence'],
      /unknown implementation "refrence"/,
      /did you mean reference/,
    ],
    ['a folder without a manifest', ['run', './nowhere'], /no manifest.yaml/, /Dockerfile/],
    ['the same implementation twice', ['run', 'reference', 'reference'], /reference is named twice/, /once/],
    [
      'no such scenario',
      ['run', 'reference', '-s', 'echo/rely'],
      /no scenario matches "echo\/rely"/,
      /echo\/reply/,
    ],
    [
      'no such requirement',
      ['run', 'reference', '--requirement', '9.9/x'],
      /no requirement matches/,
      /list requirements/,
    ],
    [
      'an empty shard',
      ['run', 'reference', '-s', 'start/accepted', '--shard', '2/2'],
      /nothing to play/,
      /--shard/,
    ],
    [
      'one baseline for two implementations',
      ['run', 'reference', 'pptpd-1.4.0', '--baseline', 'b'],
      /several implementations/,
      /one by one/,
    ],
    [
      'an unknown impairment',
      ['run', '--impair', 'los=0.1'],
      /^error: --impair: .*or hold, got "los"/,
      /did you mean loss\?/,
    ],
    [
      'not a probability',
      ['run', '--impair', 'loss=5'],
      /--impair: loss: .*0 to 1, got "5"/,
      /--impair loss=0.05/,
    ],
    [
      'not a number of ms',
      ['run', '--impair', 'loss=0,delay=2s'],
      /--impair: delay: .*ms.*got "2s"/,
      /--impair delay=20/,
    ],
    [
      'an impairment twice',
      ['run', '--impair', 'loss=0,loss=1'],
      /--impair: loss is given more than once/,
      /once/,
    ],
    [
      'an unknown reporter',
      ['run', '--reporter', 'jnuit=a.xml'],
      /--reporter: expected console, events, junit, summary, results, got "jnuit"/,
      /did you mean junit\?/,
    ],
    [
      'a reporter without a similar name',
      ['run', '--reporter', 'teamcity'],
      /--reporter: .*got "teamcity"/,
      /--reporter junit=junit\.xml/,
    ],
    ['a reporter without a name', ['run', '--reporter', '=a'], /--reporter: .*got ""/, /--reporter/],
    [
      'a reporter with an empty file',
      ['run', '--reporter', 'junit='],
      /--reporter junit=: the file name is empty/,
      /--reporter junit=FILE/,
    ],
    [
      'two reporters on standard output',
      ['run', '--reporter', 'junit', '--reporter', 'summary=a', '--reporter', 'console'],
      /--reporter junit and --reporter console both write to standard output/,
      /--reporter console=FILE/,
    ],
    [
      'JSON and a report on standard output',
      ['run', '--json', '--reporter', 'console'],
      /--reporter events and --reporter console both write/,
      /a file/,
    ],
    ['zero rounds', ['run', '--repeat', '0'], /--repeat: .*from 1 to 1000, got "0"/, /--repeat 1/],
    ['another role', ['run', '--role', 'recipent'], /--role: .*got "recipent"/, /did you mean recipient/],
    [
      'a filter on implementations',
      ['list', 'implementations', '-s', 'echo/*'],
      /do not belong to scenarios/,
      /Leave out/,
    ],
  ])('%s', async (_, argv, message, remedy) => {
    const { code, stdout, stderr } = await pptpspec(argv)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    const lines = stderr.trimEnd().split('\n')
    expect(lines).toHaveLength(2)
    expect(lines[0]).toMatch(/^error: /)
    expect(lines[0]).toMatch(message)
    expect(lines[1]).toMatch(/^remedy: /)
    expect(lines[1]).toMatch(remedy)
  })
})

describe('failures', () => {
  const print = (error: unknown, env: Record<string, string> = {}) => {
    let text = ''
    const code = printFailure(error, { env, stderr: { write: (piece) => (text += piece) } })
    return { code, text }
  }

  it('prints a known error with its remedy', () => {
    expect(print(new EnvironmentError('no engine', 'Start one.'))).toEqual({
      code: 3,
      text: 'error: no engine\nremedy: Start one.\n',
    })
  })

  it('calls any other error a bug, with a stack trace only if asked', () => {
    const { code, text } = print(new TypeError('x is not a function'))
    expect(code).toBe(3)
    expect(text).toMatch(/^error: x is not a function\nthis is a bug in pptpspec/)
    expect(text).not.toContain('main.test.ts')
    expect(print(new Error('x'), { PPTPSPEC_DEBUG: '1' }).text).toContain('main.test.ts')
  })
})

it('colours the output only if that is wanted', () => {
  const terminal = { write: () => {}, isTTY: true }
  const file = { write: () => {} }
  expect(wantsColour('auto', terminal, {})).toBe(true)
  expect(wantsColour('auto', file, {})).toBe(false)
  expect(wantsColour('auto', terminal, { NO_COLOR: '1' })).toBe(false)
  expect(wantsColour('always', file, { NO_COLOR: '1' })).toBe(true)
  expect(wantsColour('auto', file, { FORCE_COLOR: '1' })).toBe(true)
  expect(wantsColour('auto', terminal, { TERM: 'dumb' })).toBe(false)
  expect(wantsColour('never', terminal, { FORCE_COLOR: '1' })).toBe(false)
})

it('ends without an error when its reader leaves', async () => {
  const { child, ended } = startProcess(['list', 'requirements'])
  child.stdout?.destroy()
  expect(await ended).toMatchObject({ code: 0, stderr: '' })
})
