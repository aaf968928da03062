import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { REQUIREMENTS } from '../../suites/catalogue.ts'
import { SCENARIOS } from '../../suites/index.ts'
import { MONITORS } from '../../suites/monitors/index.ts'
import { VOCABULARY } from '../cli/vocabulary.ts'
import { UsageError } from '../errors/errors.ts'
import { casesOf } from '../scenario/scenario.ts'
import { formatBaseline, readBaseline } from './baseline.ts'
import { convertBaseline } from './convert-baseline.ts'

const SUITES = { cases: SCENARIOS.flatMap(casesOf), monitors: MONITORS, catalogue: REQUIREMENTS }

const OLD = `
implementation: mine
anywhere:
  - requirement: 2.1/maximum-channels-sent
    verdict: warn
    reason: it announces 65535 channels
deviations:
  - scenario: originator-start/request
    verdict: warn
    requirements: [2.1/maximum-channels-sent]
    reason: it announces 65535 channels
  - scenario: "originator-call/refused#*"
    verdict: fail
    requirements: [3.1.1/local-termination-stops]
    reason: it just closes
  - scenario: "originator-message-format/management-message#type=2-management"
    verdict: warn
    requirements: [1.4/management-messages-undefined]
    reason: other types are ignored
  - scenario: "originator-message-format/management-message#*"
    verdict: warn
    requirements: [1.4/message-types]
    reason: other types are ignored
  - scenario: originator-tunnel/time-out
    verdict: inconclusive
    reason: it has no window
  - scenario: "originator-tunnel/transmit-window#*"
    verdict: fail
    requirements: [4.2.1/maximum-window, 4.2.1/initial-window, 4.2.1/stops-at-window]
    reason: it has no window
  - scenario: originator-stop/with-call
    verdict: fail
    requirements: [3.1.2/nothing-after-stop]
    reason: only a monitor saw this
  - scenario: originator-gone/scenario
    verdict: fail
    requirements: [2.6/identifier]
    reason: it was
`

function converted(text = OLD) {
  return convertBaseline(text, 'mine.yaml', SUITES)
}

test('entries with the same reason become one cause with that reason', () => {
  const { baseline } = converted()
  expect(baseline.causes.map(({ reason }) => reason)).toEqual([
    'it announces 65535 channels',
    'it just closes',
    'other types are ignored',
    'it has no window',
    'only a monitor saw this',
  ])
  for (const { title } of baseline.causes) expect(title).toMatch(/^UNNAMED: /)
})

test('ids lose the prefix of the role, and an entry with the exact id takes precedence over a glob', () => {
  const byReason = new Map(converted().baseline.causes.map((cause) => [cause.reason, cause]))
  expect(byReason.get('it just closes')?.cases).toEqual([
    { case: expect.stringContaining('outgoing-call/refused#'), fail: ['3.1.1/local-termination-stops'] },
  ])
  expect(byReason.get('other types are ignored')?.cases).toEqual(
    expect.arrayContaining([
      {
        case: 'message-format/management-message#type=2-management',
        warn: ['1.4/management-messages-undefined'],
      },
      {
        case: expect.arrayContaining(['message-format/management-message#type=0']),
        warn: ['1.4/message-types'],
      },
    ]),
  )
})

test('a violation that only a monitor can have found becomes one claim of that monitor', () => {
  const byReason = new Map(converted().baseline.causes.map((cause) => [cause.reason, cause]))
  expect(byReason.get('it announces 65535 channels')?.monitors).toEqual([
    { monitor: 'call-values', warn: ['2.1/maximum-channels-sent'] },
  ])
  const seen = byReason.get('only a monitor saw this')
  expect(seen?.cases).toEqual([])
  expect(seen?.monitors).toEqual([{ monitor: 'connection-order', fail: ['3.1.2/nothing-after-stop'] }])
})

test('each requirement gets the verdict of its level, and an inconclusive case stays inconclusive', () => {
  const window = converted().baseline.causes.find(({ reason }) => reason === 'it has no window')
  expect(window?.cases).toEqual(
    expect.arrayContaining([
      { case: 'tunnel/time-out', inconclusive: true },
      expect.objectContaining({
        fail: expect.arrayContaining(['4.2.1/stops-at-window']),
        warn: ['4.2.1/initial-window'],
      }),
    ]),
  )
})

test('the notes say what a person has to check', () => {
  const { notes } = converted()
  expect(notes).toContain('stop/with-call@originator: its verdict fail came from monitors only')
  expect(notes).toContain('originator-gone/scenario: no case has this id, so the entry is left out')
})

test('the converted baseline can be read', () => {
  const directory = mkdtempSync(join(tmpdir(), 'pptpspec-convert-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const file = join(directory, 'mine.yaml')
  const { baseline } = converted()
  writeFileSync(file, formatBaseline(baseline))
  expect(readBaseline(file, VOCABULARY)).toEqual(baseline)
})

test.each([
  ['a baseline of causes', 'format: 2\nimplementation: x\ncauses: []\n', /not a baseline of the old format/],
  ['a wrong field', 'implementation: x\ndeviations: [{ scenario: 3 }]\n', /deviations\.0\.scenario/],
  ['broken YAML', 'implementation: [\n', /cannot be read/],
])('%s is refused', (_, text, message) => {
  expect(() => converted(text)).toThrow(message)
  expect(() => converted(text)).toThrow(UsageError)
})
