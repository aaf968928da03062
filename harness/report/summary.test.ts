import { expect, test } from 'vitest'
import { resultsJson } from './results.ts'
import { summaryMarkdown } from './summary.ts'
import { tallyOf } from './tally.ts'
import { EVERYTHING, RUN_STARTED, runFinished, scenarioFinished } from './testing/run.ts'

test('tells first whether the run is good, then what is not, then what is known', () => {
  const markdown = summaryMarkdown(tallyOf(EVERYTHING))
  const order = [
    'Not as expected: 3',
    '| `pptpd` |',
    '## Not as expected (3)',
    '## Stale',
    '## Other deviations (2)',
  ]
  const places = order.map((text) => markdown.indexOf(text))
  expect(places).not.toContain(-1)
  expect(places).toEqual([...places].sort((a, b) => a - b))
})

test('hostile text stays text', () => {
  const hostile = '<img src=x>|`code`\n# head [a](b) *b* @user #1'
  const markdown = summaryMarkdown(
    tallyOf([
      RUN_STARTED,
      scenarioFinished(
        { scenario: hostile, verdict: 'error', reason: hostile },
        { kind: 'unexpected', expected: 'pass', seen: hostile },
        hostile,
      ),
    ]),
  )
  // Outside of code spans nothing has a meaning; inside, nothing ends them.
  const outside = markdown.replace(/`[^`\n]*`/g, '')
  expect(outside).not.toMatch(/<img|\[a\]|@user/)
  expect(markdown.split('\n').filter((line) => line.startsWith('# '))).toEqual(['# PPTP conformance'])
})

test('a long list is cut', () => {
  const many = Array.from({ length: 300 }, (_, at) =>
    scenarioFinished({ scenario: `a/${at}`, verdict: 'fail' }, { kind: 'no-baseline' }),
  )
  expect(summaryMarkdown(tallyOf(many))).toContain('- and 200 more')
})

test('what failed a run and shows in no scenario is told', () => {
  const run = tallyOf([RUN_STARTED, runFinished(1, 'a baseline entry is stale', 'dead at the end')])
  const markdown = summaryMarkdown(run)
  expect(markdown).toContain('2 reasons, see Reasons')
  expect(markdown).toContain('## Reasons (2)\n\n- a baseline entry is stale\n- dead at the end')
  expect(JSON.parse(resultsJson(run))).toMatchObject({
    exitCode: 1,
    overall: 'Not as expected: 2 reasons',
    reasons: ['a baseline entry is stale', 'dead at the end'],
  })
})
