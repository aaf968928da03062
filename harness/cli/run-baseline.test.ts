import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { ReferenceImplementationOptions } from '../implementations/embedded.ts'
import { createFaults } from '../reference/faults.ts'
import type { MutantName } from '../reference/mutants.ts'
import { readEvents } from '../report/events.ts'
import type { EventOf } from '../runner/events.ts'
import { pptpspec, temporaryDirectory } from './testing/command-line.ts'

/** The fault of the reference in these tests. */
const faults = vi.hoisted(() => new Set<MutantName>())

vi.mock('../implementations/embedded.ts', async (original) => {
  const module = await original<typeof import('../implementations/embedded.ts')>()
  return {
    ...module,
    referenceImplementation: (options: ReferenceImplementationOptions) =>
      module.referenceImplementation({
        ...options,
        // The faults at the time when a machine is made.
        faults: {
          get seams() {
            return createFaults(...faults).seams
          },
        },
      }),
  }
})

beforeEach(() => {
  faults.clear()
  faults.add('echo-wrong-identifier')
})

/** Writes a cause of a baseline; `where` is YAML with its cases and monitors. */
function cause(id: string, where: string): string {
  return [
    `  - id: ${id}`,
    `    title: It does ${id}`,
    '    owner: reference',
    '    effect: Its peer gives up',
    '    reason: A switch is on',
    ...where.split('\n').map((line) => `    ${line}`),
    '',
  ].join('\n')
}

const IDENTIFIER = cause(
  'identifier-changed',
  'cases: [{ case: "echo/{many,reply}", fail: [2.6/identifier] }]\nmonitors: [{ monitor: replies, fail: [2.6/identifier] }]',
)
const UNANSWERED = cause('answers-another', 'cases: [{ case: echo/many, fail: [2.5/reply-to-each] }]')

/** Makes a directory with a baseline of these causes, and a function that runs in it. */
function withBaseline(...causes: readonly string[]) {
  const cwd = temporaryDirectory()
  const file = join(cwd, 'mine.yaml')
  const write = (...some: readonly string[]) =>
    writeFileSync(
      file,
      `format: 2\nimplementation: reference\ncauses:${some.length === 0 ? ' []\n' : `\n${some.join('')}`}`,
    )
  write(...causes)
  const play = (...more: readonly string[]) =>
    pptpspec(
      ['run', 'reference', '-s', 'echo/{many,reply}', '--baseline', 'mine.yaml', '-o', 'out', ...more],
      { cwd },
    )
  const events = () => readEvents(join(cwd, 'out', 'events.ndjson'))
  return { cwd, file, write, play, events }
}

/** Returns the first section of the summary that is about an implementation. */
function firstSection(stdout: string): readonly string[] {
  return stdout.split('\n\n')[2]?.split('\n') ?? []
}

describe('run with a baseline', () => {
  it('is green if each cause shows where expected, with a line for each', async () => {
    const { code, stdout, stderr } = await withBaseline(IDENTIFIER, UNANSWERED).play()
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(firstSection(stdout)).toEqual([
      'reference: 2 causes that the baseline knows',
      '✗ FAIL         identifier-changed  reference  10 cases, 1 monitor  echo/many@recipient  It does identifier-changed',
      '✗ FAIL         answers-another     reference  2 cases              echo/many@recipient  It does answers-another',
    ])
    expect(stdout).toMatch(/\nAs expected \(10 cases, .*exit 0\)\n$/)
  })

  it('names deviations first that a removed cause had explained', async () => {
    const { code, stdout } = await withBaseline(UNANSWERED).play()
    expect(code).toBe(1)
    expect(firstSection(stdout)).toEqual([
      'reference: 1 deviation that no cause of the baseline explains',
      '✗ FAIL 2.6/identifier in 10 cases, 1 monitor',
      '    expected Echo-Reply with Identifier 0x00000101; seen Identifier 0x00000100',
      expect.stringMatching(/^ {4}frame \d+ of out\/reference\/echo\/many@recipient\.pcapng$/),
    ])
    // During the run the deviation was reported once.
    expect(stdout.match(/^✗ FAIL reference .* not expected$/gm)).toHaveLength(1)
    expect(stdout).toContain('Not as expected: reference: fail of 2.6/identifier in 10 cases')
  })

  it('names a cause that is gone, and a stale one if all cases were played', {
    timeout: 120_000,
  }, async () => {
    const { play, events } = withBaseline(IDENTIFIER, UNANSWERED)
    faults.clear()
    const some = await play()
    expect(some.code).toBe(1)
    expect(firstSection(some.stdout)).toEqual([
      'reference: 2 causes of the baseline missing where expected',
      '✓ PASS identifier-changed reference, in 10 cases',
      '    does not show in 10 cases where the baseline expects it: It does identifier-changed',
      expect.stringContaining('    expected fail of 2.5/reply-to-each, fail of 2.6/identifier; seen pass'),
      expect.stringContaining('out/reference/echo/many@recipient.pcapng'),
      '✓ PASS answers-another reference, in 2 cases',
      '    does not show in 2 cases where the baseline expects it: It does answers-another',
      expect.stringContaining('    expected fail of 2.5/reply-to-each, fail of 2.6/identifier; seen pass'),
      expect.stringContaining('out/reference/echo/many@recipient.pcapng'),
    ])
    const all = await play('-s', '*/*')
    expect(all.code).toBe(1)
    expect(firstSection(all.stdout)).toContain(
      '    no result shows this cause any more: It does identifier-changed',
    )
    const end = events().find((event) => event.kind === 'implementation-finished')
    expect(end).toMatchObject({
      stale: [{ cause: 'identifier-changed' }, { cause: 'answers-another' }],
    })
  })

  it('leaves a case green if only a monitor finds a violation in it', async () => {
    faults.clear()
    faults.add('reserved0-nonzero-sent')
    const { play, events, write } = withBaseline()
    const { code, stdout } = await play()
    expect(code).toBe(1)
    expect(stdout).toMatch(/^reference +0 +10 +0 +0 +0 +0 +0 +0$/m)
    expect(stdout).toMatch(/^ {2}its monitors +- +\d+ +0 +5 +- +- +5 +-$/m)
    expect(firstSection(stdout)[0]).toMatch(
      /^reference: \d deviations that no cause of the baseline explains$/,
    )
    const results = events().flatMap((event) => (event.kind === 'scenario-finished' ? [event] : []))
    expect(new Set(results.map(({ result }) => result.verdict))).toEqual(new Set(['pass']))
    expect(results.every(({ watched = [] }) => watched.length > 0)).toBe(true)

    write(
      cause(
        'reserved-set',
        'monitors: [{ monitor: reserved-fields, fail: ["2/reserved-sent-zero", "*/reserved0"] }]',
      ),
    )
    expect((await play()).code).toBe(0)
  })

  it('is green after --update-baseline, and says how many causes have no name yet', async () => {
    const { cwd, file, play, write } = withBaseline()
    const updated = await play('--update-baseline')
    // The exit code still compares with the old baseline.
    expect(updated).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^wrote .*mine\.yaml: 2 causes, 2 of them without a name or reason yet\n$/,
      ),
    })
    const green = await play()
    expect(green.code).toBe(0)
    expect(green.stdout).toContain('causes in its baseline without a name or reason: 2')

    // Causes with a name stay; causes that are gone are removed.
    write(
      IDENTIFIER,
      UNANSWERED,
      cause('never-so', 'cases: [{ case: echo/reply, warn: [2.5/reply-to-each] }]'),
    )
    expect((await play('--update-baseline')).stderr).toMatch(/mine\.yaml: 2 causes\n$/)
    const text = readFileSync(file, 'utf8')
    expect(text).toContain(IDENTIFIER + UNANSWERED)
    expect(text).not.toContain('never-so')
    expect((await play()).code).toBe(0)
    expect(existsSync(join(cwd, 'out', 'junit.xml'))).toBe(true)
  })

  it('writes no baseline if the smoke scenario fails', async () => {
    const { file, play } = withBaseline(IDENTIFIER)
    const before = readFileSync(file, 'utf8')
    faults.add('ignores-start')
    const { code, stdout, stderr } = await play('--update-baseline')
    expect(code).toBe(3)
    expect(stdout).toContain('does not pass the smoke scenario start/accepted@recipient')
    expect(stderr).toMatch(/mine\.yaml stays as it was: it does not pass the smoke scenario/)
    expect(readFileSync(file, 'utf8')).toBe(before)
  })

  it('refuses a baseline of the old format, and names the command that converts it', async () => {
    const { file, play } = withBaseline()
    writeFileSync(file, 'implementation: reference\ndeviations: []\n')
    expect(await play()).toEqual({
      code: 2,
      stdout: '',
      stderr: `error: ${file} is a baseline of the old format, which lists deviations instead of causes\nremedy: Convert it: pptpspec convert-baseline ${file}\n`,
    })
  })

  it.each([
    [
      'an unknown case',
      cause('a', 'cases: [{ case: echo/rely, fail: [2.6/identifier] }]'),
      /cause a: no case matches "echo\/rely"\nremedy: Did you mean echo\/reply/,
    ],
    [
      'an unknown requirement',
      cause('a', 'cases: [{ case: echo/many, fail: [2.6/identifer] }]'),
      /no requirement matches .*\nremedy: Did you mean 2\.6\/identifier/,
    ],
    [
      'an unknown monitor',
      cause('a', 'monitors: [{ monitor: replys, fail: [2.6/identifier] }]'),
      /no monitor matches "replys"\nremedy: Did you mean replies/,
    ],
    [
      'a finding of two causes',
      IDENTIFIER + cause('b', 'cases: [{ case: echo/many, fail: [2.6/identifier] }]'),
      /claimed by the causes identifier-changed and b\nremedy: /,
    ],
    ['a field too few', '  - id: a\n', /mine\.yaml: causes\.0\.title: .*\nremedy: /],
  ])('refuses %s before anything is played', async (_, causes, message) => {
    const { code, stdout, stderr } = await withBaseline(causes).play()
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(message)
  })
})

describe('run --repeat', () => {
  const finished = (events: readonly { readonly kind: string }[]) =>
    events.find(
      (event): event is EventOf<'implementation-finished'> => event.kind === 'implementation-finished',
    )

  it('plays every case that number of times, and says that no result differs', async () => {
    const { play, events } = withBaseline(IDENTIFIER, UNANSWERED)
    const { code, stdout } = await play('--repeat', '2')
    expect(code).toBe(0)
    expect(stdout).toContain('1 lane, 2 times\n')
    expect(stdout).toContain('\nreference: the same in every round\n')
    expect(stdout).toMatch(/As expected \(20 cases, /)
    const rounds = events().flatMap((event) => (event.kind === 'scenario-finished' ? [event.round] : []))
    expect([1, 2].map((wanted) => rounds.filter((round) => round === wanted).length)).toEqual([10, 10])
    expect(finished(events())?.unstable).toEqual({ cases: [], monitors: [], causes: [] })
  })

  it('is red if results differ between rounds, and leaves these out of a baseline', async () => {
    const { cwd, file } = withBaseline()
    const argv = [
      'run',
      'reference',
      '-s',
      'echo/{many,reply}',
      '--repeat',
      '2',
      '--baseline',
      'mine.yaml',
      '--json',
      '-o',
      'out',
    ]
    const { code, stdout, stderr } = await pptpspec([...argv, '--update-baseline'], {
      cwd,
      // After the first round the reference has no fault any more.
      watch: (text) => {
        if (text.includes('"scenario-started"') && text.includes('"round":2')) faults.clear()
      },
    })
    expect(code).toBe(1)
    const events = readEvents(join(cwd, 'out', 'events.ndjson'))
    const unstable = finished(events)?.unstable
    expect(unstable?.cases).toHaveLength(10)
    expect(unstable?.cases).toContain('echo/many@recipient')
    expect(stdout).toContain('reference unstable from round to round: cases ')
    expect(stderr).toMatch(
      /mine\.yaml: 0 causes\nleft out, because it was not the same in every round: cases echo\//,
    )
    expect(readFileSync(file, 'utf8')).toContain('causes: []')
    const shown = await pptpspec(['report', 'out'], { cwd })
    expect(shown).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('reference: unstable from round to round (10)\n  case echo/'),
    })
    expect(readFileSync(join(cwd, 'out', 'junit.xml'), 'utf8')).toContain('type="unstable"')
  })

  it.each(['0', '1001', 'x'])('refuses %s', async (count) => {
    expect(await pptpspec(['run', 'reference', '--repeat', count])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--repeat: expected a whole number from 1 to 1000/),
    })
  })
})
